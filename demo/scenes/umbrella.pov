// A large open umbrella with red and white panels, over the sand.
#include "shared.inc"
camera { location <0,3.4,-12> look_at <.1,2.3,0> angle 40 right x*4/3 }
DaySky(.4)
DaySun()
SkyFill()
plane { y, 0 pigment { granite scale .5 color_map { [0 srgb <.82,.72,.54>] [1 srgb <.94,.86,.70>] } } normal { granite .4 scale .5 } }
plane { z, 140 pigment { srgb <.10,.30,.42> } clipped_by { plane { y, 9.8 } } }
// Eight panels, each sagging between its two ribs.
#macro Point(A, T)
  #local F = mod(A, 45)/45;
  #local Sag = 1 - .09*sin(pi*F)*T*T;
  #local Rad = 3.5*sin(T*radians(74))/sin(radians(74))*(1-.05*sin(pi*F)*T);
  (<Rad*cos(radians(A)), 1.75*(cos(T*radians(74))-cos(radians(74)))/(1-cos(radians(74)))*Sag - .16*sin(pi*F)*T*T + .0, Rad*sin(radians(A))>)
#end
#declare Canopy = union {
  #for (P, 0, 7)
    mesh {
      #for (I, 0, 11) #for (J, 0, 13)
        #local A0 = P*45+I*45/12*.99999; #local A1 = P*45+(I+1)*45/12*.99999; #local T0 = J/14; #local T1 = (J+1)/14;
        #local Pa = Point(A0,T0); #local Pb = Point(A1,T0); #local Pc = Point(A1,T1); #local Pd = Point(A0,T1);
        #if (J > 0) triangle { Pa, Pb, Pc } #end
        triangle { Pa, Pc, Pd }
      #end #end
      #if (mod(P,2)) texture { pigment { srgb <.80,.07,.08> } finish { diffuse .7 specular .15 } } #else texture { pigment { srgb <.96,.95,.92> } finish { diffuse .75 specular .15 } } #end
    }
    #for (J, 0, 13) cylinder { Point(P*45,J/14)-y*.02, Point(P*45,(J+1)/14)-y*.02, .025 texture { Steel } } #end
    sphere { Point(P*45,1), .06 texture { Steel } }
  #end
  cylinder { y*1.7, y*2.25, .06 texture { Steel } }
  cylinder { y*-3, y*1.7, .07 texture { pigment { WoodGrain } } }
}
object { Canopy rotate y*14 rotate x*-9 rotate z*14 translate <0,2.9,0> }
cone { <-.75,0,0>, .4, <-.72,.25,0>, .3 texture { Stone } translate x*1.4 }
