// A stone obelisk on a paved square.
#include "shared.inc"
camera { location <3,2.2,-24> look_at <0,8.2,0> angle 48 right x*4/3 }
DaySky(.42)
DaySun()
SkyFill()
plane { y, 0 pigment { brick srgb <.45,.43,.40>, srgb <.66,.63,.57> brick_size <1.6,2,.8> mortar .05 rotate x*0 } normal { granite .2 scale .4 } }
intersection {
  plane { x, 0 rotate z*2.2 translate x*1.05 }
  plane { -x, 0 rotate z*-2.2 translate x*-1.05 }
  plane { z, 0 rotate x*-2.2 translate z*1.05 }
  plane { -z, 0 rotate x*2.2 translate z*-1.05 }
  plane { y, 0 rotate z*-60 translate y*16.4 }
  plane { y, 0 rotate z*60 translate y*16.4 }
  plane { y, 0 rotate x*60 translate y*16.4 }
  plane { y, 0 rotate x*-60 translate y*16.4 }
  plane { -y, 0 }
  texture {
    pigment { granite scale 2 color_map { [0 srgb <.62,.48,.38>] [.5 srgb <.74,.60,.48>] [1 srgb <.82,.70,.58>] } }
    normal { average normal_map { [1 granite .2 scale .3] [1 brick .25 brick_size <6,2.2,6> mortar .04] } }
  }
  rotate y*28 scale <1,.78,1> translate y*2.9
}
union {
  box { <-1.5,1.9,-1.5>, <1.5,2.9,1.5> } box { <-1.75,1.6,-1.75>, <1.75,1.95,1.75> } box { <-1.6,.7,-1.6>, <1.6,1.7,1.6> }
  box { <-2.4,.45,-2.4>, <2.4,.75,2.4> } box { <-3,.2,-3>, <3,.46,3> } box { <-3.6,0,-3.6>, <3.6,.22,3.6> }
  texture { Stone } rotate y*28
}
#for (I, 0, 9)
  union { cylinder { 0, y*.9, .13 } sphere { y*.95, .18 } texture { SteelDark } translate <5.2,0,0> rotate y*I*36 }
#end
// Trees and house fronts behind the square.
#for (I, 0, 9) object { Tree(5.6, I+3) rotate y*I*50 translate <-30+I*6.7, 0, 26+2*mod(I,2)> } #end
#declare R = seed(3);
#for (I, 0, 6)
  #local W = 9; #local H = 6.5+3*rand(R);
  union {
    box { 0, <W-.2,H,4> pigment { srgb <.80,.72-.1*rand(R),.58-.1*rand(R)> } }
    box { <-.1,H,-.3>, <W-.1,H+.35,4> pigment { srgb <.62,.56,.48> } }
    #for (J, 0, 3) #for (K, 0, 2) box { <1+J*2.1,1+K*2.2,-.05>, <2+J*2.1,2.4+K*2.2,.1> pigment { srgb <.20,.22,.25> } } #end #end
    translate <-32+I*W, 0, 36>
  }
#end
