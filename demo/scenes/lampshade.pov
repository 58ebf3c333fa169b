// A table lamp whose cream shade glows in a dark room.
#include "shared.inc"
SoftRadiosity()
camera { location <0,3.6,-11.5> look_at <.3,3.1,0> angle 42 right x*4/3 }
light_source { <-7,8,-9> srgb <.3,.29,.3> shadowless }
plane { z, 3.2 pigment { srgb <.48,.36,.26> } normal { granite .05 scale .5 } }
plane { y, 0 texture { pigment { WoodGrain } finish { diffuse .6 specular .3 roughness .02 reflection .06 } } }
// The shade: cloth that shines from within, with a trim above and below.
difference {
  cone { y*3.6, 2.25, y*6.0, 1.25 }
  cone { y*3.5, 2.24, y*6.1, 1.18 }
  texture {
    pigment { gradient y color_map { [0 rgb <.85,.52,.20>] [.45 rgb <1,.80,.46>] [.6 rgb <1,.84,.52>] [1 rgb <.80,.48,.19>] } scale 2.4 translate y*3.6 }
    normal { radial .3 frequency 60 } finish { emission .72 diffuse .25 } }
  no_shadow
}
torus { 2.24, .05 translate y*3.6 pigment { srgb <.70,.50,.28> } finish { emission .15 } }
torus { 1.24, .05 translate y*6.0 pigment { srgb <.70,.50,.28> } finish { emission .15 } }
light_source { y*4.8 srgb <1,.76,.45>*3.5 area_light x*.5, z*.5, 3, 3 adaptive 1 jitter circular orient fade_distance 3 fade_power 2 spotlight point_at y*0 radius 26 falloff 34 }
light_source { y*4.8 srgb <1,.76,.45>*3.2 fade_distance 3 fade_power 2 spotlight point_at y*12 radius 18 falloff 30 }
light_source { <0,4.8,0> srgb <1,.72,.42>*.9 shadowless fade_distance 3 fade_power 2 }
lathe { cubic_spline 13 <0,-.05>,<0,0>,<1.0,0>,<1.05,.12>,<.5,.28>,<.24,.5>,<.62,1.1>,<.78,1.7>,<.55,2.4>,<.2,2.85>,<.12,3.2>,<.1,4>,<.1,4.2>
  texture { pigment { srgb <.16,.30,.36> } finish { diffuse .65 specular .7 roughness .01 reflection { .03 .2 } } } }
cylinder { y*4, y*4.4, .15 pigment { srgb <.7,.55,.25> } }
sphere { y*4.8, .34 pigment { srgb 1 } finish { emission 1.2 } no_shadow }
// A few books on the table.
#for (I, 0, 2) box { <-.95,0,-.7>, <.95,.26,.7> rotate y*(I*9-6) translate <2.75,I*.27,-.2> pigment { srgb <.45-.12*I,.14+.1*I,.12+.14*I> } finish { specular .2 } } #end
