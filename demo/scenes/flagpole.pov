// A flag on a tall white pole, seen from below.
#include "shared.inc"
camera { location <2.4,1.2,-15> look_at <2.2,8.0,0> angle 50 right x*4/3 }
DaySky(.42)
light_source { <-4000,6000,-6000> srgb 1.25 }
SkyFill()
Grass(0, .7)
// The cloth: a sheet in waves that grow away from the pole.
#declare Canton = texture { pigment { srgb <.10,.16,.42> } finish { diffuse .75 } }
#macro Wave(X, Y) <X-.06*X*X*.1, Y-.045*X*X+.05*sin(X*2.2), .12*X*sin(X*1.75-Y*.5)> #end
#declare NX = 48; #declare NY = 13;
#for (J, 0, NY-1)
  mesh {
    #for (I, 0, NX-1)
      #local A = Wave(I*6.4/NX, J*4/NY); #local B = Wave((I+1)*6.4/NX, J*4/NY);
      #local C = Wave((I+1)*6.4/NX, (J+1)*4/NY); #local D = Wave(I*6.4/NX, (J+1)*4/NY);
      #if (J < 6 | I*6.4/NX > 2.7)
        triangle { A, B, C } triangle { A, C, D }
      #end
    #end
    #if (mod(J,2)=0) texture { pigment { srgb <.72,.09,.14> } } #else texture { pigment { srgb .95 } } #end
    translate <.1,8.6,0>
  }
  #if (J > 5)
  mesh {
    #for (I, 0, NX-1)
      #local A = Wave(I*6.4/NX, J*4/NY); #local B = Wave((I+1)*6.4/NX, J*4/NY);
      #local C = Wave((I+1)*6.4/NX, (J+1)*4/NY); #local D = Wave(I*6.4/NX, (J+1)*4/NY);
      #if (I*6.4/NX <= 2.7)
        triangle { A, B, C } triangle { A, C, D }
      #end
    #end
    texture { Canton } translate <.1,8.6,0>
  }
  #end
#end
cylinder { 0, y*13, .11 pigment { srgb .93 } finish { diffuse .8 specular .5 roughness .02 } }
sphere { y*13.15, .24 pigment { srgb <.83,.66,.22> } finish { specular .8 metallic reflection .2 } }
cylinder { <-.16,1,-.1>, <-.13,12.8,-.1>, .02 pigment { srgb .85 } }
box { <-.7,0,-.7>, <.7,.5,.7> texture { Stone } }
#for (I, 0, 9) object { Tree(3.4+mod(I*7,3), I+60) translate <-16+I*4, 0, 12+mod(I*5,6)> } #end
