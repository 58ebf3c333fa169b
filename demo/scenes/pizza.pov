// A whole pizza on a board, from above.
#include "shared.inc"
#declare f_bump0 = function { pigment { bozo scale .5 turbulence .5 } }
#declare f_bump = function(x,z) { f_bump0(x,0,z).red }
camera { location <0,10.5,-4.6> look_at <0,0,-.1> angle 50 right x*4/3 }
SoftLight(<-8,14,5>, srgb <1.2,1.14,1.02>, 5)
FillLight(<8,9,-8>, srgb <.36,.36,.36>)
WoodTable(-.3)
#declare R = seed(41);
// The crust: an uneven ring of dough, brown where it rose.
blob { threshold .5
  #for (I, 0, 71)
    sphere { 0, .62+.16*rand(R), 1 translate <3.75+.1*rand(R), .14+.1*rand(R), 0> rotate y*I*5 }
  #end
  texture {
    pigment { bozo turbulence .6 scale .55 color_map { [0 srgb <.90,.72,.44>] [.5 srgb <.82,.57,.28>] [.8 srgb <.60,.34,.13>] [1 srgb <.30,.16,.07>] } }
    normal { bumps .35 scale .25 } finish { diffuse .85 specular .1 }
  }
}
cylinder { -y*.2, y*.12, 3.75 pigment { srgb <.78,.56,.3> } }
// Sauce with molten cheese.
isosurface {
  function { y - .26 - .16*f_bump(x,z) }
  contained_by { box { <-3.8,0,-3.8>, <3.8,.6,3.8> } } max_gradient 2
  clipped_by { cylinder { -y, y*2, 3.62 } }
  texture {
    pigment { bozo turbulence .9 octaves 5 scale .75 color_map { [0 srgb <.75,.17,.06>] [.28 srgb <.80,.26,.09>] [.42 srgb <.95,.74,.38>] [.8 srgb <.97,.84,.54>] [.93 srgb <.86,.58,.24>] [1 srgb <.66,.36,.13>] } }
    normal { bumps .5 scale .3 } finish { diffuse .8 specular .35 roughness .03 }
  }
}
#declare Places = array[13] { <0,0>,<1.6,.4>,<-1.5,.7>,<.5,1.8>,<-.8,2.5>,<2.3,1.8>,<-2.5,-.4>,<-1.2,-1.2>,<.8,-1.5>,<2.6,-.8>,<-.4,-2.8>,<1.7,-2.6>,<-2.2,-2.0> }
#for (I, 0, 12)
  union {
    cylinder { 0, y*.09, .56
      texture { pigment { granite scale .5 color_map { [0 srgb <.70,.18,.10>] [.5 srgb <.62,.13,.08>] [.65 srgb <.82,.45,.34>] [1 srgb <.58,.11,.07>] } } normal { bumps .3 scale .1 } finish { diffuse .8 specular .5 roughness .03 } } }
    torus { .55, .05 translate y*.08 pigment { srgb <.45,.09,.05> } finish { specular .4 } }
    rotate <rand(R)*10-5,rand(R)*360,rand(R)*10-5> translate <Places[I].u,.36,Places[I].v>
  }
#end
#for (I, 0, 8)
  union {
    difference { sphere { 0, .34 scale <1.5,.35,.8> } sphere { 0, .33 scale <1.48,.35,.78> translate y*.06 } }
    rotate <rand(R)*24-12,rand(R)*360,0> translate <2.9*sqrt(rand(R)),.55,0> rotate y*I*43
    texture { pigment { srgb <.16,.36,.10> } normal { bumps .3 scale .1 } finish { specular .4 roughness .03 } }
  }
#end
#for (I, 0, 13)
  torus { .19,.09 scale <1,.8,1> rotate x*(rand(R)*30) translate <3.2*sqrt(rand(R)),.48,0> rotate y*(I*27+12) pigment { srgb <.10,.09,.08> } finish { specular .6 roughness .02 } }
#end
