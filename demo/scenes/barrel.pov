// An oak barrel with iron hoops in a cellar.
#include "shared.inc"
camera { location <-5.2,3.6,-8.4> look_at <0,1.55,0> angle 37 right x*4/3 }
SoftLight(<-7,9,-6>, srgb <1.25,1.1,.9>, 3)
FillLight(<8,5,-6>, srgb <.30,.30,.33>)
plane { y, 0 pigment { brick srgb <.24,.22,.20>, srgb <.46,.42,.37> brick_size <1.6,9,.8> mortar .05 } normal { granite .3 scale .5 } }
plane { z, 4.5 pigment { brick srgb <.36,.32,.28>, srgb <.52,.46,.39> brick_size <1.5,.6,1> mortar .06 } normal { granite .4 scale .6 } }
#declare Oak = pigment { granite scale <1.2,.16,.16> color_map { [0 srgb <.38,.24,.13>] [.5 srgb <.56,.37,.21>] [1 srgb <.70,.50,.31>] } }
#macro Radius(X) (1.75 - .42*pow(X/2.2, 2)) #end
// Twenty-two staves, each its own tint, bent along x.
union {
  #declare R = seed(9);
  #for (S, 0, 21)
    #local Tint = .75+.35*rand(R);
    intersection {
      union { #for (I, 0, 15) #local A=-2.2+4.4*I/16; #local B=-2.2+4.4*(I+1)/16; cone { x*A, Radius(A), x*B, Radius(B) } #end }
      plane { -z, -.006 rotate x*0 }
      plane { z, -.006 rotate x*(360/22) }
      pigment { granite scale <1.2,.16,.16> translate y*S color_map { [0 srgb <.36,.22,.12>*Tint] [.5 srgb <.54,.35,.20>*Tint] [1 srgb <.70,.50,.31>*Tint] } }
      normal { granite .3 scale <1,.15,.15> }
      finish { diffuse .8 specular .15 roughness .06 }
      rotate x*S*360/22
    }
  #end
  #for (E, -1, 1, 2)
    difference {
      cylinder { x*E*1.98, x*E*2.02, 1.28 }
      #for (K, -3, 3) box { <E*2-.1,-2,K*.36-.008>, <E*2+.1,2,K*.36+.008> } #end
      texture { pigment { Oak rotate x*90 rotate z*90 } normal { granite .2 scale .3 } }
    }
    #for (H, 0, 2)
      #local A = E*(2.14-H*.0-.62*H*(H<2) - (H=2)*1.0); 
      #local X = E*(2.06 - (H=1)*.5 - (H=2)*1.15);
      difference {
        cone { x*(X-.13), Radius(X-.13)+.035, x*(X+.13), Radius(X+.13)+.035 }
        cone { x*(X-.2), Radius(X-.2)-.02, x*(X+.2), Radius(X+.2)-.02 }
        texture { pigment { granite scale .6 color_map { [0 srgb <.16,.15,.14>] [.7 srgb <.27,.26,.25>] [1 srgb <.36,.25,.18>] } } normal { granite .2 scale .2 } finish { diffuse .6 specular .5 roughness .04 metallic } }
      }
    #end
  #end
  cylinder { <0,1.6,0>, <0,1.88,0>, .14 texture { OldWood } }
  // The tap.
  cylinder { <-2,-.8,0>, <-2.6,-.8,0>, .1 texture { pigment { srgb <.70,.52,.22> } finish { metallic specular .8 reflection .15 } } }
  cylinder { <-2.5,-1.05,0>, <-2.5,-.5,0>, .08 texture { pigment { srgb <.70,.52,.22> } finish { metallic specular .8 reflection .15 } } }
  rotate y*28 translate y*2.0
}
// The cradle.
#for (S, -1, 1, 2) difference { box { <S*1.2-.16,0,-1.7>, <S*1.2+.16,.85,1.7> } cylinder { <S*1.2-1,2.0,0>, <S*1.2+1,2.0,0>, 1.66 } texture { OldWood } rotate y*28 } #end
