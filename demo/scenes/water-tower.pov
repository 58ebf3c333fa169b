// A steel water tower above the town.
#include "shared.inc"
camera { location <4,3,-44> look_at <0,14.5,0> angle 44 right x*4/3 }
DaySky(.4)
DaySun()
SkyFill()
Grass(0, 1.2)
#declare Paint = texture { pigment { granite scale 3 color_map { [0 srgb <.70,.76,.78>] [.8 srgb <.80,.85,.86>] [1 srgb <.62,.60,.55>] } } finish { diffuse .8 specular .3 roughness .05 } }
#declare H = 16;
union {
  lathe { cubic_spline 12 <0,-3>,<0,-2.6>,<1.2,-2.3>,<3.6,-1.2>,<5.2,.4>,<5.6,2.2>,<5.6,4.8>,<5.55,5.2>,<5.0,5.9>,<2.8,7.4>,<0,8.4>,<0,8.6> }
  torus { 5.65, .14 translate y*2.0 }
  torus { 5.62, .12 translate y*5.0 }
  cylinder { y*8.2, y*9, .5 } sphere { y*9, .5 }
  translate y*H texture { Paint }
}
union {
  #for (I, 0, 5)
    cylinder { <7.2,0,0>, <5.3,H+2,0>, .3 rotate y*I*60 }
    #for (K, 0, 2)
      #local A = 7.2-1.9*K*5.4/18; #local B = 7.2-1.9*(K+1)*5.4/18;
      cylinder { <A,K*5.4,0>, vrotate(<B,(K+1)*5.4,0>, y*60), .07 rotate y*I*60 }
      cylinder { <B,(K+1)*5.4,0>, vrotate(<A,K*5.4,0>, y*60), .07 rotate y*I*60 }
      cylinder { <B,(K+1)*5.4,0>, vrotate(<B,(K+1)*5.4,0>, y*60), .14 rotate y*I*60 }
    #end
    box { <6.6,0,-.6>, <7.8,.5,.6> rotate y*I*60 }
    // The gallery's railing.
  #end
  cylinder { 0, y*(H-2), .7 }
  #for (I, 0, 47) cylinder { <6.2,H+1.9,0>, <6.2,H+3,0>, .04 rotate y*I*7.5 } #end
  torus { 6.2, .07 translate y*(H+3) } torus { 6.2,.05 translate y*(H+2.45) }
  difference { cylinder { y*(H+1.75), y*(H+1.92), 6.3 } cylinder { y*H, y*(H+3), 5 } }
  rotate y*12 texture { Paint }
}
#for (I, 0, 10) object { Tree(5+mod(I*3,4), I+7) translate <-34+I*7, 0, 14+mod(I*5,9)> } #end
#declare R = seed(8);
#for (I, 0, 5)
  union {
    box { <-3,0,-2>, <3,3,2> pigment { srgb <.85,.80-.2*rand(R),.70-.2*rand(R)> } }
    intersection { box { <-3.3,2.9,-2.4>, <3.3,5.4,2.4> } plane { y, 0 rotate x*-38 translate y*4.8 } plane { y, 0 rotate x*38 translate y*4.8 } pigment { srgb <.42,.20,.15> } }
    translate <-27+I*11, 0, 8+3*rand(R)>
  }
#end
