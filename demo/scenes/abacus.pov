// A wooden abacus with coloured beads.
#include "shared.inc"
camera { location <-2.4,4.4,-12> look_at <0,3.05,0> angle 43 right x*4/3 }
SoftLight(<-7,10,-7>, srgb <1.2,1.14,1.04>, 3)
FillLight(<8,5,-8>, srgb <.32,.32,.34>)
plane { z, 7 pigment { srgb <.86,.84,.79> } }
WoodTable(0)
#declare Frame = texture { pigment { WoodGrain scale <1,1,1> } finish { diffuse .75 specular .3 roughness .03 } }
box { <-3.9,.25,-.28>, <-3.45,6.2,.28> texture { Frame } }
box { <3.45,.25,-.28>, <3.9,6.2,.28> texture { Frame } }
box { <-3.9,5.9,-.3>, <3.9,6.3,.3> texture { Frame } }
box { <-3.9,.2,-.3>, <3.9,.6,.3> texture { Frame } }
box { <-3.95,0,-1.2>, <-3.4,.3,1.2> texture { Frame } }
box { <3.4,0,-1.2>, <3.95,.3,1.2> texture { Frame } }
#declare Tints = array[10] { srgb <.80,.12,.10>, srgb <.95,.75,.10>, srgb <.14,.45,.20>, srgb <.12,.28,.62>, srgb <.90,.45,.08>, srgb <.80,.12,.10>, srgb <.95,.75,.10>, srgb <.14,.45,.20>, srgb <.12,.28,.62>, srgb <.90,.45,.08> }
#declare Left = array[10] { 10, 7, 10, 3, 6, 10, 2, 8, 5, 10 }
#for (Row, 0, 9)
  #local Y = 1.0 + Row*.51;
  cylinder { <-3.5,Y,0>, <3.5,Y,0>, .035 texture { Steel } }
  #for (I, 0, 9)
    #local X = (I < Left[Row] ? -3.2+I*.44 : 3.2-(9-I)*.44);
    sphere { 0, .25 scale <.84,1,1> translate <X,Y,0>
      texture { pigment { Tints[Row] } finish { diffuse .75 specular .7 roughness .015 reflection { .02 .12 } } } }
  #end
#end
