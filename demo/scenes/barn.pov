// A red barn on a meadow.
#include "shared.inc"
camera { location <-13,3.6,-23> look_at <0,4.1,0> angle 44 right x*4/3 }
DaySky(.4)
DaySun()
SkyFill()
Grass(0, .9)
#declare Boards = texture {
  pigment { gradient x pigment_map { [0 srgb <.22,.04,.03>] [.05 srgb <.22,.04,.03>] [.06 granite scale <.5,4,.5> color_map { [0 srgb <.42,.07,.05>] [.6 srgb <.57,.11,.08>] [1 srgb <.66,.17,.12>] }] } scale .42 }
  normal { gradient x .4 scale .42 } }
#declare BoardsZ = texture { Boards rotate y*90 }
#declare Trim = texture { pigment { srgb <.92,.91,.88> } }
#declare Roof = texture { pigment { granite scale <.6,.6,3> color_map { [0 srgb <.30,.30,.31>] [1 srgb <.47,.46,.45>] } } normal { gradient z .5 scale .45 } }
// Gambrel outline, seen from the front: five points a side.
union {
  prism { linear_sweep linear_spline 0, 13, 8, <-4.2,0>,<-4.2,4.2>,<-2.6,6.6>,<0,7.8>,<2.6,6.6>,<4.2,4.2>,<4.2,0>,<-4.2,0> rotate x*-90 texture { Boards } }
  // Roof slabs.
  #macro Slab(A, B) 
    #local M = (A+B)/2; #local V = B-A; #local L = vlength(V); 
    box { <-L/2-.2,-.05,-13.5>, <L/2+.2,.16,.5> rotate z*degrees(atan2(V.y,V.x)) translate M texture { Roof } }
  #end
  Slab(<-4.5,3.9,0>, <-2.6,6.7,0>) Slab(<-2.65,6.65,0>, <0,7.95,0>) Slab(<0,7.95,0>, <2.65,6.65,0>) Slab(<2.6,6.7,0>, <4.5,3.9,0>)
  scale <1,1,-1>
}
// Doors with white crosses, hay loft, side windows.
union {
  #for (S, -1, 1, 2)
    union {
      box { <0,0,-.06>, <1.6,3.2,0> texture { Boards } }
      box { <0,0,-.14>, <.16,3.2,-.05> } box { <1.44,0,-.14>, <1.6,3.2,-.05> } box { <0,3.04,-.14>, <1.6,3.2,-.05> } box { <0,0,-.14>, <1.6,.16,-.05> } box { <0,1.5,-.14>, <1.6,1.66,-.05> }
      #for (J, 0, 1)
        cylinder { <.08,.1+J*1.5,-.1>, <1.52,1.5+J*1.5,-.1>, .07 } cylinder { <1.52,.1+J*1.5,-.1>, <.08,1.5+J*1.5,-.1>, .07 }
      #end
      scale <S,1,1>
    }
  #end
  box { <-1,4.5,-.1>, <1,6.2,0> texture { pigment { srgb <.08,.06,.05> } } }
  box { <-1.15,4.4,-.16>, <1.15,4.55,-.02> } box { <-1.15,6.15,-.16>, <1.15,6.3,-.02> } box { <-1.15,4.4,-.16>, <-1,6.3,-.02> } box { <1,4.4,-.16>, <1.15,6.3,-.02> }
  #for (S, -1, 1, 2) box { <S*4.2-.15,0,-.1>, <S*4.2+.15,4.2,.05> } #end
  #for (I, 0, 3)
    box { <-4.3,1.5,1.6+I*3>, <-4.15,2.9,2.7+I*3> }
    box { <-4.34,1.62,1.72+I*3>, <-4.2,2.78,2.58+I*3> texture { pigment { srgb <.12,.14,.16> } finish { specular .6 reflection .15 } } }
  #end
  texture { Trim }
}
// A silo, trees and a fence.
union { cylinder { 0, y*9.5, 1.7 pigment { brick srgb <.55,.54,.52>, srgb <.74,.73,.70> brick_size <40,.9,40> mortar .06 } } intersection { sphere { y*9.5, 1.7 } plane { -y, -9.5 } texture { Steel } } translate <7,0,7> }
#for (I, 0, 8) object { Tree(6+mod(I*7,4), I+20) translate <-32+I*8.4, 0, 26+mod(I*5,8)> } #end
#for (I, 0, 14) box { <-.1,0,-.1>, <.1,1.3,.1> texture { OldWood } translate <5+I*2,0,-2> } #end
#for (I, 0, 1) box { <5,.5+I*.5,-2.16>, <34,.66+I*.5,-2.1> texture { OldWood } } #end
