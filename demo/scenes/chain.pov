// Links of a heavy iron chain, close up.
#include "shared.inc"
camera { location <0,5.4,-6.6> look_at <0,0,0> angle 46 right x*4/3 }
SoftLight(<-7,10,2>, srgb <1.2,1.15,1.05>, 3)
FillLight(<7,6,-7>, srgb <.32,.33,.36>)
plane { y, -1.05 pigment { granite scale 2 color_map { [0 srgb <.42,.41,.39>] [1 srgb <.62,.60,.57>] } } normal { granite .4 scale .3 } }
#declare Iron = texture {
  pigment { granite turbulence .3 scale 1.2 color_map { [0 srgb <.23,.23,.24>] [.45 srgb <.37,.37,.38>] [.62 srgb <.46,.45,.44>] [.72 srgb <.43,.27,.16>] [1 srgb <.32,.19,.12>] } }
  normal { granite .25 scale .25 } finish { diffuse .6 specular .7 roughness .03 metallic reflection { .05 .15 metallic } } }
#macro Link()
  union {
    #for (S, -1, 1, 2)
      cylinder { <-.72,0,S*.62>, <.72,0,S*.62>, .29 }
      intersection { torus { .62, .29 } plane { -x*S, 0 } translate x*S*.72 }
    #end
    texture { Iron }
  }
#end
#macro Run(Count)
  union { #for (I, 0, Count-1) object { Link() rotate x*(45+90*mod(I,2)) rotate z*(4-8*mod(I*3,2)) translate x*(I-(Count-1)/2)*1.95 } #end }
#end
object { Run(9) rotate y*-24 translate <0,-.15,.1> }
object { Run(9) rotate x*20 rotate y*-30 translate <.6,-.25,2.9> }
object { Run(7) rotate x*45 rotate y*-17 translate <-.4,-.25,-2.7> }
