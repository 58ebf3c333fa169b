// A red suspension bridge in the evening.
#include "shared.inc"
camera { location <-74,17,-96> look_at <2,17,0> angle 55 right x*4/3 }
PlainSky(srgb <.96,.80,.62>, srgb <.35,.52,.76>)
light_source { <-5000,2600,-3500> srgb <1.3,1.1,.85> }
light_source { <3000,4000,-2000> srgb <.35,.42,.55> shadowless }
#declare Paint = texture { pigment { srgb <.70,.20,.11> } finish { diffuse .8 specular .15 } }
plane { y, 0
  pigment { srgb <.08,.18,.24> } normal { bumps .45 scale <4,1,2> turbulence .3 }
  finish { diffuse .35 specular .4 roughness .02 reflection { .1 .7 fresnel } conserve_energy } interior { ior 1.33 } }
#macro Tower()
  union {
    #for (S, -1, 1, 2)
      box { <-1.5,0,-1.1>, <1.5,20,1.1> translate z*S*3.6 }
      box { <-1.2,20,-.9>, <1.2,34,.9> translate z*S*3.6 }
      box { <-1.0,34,-.75>, <1.0,42,.75> translate z*S*3.6 }
    #end
    #for (I, 0, 3) box { <-.9,18+I*7.6,-3.6>, <.9,19.8+I*7.6,3.6> } #end
    box { <-3,-2,-6>, <3,2,6> texture { Stone } }
    texture { Paint }
  }
#end
object { Tower() translate x*-34 }
object { Tower() translate x*46 }
// Deck with its truss.
union {
  box { <-130,11.6,-3>, <150,12.2,3> }
  box { <-130,9.8,-3>, <150,10.1,-2.6> }
  box { <-130,9.8,2.6>, <150,10.1,3> }
  #for (I, -52, 60) 
    cylinder { <I*2.5,9.9,-2.9>, <I*2.5+1.25,11.7,-2.9>, .14 }
    cylinder { <I*2.5+1.25,11.7,-2.9>, <I*2.5+2.5,9.9,-2.9>, .14 }
  #end
  box { <-130,12.9,-3.05>, <150,13.05,-2.95> }
  texture { Paint }
}
// Main cables and hangers.
#macro Main(X) (13.6 + 28*pow((X-6)/40, 2)) #end
#macro Left(X) (13 + 28.6*pow((X+112)/78, 1.6)) #end
#macro Right(X) (13 + 28.6*pow((124-X)/78, 1.6)) #end
#for (S, -1, 1, 2)
  #for (X, -34, 45, 1) cylinder { <X,Main(X),S*3.4>, <X+1,Main(X+1),S*3.4>, .34 texture { Paint } } #end
  #for (X, -112, -35, 2) cylinder { <X,Left(X),S*3.4>, <X+2,Left(X+2),S*3.4>, .34 texture { Paint } } #end
  #for (X, 46, 122, 2) cylinder { <X,Right(X),S*3.4>, <X+2,Right(min(124,X+2)),S*3.4>, .34 texture { Paint } } #end
  #for (X, -32, 44, 2.2) cylinder { <X,12,S*3.4>, <X,Main(X),S*3.4>, .1 texture { Paint } } #end
  #for (X, -108, -36, 3) cylinder { <X,12,S*3.4>, <X,Left(X),S*3.4>, .1 texture { Paint } } #end
  #for (X, 48, 120, 3) cylinder { <X,12,S*3.4>, <X,Right(X),S*3.4>, .1 texture { Paint } } #end
#end
// Headlands behind.
#declare R = seed(2);
#for (I, 0, 11) sphere { 0, 1 scale <50,12+16*rand(R),30> translate <-200+I*45,-3,230+30*rand(R)> pigment { srgb <.30,.34,.40> } normal { granite 1.2 scale .1 } } #end
