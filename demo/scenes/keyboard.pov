// The keys of a computer keyboard.
#include "shared.inc"
camera { location <-2.5,7.4,-8.2> look_at <.3,.2,-.3> angle 45 right x*4/3 }
SoftLight(<-8,10,4>, srgb <1.15,1.12,1.08>, 3)
FillLight(<7,6,-7>, srgb <.35,.36,.38>)
WoodTable(-.4)
#declare Cream = texture { pigment { srgb <.86,.84,.78> } finish { diffuse .78 specular .3 roughness .04 } }
#declare Grey = texture { pigment { srgb <.62,.60,.56> } finish { diffuse .78 specular .3 roughness .04 } }
#declare Ink = texture { pigment { srgb .08 } }
union { box { <-8.2,-.35,-3.1>, <8.2,.12,3.3> } cylinder { <-8.2,-.1,3.3>, <8.2,-.1,3.3>, .22 } cylinder { <-8.2,-.13,-3.1>, <8.2,-.13,-3.1>, .22 } texture { pigment { srgb <.80,.78,.72> } finish { specular .2 } } }
#macro Key(X, Z, W, Face)
  union {
    #local A = .40; #local B = .30;
    #local S = W-1;
    mesh {
      #local P0=<-.46,0,-.46>; #local P1=<.46+S,0,-.46>; #local P2=<.46+S,0,.46>; #local P3=<-.46,0,.46>;
      #local Q0=<-B,.42,-B>; #local Q1=<B+S,.42,-B>; #local Q2=<B+S,.46,.38>; #local Q3=<-B,.46,.38>;
      triangle {Q0,Q1,Q2} triangle {Q0,Q2,Q3} triangle {P0,P1,Q1} triangle {P0,Q1,Q0} triangle {P1,P2,Q2} triangle {P1,Q2,Q1} triangle {P2,P3,Q3} triangle {P2,Q3,Q2} triangle {P3,P0,Q0} triangle {P3,Q0,Q3}
    }
    cylinder { <-B,.41,-B>, <B+S,.41,-B>, .03 } cylinder { <B+S,.41,-B>, <B+S,.45,.38>, .03 } cylinder { <-B,.41,-B>, <-B,.45,.38>, .03 }
    texture { Face } translate <X,.1,Z>
  }
#end
// A letter is a few strokes on the key; legible enough at this size.
#macro Stroke(X, Z, Which)
  union {
    #local R = seed(Which*7+3);
    cylinder { <-.1,0,-.02>, <-.1,0,.22>, .022 }
    #if (rand(R) > .4) cylinder { <-.1,0,.22>, <.06,0,.22>, .022 } #end
    #if (rand(R) > .4) cylinder { <-.1,0,.1>, <.05,0,.1>, .022 } #end
    #if (rand(R) > .4) cylinder { <-.1,0,-.02>, <.06,0,-.02>, .022 } #end
    #if (rand(R) > .4) cylinder { <.06,0,-.02>, <.06,0,.22>, .022 } #end
    texture { Ink } scale <1,.2,1> translate <X-.08,.545,Z>
  }
#end
#for (Row, 0, 3)
  #for (I, 0, 11)
    #local X = -5.6 + I*1.0 + Row*0 + (3-Row)*.3; #local Z = -1.3 + Row*1.0;
    Key(X, Z, 1, Cream) Stroke(X, Z, Row*12+I)
  #end
  #local W = array[4] {2.0,1.75,1.5,1.0}
  Key(-5.6+(3-Row)*.3-W[Row]-.02+.0, -1.3+Row, W[Row], Grey)
  Key(-5.6+12.05+(3-Row)*.3, -1.3+Row, 3.0-(3-Row)*.3, Grey)
#end
Key(-7.2,-2.35,1.5,Grey) Key(-5.6,-2.35,1.25,Grey) Key(-4.2,-2.35,6.5,Cream) Key(2.5,-2.35,1.25,Grey) Key(3.9,-2.35,1.25,Grey) Key(5.3,-2.35,2,Grey)
#for (I, 0, 12) Key(-7.2+I*1.18, 2.75, 1, Grey) #end
