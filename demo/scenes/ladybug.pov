// A ladybird on a green leaf.
#include "shared.inc"
camera { location <-1.6,3.5,-5.0> look_at <-.05,.55,0> angle 42 right x*4/3 }
SoftLight(<-5,9,-2>, srgb <1.2,1.17,1.08>, 2)
FillLight(<6,5,-6>, srgb <.35,.40,.35>)
background { srgb <.30,.44,.18> }
plane { y, -6 pigment { bozo scale 2.5 color_map { [0 srgb <.12,.24,.07>] [1 srgb <.40,.56,.22>] } } }
// The leaf: curved, with a midrib and side veins.
isosurface {
  function { y + .05*z*z + .02*x*x - .10*exp(-z*z*22) - .025*sin((abs(z)*.9-x)*7.5) }
  contained_by { box { <-9,-3,-5>, <9,.6,5> } } max_gradient 2
  texture {
    pigment { bozo scale .6 turbulence .4 color_map { [0 srgb <.20,.43,.10>] [1 srgb <.34,.58,.17>] } }
    normal { granite .2 scale .3 } finish { diffuse .8 specular .25 roughness .06 } }
  rotate y*24
}
#declare Shine = finish { diffuse .75 specular 1 roughness .004 reflection { .02 .18 } }
union {
  // Wing cases: a dome with seven spots and a dark seam.
  intersection {
    sphere { 0, 1 scale <1.25,1.02,1.06> }
    plane { -y, 0 }
    texture { pigment { object {
      union {
        box { <-3,0,-.02>, <3,3,.02> }
        sphere { <-.92,.55,0>, .34 }
        #for (S, -1, 1, 2) sphere { <-.36,.75,S*.52>, .23 } sphere { <.5,.68,S*.45>, .22 } sphere { <.02,.30,S*.98>, .22 } #end
      }
      pigment { bozo scale .6 color_map { [0 srgb <.83,.07,.03>] [1 srgb <.90,.13,.04>] } }
      pigment { srgb .03 }
    } } finish { Shine } }
  }
  // Pronotum and head, black with white cheeks.
  intersection { sphere { <-.98,.0,0>, .62 scale <1,1,1.15> } plane { -y, -.02 } texture { pigment { object { union { sphere { <-1.25,.34,.5>, .24 } sphere { <-1.25,.34,-.5>, .24 } } pigment { srgb .04 } pigment { srgb <.95,.94,.88> } } } finish { Shine } } }
  sphere { <-1.55,.16,0>, .3 scale <1,.9,1.1> texture { pigment { srgb .04 } finish { Shine } } }
  #for (S, -1, 1, 2)
    sphere { <-1.74,.3,S*.16>, .07 pigment { srgb <.9,.9,.85> } }
    cylinder { <-1.75,.2,S*.12>, <-2.05,.32,S*.34>, .025 pigment { srgb .06 } } sphere { <-2.05,.32,S*.34>, .05 pigment { srgb .06 } }
    #for (L, 0, 2) cylinder { <-.8+L*.75,.1,S*.8>, <-1.0+L*.9,-.02,S*1.36>, .05 pigment { srgb .05 } } cylinder { <-1.0+L*.9,-.02,S*1.36>, <-1.1+L*1.0,-.14,S*1.5>, .035 pigment { srgb .05 } } #end
  #end
  rotate y*22 translate y*.16
}
