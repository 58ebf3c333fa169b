// A spider's web with dew in front of a dark hedge.
#include "shared.inc"
camera { location <0,0,-9> look_at <0,0,0> angle 48 right x*4/3 }
light_source { <-6,7,-3> srgb 1.1 }
light_source { <5,3,5> srgb <.9,.95,.8> }
// Out of focus: leaves are soft blots far behind.
plane { z, 20 pigment { bozo turbulence .4 scale 2.6 color_map { [0 srgb <.03,.07,.03>] [.5 srgb <.08,.15,.06>] [.8 srgb <.16,.26,.09>] [1 srgb <.33,.42,.16>] } } finish { emission .55 diffuse .2 } }
#declare Silk = texture { pigment { srgb <.93,.95,.97> } finish { emission .55 diffuse .5 specular 1 roughness .02 } }
#declare R = seed(17);
#declare Spokes = 26;
#declare Angle = array[Spokes+1];
#for (I, 0, Spokes) #declare Angle[I] = I*360/Spokes + (I<Spokes)*(rand(R)-.5)*6; #end
#declare Angle[Spokes] = Angle[0]+360;
#declare Hub = <.15,.25,0>;
#macro At(A, D) (Hub + <cos(radians(A))*D, sin(radians(A))*D*1.02, 0>) #end
#for (I, 0, Spokes-1) cylinder { Hub, At(Angle[I], 7), .012 texture { Silk } } #end
#for (T, 0, 25)
  #for (I, 0, Spokes-1)
    #local D0 = .45+T*.135+(I/Spokes)*.135+.02*rand(R); #local D1 = .45+T*.135+((I+1)/Spokes)*.135;
    #local A = At(Angle[I], D0); #local B = At(Angle[I+1], D1);
    #local M = (A+B)/2 - vnormalize((A+B)/2-Hub)*.05*D0*.5;
    cylinder { A, M, .0085 texture { Silk } } cylinder { M, B, .0085 texture { Silk } }
    #if (rand(R) < .5)
      #local Q = A+(M-A)*rand(R);
      sphere { Q, .018+.014*rand(R) pigment { srgb <.9,.95,1> } finish { emission .5 diffuse .4 specular 1 roughness .005 } }
    #end
    #if (rand(R) < .5) sphere { M+(B-M)*rand(R), .016+.012*rand(R) pigment { srgb <.9,.95,1> } finish { emission .5 diffuse .4 specular 1 roughness .005 } } #end
  #end
#end
// The owner sits in the hub, head down.
union {
  sphere { 0, .26 scale <1,1.25,.9> translate y*.2 pigment { leopard scale .05 color_map { [0 srgb <.30,.20,.10>] [1 srgb <.62,.48,.26>] } } }
  sphere { y*-.16, .15 pigment { srgb <.32,.22,.12> } }
  #for (S, -1, 1, 2) #for (L, 0, 3)
    #local K = <S*(.42+.03*L), .26-L*.2, -.16>; #local F = <S*(.62-.05*abs(L-1.5)*2), .78-L*.52, 0>;
    cylinder { <S*.08,-.08-.04*L,0>, K, .032 pigment { srgb <.42,.30,.16> } } cylinder { K, F, .022 pigment { srgb <.30,.20,.11> } }
  #end #end
  translate Hub - z*.1
}
