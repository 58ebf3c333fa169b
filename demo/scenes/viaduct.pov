// A stone railway viaduct across a green valley.
#include "shared.inc"
#declare Bumps = function { pigment { bozo scale 14 } }
#declare N1 = function(x,y,z) { Bumps(x,y,z).red }
camera { location <-26,6,-44> look_at <2,8.2,0> angle 50 right x*4/3 }
DaySky(.45)
DaySun()
SkyFill()
#declare Masonry = texture {
  pigment { brick pigment { granite scale 1 color_map { [0 srgb <.42,.38,.32>] [1 srgb <.5,.46,.4>] } },
    pigment { granite scale 2 color_map { [0 srgb <.55,.47,.38>] [.5 srgb <.68,.59,.47>] [1 srgb <.78,.70,.58>] } } brick_size <1.4,.6,1.4> mortar .06 }
  normal { granite .3 scale .4 }
}
difference {
  box { <-66,0,-2.2>, <66,17.2,2.2> }
  #for (I, 0, 13)
    union {
      box { <-3.5,-1,-5>, <3.5,10.6,5> } cylinder { <0,10.6,-5>, <0,10.6,5>, 3.5 }
      translate x*(-57.2+I*8.8)
    }
  #end
  texture { Masonry }
}
box { <-66,17.2,-2.6>, <66,17.7,2.6> texture { Stone } }
box { <-66,17.7,-2.5>, <66,18.7,-2.2> texture { Masonry } }
box { <-66,17.7,2.2>, <66,18.7,2.5> texture { Masonry } }
// Piers taper out at the foot.
#for (I, 0, 14) box { <-1.15,-2,-2.7>, <1.15,3.5,2.7> texture { Masonry } translate x*(-61.6+I*8.8) } #end
isosurface {
  function { y + 1 - 3.6*N1(x,0,z) - (x*x)/520 }
  contained_by { box { <-120,-6,-50>, <120,22,90> } } max_gradient 2.5 accuracy .02
  texture { pigment { granite scale 2.5 color_map { [0 srgb <.20,.32,.10>] [.5 srgb <.36,.48,.17>] [1 srgb <.55,.58,.28>] } } normal { granite .9 scale .8 } }
}
#declare R = seed(12);
#for (I, 0, 34)
  #local X = -70+140*rand(R); #local Z = 8+50*rand(R);
  object { Tree(5+4*rand(R), I) translate <X, -1+1.6+X*X/520, Z> }
#end
#for (I, 0, 10)
  #local X = -34+60*rand(R); #local Z = -8-16*rand(R);
  object { Bush(1+1.2*rand(R), I+90) translate <X, .6+X*X/520, Z> }
#end
// Hills far away.
#for (I, 0, 4) sphere { 0, 1 scale <90,24+6*I,30> translate <-160+I*90,-6,190> texture { pigment { granite scale .1 color_map { [0 srgb <.30,.42,.36>] [1 srgb <.42,.52,.44>] } } } } #end
