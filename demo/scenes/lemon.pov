// Two lemons and a half on a pale plate.
#include "shared.inc"
SoftRadiosity()
camera { location <0,5.2,-8.4> look_at <0,.7,0> angle 37 right x*4/3 }
SoftLight(<-8,12,-3>, srgb <1.15,1.12,1.05>, 4)
FillLight(<8,5,-8>, srgb <.25,.26,.28>)
background { srgb <.75,.77,.78> }
plane { y, -.2 pigment { srgb <.62,.68,.72> } normal { quilted .1 scale .08 } }
lathe { cubic_spline 8 <0,-.3>,<0,-.1>,<2.2,-.1>,<3.2,.12>,<3.7,.3>,<3.8,.34>,<3.7,.25>,<3,0>
  texture { pigment { srgb .93 } finish { diffuse .75 specular .5 roughness .01 reflection { .02 .15 } } } }
#declare Zest = texture {
  pigment { bozo scale .5 color_map { [0 srgb <.98,.86,.12>] [.7 srgb <.97,.82,.08>] [1 srgb <.90,.80,.16>] } }
  normal { bumps .35 scale .07 }
  finish { diffuse .8 specular .45 roughness .03 }
}
#declare Lemon = blob { threshold .5
  sphere { 0, 1.9, 1.4 scale <1.12,.92,.92> }
  sphere { x*1.32, .62, .7 }
  sphere { -x*1.34, .56, .6 }
  texture { Zest } }
object { Lemon rotate <0,24,4> translate <-1.35,.98,.5> }
object { Lemon rotate <40,-42,-3> translate <1.25,1.0,1.1> }
// The cut half faces us: skin, white pith, ten segments.
union {
  difference { object { Lemon rotate y*90 } plane { z, 0 } texture { Zest } }
  cylinder { -z*.012, z*.01, 1.0 pigment { srgb <.99,.97,.84> } }
  #for (I, 0, 9)
    intersection {
      cylinder { -z*.05, 0, .88 }
      plane { -x, -.025 }
      plane { x, -.025 rotate z*36 }
      bounded_by { box { <-1.2,-1.2,-.1>, <1.2,1.2,.1> } }
      rotate z*I*36
      pigment { granite scale .8 color_map { [0 srgb <.98,.91,.46>] [1 srgb <.95,.83,.24>] } }
      normal { bumps .5 scale .09 }
      finish { diffuse .8 specular .5 roughness .015 }
    }
  #end
  sphere { 0, .1 scale <1,1,.5> pigment { srgb <.99,.97,.86> } }
  rotate x*26 rotate y*-10 translate <.3,.98,-1.6>
}
