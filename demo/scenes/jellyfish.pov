// A jellyfish in deep blue water.
#include "shared.inc"
camera { location <0,-.6,-10> look_at <.2,-.6,0> angle 58 right x*4/3 }
sky_sphere { pigment { gradient y color_map { [0 srgb <.01,.06,.26>] [.5 srgb <.01,.13,.42>] [.75 srgb <.03,.28,.62>] [1 srgb <.1,.4,.75>] } translate y*-.5 } }
light_source { <-2,12,-2> srgb <1.1,1.15,1.3> }
light_source { <0,-3,-9> srgb <.30,.34,.45> shadowless }
// The bell: two translucent shells with pale ribs.
#declare Skin = texture {
  pigment { radial frequency 16 color_map { [0 srgbt <.98,.80,.80,.35>] [.12 srgbt <.95,.72,.74,.6>] [.5 srgbt <.88,.78,.92,.72>] [.88 srgbt <.95,.72,.74,.6>] [1 srgbt <.98,.80,.80,.35>] } }
  finish { diffuse .5 emission .28 specular .4 roughness .02 } }
#macro Bell(S) lathe { cubic_spline 9 <.0,1.75>,<0,1.7>,<.9,1.5>,<1.75,.85>,<2.05,.1>,<1.95,-.32>,<1.75,-.48>,<1.6,-.4>,<1.5,-.3> scale S texture { Skin } } #end
#declare R = seed(14);
union {
  object { Bell(1) }
  object { Bell(.86) translate y*-.05 }
  #for (I, 0, 31) sphere { <1.92,-.36,0>, .1 scale <1,1,1> rotate y*I*11.25 pigment { srgbt <1,.86,.82,.2> } finish { emission .35 } } #end
  // Four rings inside.
  #for (I, 0, 3) torus { .36, .11 scale <1,.6,1> translate <.55,.75,0> rotate y*(I*90+30) pigment { srgbt <1,.62,.70,.15> } finish { emission .4 } } #end
  // Mouth arms: frilled ribbons.
  #for (A, 0, 3)
    #local Ph = rand(R)*6;
    blob { threshold .4
      #for (I, 0, 60)
        #local T = I/60;
        sphere { <.35+.25*sin(T*7+Ph)+.10*sin(T*41+Ph), .3-4.2*T, .22*cos(T*6+Ph)>, (.34-.2*T)*(1+.3*sin(T*55)), 1 }
      #end
      rotate y*A*90+y*20
      pigment { srgbt <1,.80,.80,.30> } finish { emission .35 diffuse .4 }
    }
  #end
  // Thin tentacles from the rim.
  #for (A, 0, 27)
    #local Ph = rand(R)*6; #local L = 3.2+2.6*rand(R); #local Sway = .12+.25*rand(R);
    #for (I, 0, 39)
      #local T = I/40; #local U = (I+1)/40;
      cylinder { <1.85+Sway*sin(T*6+Ph)*T-.5*T, -.4-L*T, Sway*cos(T*5+Ph)*T>, <1.85+Sway*sin(U*6+Ph)*U-.5*U, -.4-L*U, Sway*cos(U*5+Ph)*U>, .022 rotate y*(A*360/28) pigment { srgbt <1,.82,.86,.25> } finish { emission .4 } }
    #end
  #end
  rotate z*-16 rotate x*-8 translate <-.4,.9,0>
}
// A second one far off.
union { object { Bell(.4) } #for (A, 0, 9) cylinder { <.6,-.1,0>, <.4,-2,0>, .02 rotate y*A*36 pigment { srgbt <.8,.8,.95,.6> } finish { emission .2 } } #end rotate z*20 translate <4.2,2.0,5> }
