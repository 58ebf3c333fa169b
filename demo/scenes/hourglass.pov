// An hourglass in a wooden frame, its sand half through.
#include "shared.inc"
camera { location <1.2,3.6,-9.6> look_at <0,2.55,0> angle 45 right x*4/3 }
SoftLight(<-7,9,-6>, srgb <1.2,1.12,1.0>, 3)
FillLight(<7,5,-7>, srgb <.3,.3,.32>)
plane { z, 6 pigment { srgb <.80,.76,.68> } }
WoodTable(0)
#declare Frame = texture { pigment { WoodGrain } finish { diffuse .65 specular .5 roughness .02 reflection .04 } }
// Glass as a thin shell, sand inside.
#macro Bulb(Out) lathe { cubic_spline 9 <1.2+Out,2.1>,<1.1+Out,2.05>,<1.2+Out,1.7>,<1.15+Out,1.2>,<.85+Out,.6>,<.32+Out,.18>,<.085+Out,0>,<.085+Out,-.02>,<.1,-.1> } #end
#declare Glass = material {
  texture { pigment { srgbt <.97,.99,.99,.93> } finish { diffuse .05 specular .9 roughness .002 reflection { .03 .5 fresnel } conserve_energy } }
  interior { ior 1.08 } }
#declare Sand = texture { pigment { granite scale .05 color_map { [0 srgb <.78,.52,.28>] [1 srgb <.95,.76,.48>] } } normal { granite .4 scale .03 } }
union {
  object { Bulb(0) material { Glass } }
  object { Bulb(0) material { Glass } scale <1,-1,1> }
  intersection { object { lathe { linear_spline 9 <0,-.01>,<.05,-.01>,<.07,.05>,<.29,.2>,<.8,.6>,<1.09,1.2>,<1.13,1.65>,<0,1.65>,<0,-.01> } } plane { y, .95 } texture { Sand } }
  cylinder { y*-1.4, y*0, .025 texture { Sand } }
  cone { y*-2.02, 1.08, y*-1.1, .04 texture { Sand } }
  translate y*2.5
}
#for (S, 0, 1)
  union {
    cylinder { 0, y*.22, 1.62 } torus { 1.62, .11 translate y*.11 } cylinder { y*.2, y*.34, 1.35 } torus { 1.35,.06 translate y*.3 }
    texture { Frame } translate y*(S*4.74) #if (S) scale 1 #end
  }
#end
#for (I, 0, 2)
  lathe { cubic_spline 13 <.1,.2>,<.1,.3>,<.16,.5>,<.09,.7>,<.15,1.1>,<.19,1.9>,<.22,2.53>,<.19,3.1>,<.15,3.9>,<.09,4.3>,<.16,4.5>,<.1,4.75>,<.1,4.9> translate x*1.42 rotate y*(40+I*120) texture { Frame } }
#end
