// A round china teapot with a blue pattern.
#include "shared.inc"
SoftRadiosity()
camera { location <0,4.6,-10> look_at <-.2,1.75,0> angle 46 right x*4/3 }
SoftLight(<-8,11,-5>, srgb <1.15,1.1,1.02>, 4)
FillLight(<8,6,-8>, srgb <.25,.26,.28>)
background { srgb <.66,.62,.56> }
plane { z, 9 pigment { srgb <.66,.60,.52> } }
plane { y, 0 pigment { srgb <.82,.76,.66> } normal { quilted .12 scale .1 } }
#declare Glaze = finish { diffuse .75 specular .7 roughness .006 reflection { .03 .25 fresnel } }
#declare White = pigment { srgb <.95,.95,.93> }
#declare Blue = pigment { srgb <.12,.22,.55> }
#declare Flowers = pigment {
  leopard scale .055 turbulence .35 octaves 3
  color_map { [0 srgb <.95,.95,.93>] [.13 srgb <.93,.94,.94>] [.17 srgb <.30,.42,.72>] [.3 srgb <.12,.22,.55>] [1 srgb <.10,.18,.50>] }
}
#declare Pattern = pigment {
  gradient y
  pigment_map {
    [0 White] [.10 White] [.10 Blue] [.125 Blue] [.125 White] [.3 White]
    [.3 Flowers]
    [.62 Flowers] [.62 White] [.80 White] [.80 Blue] [.83 Blue] [.83 White] [1 White]
  }
  scale 3.4
}
lathe { cubic_spline 11 <0,-.1>,<0,0>,<1.0,0>,<1.25,.12>,<2.05,.9>,<2.3,1.7>,<2.0,2.6>,<1.2,3.1>,<.95,3.16>,<0,3.2>,<0,3.2> texture { pigment { Pattern } finish { Glaze } } }
// Lid and knob.
lathe { cubic_spline 8 <1.2,3.0>,<1.12,3.14>,<1.02,3.22>,<.6,3.46>,<.14,3.56>,<.0,3.58>,<0,3.58>,<0,3.6> texture { pigment { White } finish { Glaze } } }
torus { 1.1, .06 translate y*3.14 texture { pigment { Blue } finish { Glaze } } }
sphere { y*3.78, .28 scale <1,1,1> texture { pigment { Blue } finish { Glaze } } }
cylinder { y*3.45, y*3.7, .12 texture { pigment { White } finish { Glaze } } }
#declare Spout = spline { natural_spline 0 <-1.7,1.1,0>, .35 <-2.7,1.5,0>, .65 <-3.05,2.3,0>, 1 <-3.75,3.05,0> }
#declare Handle = spline { natural_spline 0 <1.75,2.65,0>, .2 <2.7,3.0,0>, .45 <3.35,2.55,0>, .7 <3.1,1.5,0>, 1 <2.0,.9,0> }
blob { threshold .5 #for (I,0,60) sphere { Spout(I/60), .95-.55*I/60, 1 } #end texture { pigment { White } finish { Glaze } } }
sphere { <-3.72,3.06,0>, .2 scale <1,1,1> pigment { srgb .12 } }
blob { threshold .5 #for (I,0,60) sphere { Handle(I/60), .36, 1 } #end texture { pigment { White } finish { Glaze } } }
