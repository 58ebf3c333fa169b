// Four oranges, one of them halved, beside a window.
#include "shared.inc"
SoftRadiosity()
camera { location <0,5,-9> look_at <.2,1,0> angle 37 right x*4/3 }
SoftLight(<-9,10,-4>, srgb <1.2,1.13,1.0>, 4)
FillLight(<8,5,-8>, srgb <.25,.25,.27>)
background { srgb <.82,.80,.75> }
WoodTable(0)
#declare Peel = texture {
  pigment { bozo scale .6 color_map { [0 srgb <.97,.52,.05>] [1 srgb <.94,.45,.03>] } }
  normal { bumps .4 scale .06 }
  finish { diffuse .8 specular .4 roughness .04 }
}
#macro Whole(Turn)
  union {
    sphere { 0, 1.3 scale <1,.94,1> texture { Peel } }
    sphere { y*1.2, .11 scale <1,1,1> pigment { srgb <.38,.42,.14> } }
    #for (I,0,4) sphere { 0, .12 scale <1,.3,.4> translate x*.12 rotate y*I*72 translate y*1.23 pigment { srgb <.32,.40,.14> } } #end
    rotate Turn translate y*1.22
  }
#end
object { Whole(<-24,0,12>) translate <-1.7,0,.9> }
object { Whole(<-30,0,-20>) translate <1.0,0,1.5> }
object { Whole(<70,40,0>) translate <2.45,0,-.5> }
union {
  difference { sphere { 0, 1.3 texture { Peel } } plane { z, 0 } texture { Peel } }
  cylinder { -z*.012, z*.01, 1.26 pigment { srgb <.99,.93,.78> } }
  #for (I, 0, 9)
    intersection {
      cylinder { -z*.05, 0, 1.13 }
      plane { -x, -.03 }
      plane { x, -.03 rotate z*36 }
      bounded_by { box { <-1.2,-1.2,-.1>, <1.2,1.2,.1> } }
      rotate z*I*36
      pigment { granite scale .7 color_map { [0 srgb <.99,.68,.20>] [1 srgb <.96,.50,.06>] } }
      normal { bumps .5 scale .09 }
      finish { diffuse .75 specular .5 roughness .015 }
    }
  #end
  sphere { 0, .12 scale <1,1,.5> pigment { srgb <.99,.94,.80> } }
  rotate x*26 rotate y*14 translate <-.2,1.1,-1.5>
}
