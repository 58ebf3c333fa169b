// A cup of espresso on its saucer, from above the rim.
#include "shared.inc"
camera { location <1.2,7.2,-6.6> look_at <.1,.7,0> angle 46 right x*4/3 }
SoftLight(<-8,12,3>, srgb <1.15,1.1,1.02>, 4)
FillLight(<8,7,-8>, srgb <.42,.41,.4>)
background { srgb <.6,.55,.5> }
WoodTable(-.12)
#declare China = texture { pigment { srgb <.95,.94,.92> } finish { diffuse .75 specular .6 roughness .008 reflection { .02 .2 } } }
lathe { cubic_spline 9 <0,-.2>,<0,0>,<1.3,0>,<2.1,.12>,<3.0,.45>,<3.3,.6>,<3.3,.66>,<2.9,.55>,<1.5,.1> texture { China } }
union {
  difference {
    lathe { cubic_spline 8 <0,.0>,<0,.1>,<.9,.1>,<1.1,.3>,<1.75,1.3>,<2.0,2.4>,<0,2.4>,<0,2.4> }
    lathe { cubic_spline 8 <0,.1>,<0,.25>,<.8,.25>,<1.0,.45>,<1.63,1.35>,<1.88,2.45>,<0,2.45>,<0,2.45> }
  }
  torus { 1.94, .06 translate y*2.38 }
  difference { torus { .62, .15 rotate x*90 scale <1.15,1,1.2> translate <2.25,1.45,0> } cylinder { y*.2, y*2.5, 1.7 } rotate y*-22 }
  texture { China }
}
cylinder { y*1.8, y*1.98, 1.76
  texture {
    pigment {
      spiral1 1 rotate x*90 turbulence .55 octaves 4
      color_map { [0 srgb <.42,.22,.09>] [.45 srgb <.56,.32,.13>] [.8 srgb <.70,.45,.20>] [1 srgb <.50,.27,.10>] }
      scale 1.1
    }
    normal { bumps .12 scale .06 } finish { diffuse .8 specular .3 roughness .02 }
  }
}
torus { 1.7, .08 scale <1,.5,1> translate y*1.99 pigment { srgb <.30,.15,.06> } }
#declare R = seed(5);
#for (I, 0, 60) sphere { 0, .03+.03*rand(R) scale <1,.4,1> translate <1.68-.12*rand(R),1.99,0> rotate y*rand(R)*360 pigment { srgb <.72,.48,.24> } finish { specular .5 } } #end
union {
  sphere { 0, .4 scale <1.4,.22,1> } cylinder { x*.4, x*2.6, .07 } sphere { 0,.18 scale <1.8,.4,1> translate x*2.6 }
  texture { Steel } rotate z*4 rotate y*-58 translate <1.2,.62,-2.6>
}
