// A bunch of bananas on a wooden table.
#include "shared.inc"
SoftRadiosity()
camera { location <0,6.6,-8.6> look_at <.1,.6,.6> angle 44 right x*4/3 }
SoftLight(<-9,13,-4>, srgb <1.15,1.1,1.0>, 4)
FillLight(<8,6,-9>, srgb <.3,.31,.34>)
background { srgb <.55,.52,.48> }
WoodTable(0)
#declare Skin = pigment {
  bozo turbulence .7 scale .7
  color_map { [0 srgb <.96,.80,.16>] [.62 srgb <.93,.74,.12>] [.8 srgb <.88,.66,.12>] [.9 srgb <.5,.33,.1>] [1 srgb <.94,.76,.14>] }
}
// One fruit, bent on an arc round the origin: green at the stem, dark at the tip.
#macro Banana(Bend, Size)
  #local Steps = 70;
  union {
    #for (I, 0, Steps)
      #local T = I/Steps;
      #local A = radians(-Bend/2 + Bend*T);
      #local R = Size*(.13 + .44*pow(max(0,sin(pi*min(1,max(0,(T-.10)/.96)))), .42));
      #if (I > 0)
        cone { Before, RBefore, <4*sin(A), 4*(cos(A)-1), 0>*Size, R Peel(T) }
        sphere { <4*sin(A), 4*(cos(A)-1), 0>*Size, R Peel(T) }
      #end
      #declare Before = <4*sin(A), 4*(cos(A)-1), 0>*Size;
      #declare RBefore = R;
    #end
  }
#end
#macro Peel(T)
  texture {
    #if (T > .965) pigment { srgb <.16,.11,.06> }
    #else
      pigment { average pigment_map { [1 Skin] [max(.001,(.2-T)*6) srgb <.55,.66,.18>] } }
    #end
    finish { diffuse .8 specular .2 roughness .05 }
  }
#end
// The stems meet in one place; from there the fruit fan out over the table.
#declare Lengths = array[5] { 92, 98, 96, 90, 86 }
union {
  #for (K, 0, 4)
    object {
      Banana(Lengths[K], 1.15)
      translate <4.6*sin(radians(Lengths[K]/2)), 4.6*(1-cos(radians(Lengths[K]/2))), 0>
      rotate x*(98-K*13)
      rotate y*(-30+K*13)
      rotate z*(1+K*1.2)
    }
  #end
  cone { <-.75,.1,0>, .40, <.5,.05,0>, .34 pigment { srgb <.40,.38,.13> } normal { bumps .4 scale .1 } }
  rotate y*-6 translate <-3.3,.75,.1>
}
