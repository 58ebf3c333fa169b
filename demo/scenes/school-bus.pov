// A yellow school bus on a road between trees.
#include "shared.inc"
camera { location <-11.5,3.4,-13.5> look_at <.2,1.75,0> angle 39 right x*4/3 }
DaySky(.45)
DaySun()
SkyFill()
Grass(-.02, .8)
plane { y, 0 clipped_by { box { <-400,-1,-4.6>, <400,1,4> } } pigment { granite scale .3 color_map { [0 srgb <.28,.28,.29>] [1 srgb <.42,.42,.42>] } } }
#for (I, -14, 20) box { <I*4,.005,-3.9>, <I*4+2,.012,-3.75> pigment { srgb <.92,.88,.72> } } #end
#declare Yellow = texture { pigment { srgb <.98,.68,.05> } finish { diffuse .78 specular .5 roughness .01 reflection { .02 .12 } } }
#declare Black = texture { pigment { srgb .05 } finish { specular .3 } }
#declare Glass = texture { pigment { srgb <.10,.13,.16> } finish { diffuse .5 specular .8 roughness .005 reflection { .12 .35 } } }
#declare Chrome = texture { Steel }
union {
  // Body with a rounded roof; the bonnet is in front (-x).
  difference {
    union {
      box { <-3.4,.7,-1.3>, <6,2.7,1.3> }
      intersection { cylinder { <-3.4,1.9,0>, <6,1.9,0>, 1.52 } box { <-3.4,2.6,-1.3>, <6,4,1.3> } }
    }
    box { <-9,0,-9>, <-8,9,9> }
  }
  box { <-5.5,.7,-1.1>, <-3.4,1.3,1.1> }
  intersection { cylinder { <-5.49,1.25,0>, <-3.41,1.25,0>, 1.15 } box { <-5.5,1.2,-1.1>, <-3.3,2.3,1.1> } }
  #for (S, -1, 1, 2) intersection { cylinder { <-4.6,.66,-1.36>, <-4.6,.66,1.36>, .86 } box { <-6,.62,min(S*.9,S*1.4)>, <-3,2,max(S*.9,S*1.4)> } } #end
  texture { Yellow }
}
// Windows along the side, black rub rails, the door.
#for (I, 0, 8)
  box { <-3.1+I*1.0,1.95,-1.33>, <-2.28+I*1.0,2.62,1.33> texture { Glass } }
  box { <-3.1+I*1.0,2.27,-1.345>, <-2.28+I*1.0,2.31,1.345> texture { Black } }
#end
#for (K, 0, 2) box { <-3.4,.85+K*.38,-1.34>, <6.02,.93+K*.38,1.34> texture { Black } } #end
box { <-3.44,1.95,-1.12>, <-3.36,2.95,1.12> texture { Glass } }
box { <-3.46,1.95,-.04>, <-3.38,2.95,.04> texture { Black } }
// Sign and lamps above the windscreen.
box { <-3.5,3.02,-.8>, <-3.38,3.26,.8> texture { Black } }
#for (S, -1, 1, 2)
  sphere { <-3.46,3.14,S*.95>, .12 pigment { srgb <.75,.08,.05> } finish { specular .6 emission .1 } }
  sphere { <-3.46,3.14,S*1.2>, .1 pigment { srgb <.95,.5,.05> } finish { specular .6 emission .1 } }
  cylinder { <-5.56,1.2,S*.8>, <-5.44,1.2,S*.8>, .22 texture { pigment { srgb .9 } finish { specular .9 reflection .3 } } }
  sphere { <-5.5,1.55,S*.85>, .1 pigment { srgb <.95,.5,.05> } }
  cylinder { <-3.4,2.3,S*1.35>, <-4.1,2.5,S*1.7>, .03 texture { Black } }
  box { <-4.15,2.2,S*1.7-.13>, <-4.08,2.75,S*1.7+.13> texture { Black } }
#end
box { <-5.58,.85,-.62>, <-5.44,1.75,.62> texture { Black } }
#for (I, 0, 6) box { <-5.62,.92+I*.12,-.58>, <-5.5,.97+I*.12,.58> texture { Chrome } } #end
box { <-5.8,.5,-1.25>, <-5.55,.8,1.25> texture { Black } }
box { <6,.5,-1.25>, <6.2,.8,1.25> texture { Black } }
#macro Wheel()
  union {
    torus { .4, .2 rotate x*90 scale <1,1,1.1> texture { Black } }
    cylinder { -z*.16, z*.16, .4 texture { Black } }
    cylinder { -z*.2, z*.2, .27 pigment { srgb <.8,.7,.3> } finish { specular .5 } }
    #for (I, 0, 5) sphere { <.17,0,-.2>, .04 rotate z*I*60 texture { Steel } } #end
  }
#end
#for (S, -1, 1, 2)
  object { Wheel() translate <-4.6,.6,S*1.2> }
  object { Wheel() translate <3.7,.6,S*1.2> }
  cylinder { <3.7,.66,S*1.0>, <3.7,.66,S*1.312>, .78 texture { Black } }
#end
#for (I, 0, 12) object { Tree(5+mod(I*7,4), I+31) translate <-24+I*5.2, 0, 11+mod(I*5,8)> } #end
#for (I, 0, 4) object { Bush(1, I+77) translate <-9+I*5,.3,6.5> } #end
