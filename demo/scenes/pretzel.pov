// A soft pretzel with coarse salt on a board.
#include "shared.inc"
SoftRadiosity()
camera { location <0,8.6,-5.4> look_at <0,.1,-.15> angle 46 right x*4/3 }
SoftLight(<-8,12,3>, srgb <1.2,1.12,1.0>, 4)
FillLight(<8,7,-8>, srgb <.3,.3,.32>)
background { srgb <.8,.78,.74> }
plane { y, -.25 pigment { srgb <.86,.83,.77> } normal { granite .08 scale .2 } }
#declare R = seed(7);
#declare Crust = texture {
  pigment { bozo turbulence .5 scale 1.1 color_map { [0 srgb <.52,.24,.07>] [.5 srgb <.62,.31,.10>] [.85 srgb <.72,.42,.16>] [1 srgb <.45,.19,.05>] } }
  normal { bumps .12 scale .3 } finish { diffuse .8 specular .5 roughness .04 reflection .02 }
}
#macro Along(S, N, Thick, Thin)
  blob { threshold .35
    #for (I, 0, N)
      sphere { S(I/N), Thin+(Thick-Thin)*pow(sin(pi*I/N),.8), 1 }
    #end
    texture { Crust } }
#end
#declare Belly = spline { natural_spline
  0 <.62,.62,-.1>, .06 <.1,.6,.55>, .12 <-.25,.62,.95>, .2 <-.95,.45,1.65>, .28 <-1.95,.38,1.85>, .36 <-2.75,.35,1.2>, .43 <-2.85,.35,.1>, .48 <-2.2,.35,-1.1>,
  .5 <-1.9,.35,-1.4>, .55 <-.9,.35,-2.0>, .6 <.1,.35,-2.15>, .66 <1.2,.35,-1.9>, .71 <2.0,.35,-1.35>, .76 <2.7,.35,-.3>, .81 <2.85,.35,.7>, .86 <2.3,.36,1.6>,
  .91 <1.3,.4,1.85>, .95 <.5,.45,1.4>, .98 <.1,.42,.85>, 1 <-.2,.45,.4> }
#declare Loop = Along(Belly, 150, .75, .5)
object { Loop }
#declare LeftArm = spline { natural_spline 0 <-.2,.45,.4>, .3 <-.55,.5,-.15>, .7 <-1.05,.62,-1.1>, 1 <-1.4,.62,-1.75> }
#declare RightArm = spline { natural_spline 0 <.62,.62,-.1>, .3 <.8,.6,-.45>, .7 <1.15,.66,-1.2>, 1 <1.45,.62,-1.75> }
#macro Arm(S) blob { threshold .35 #for (I, 0, 34) sphere { S(I/34), .5, 1 } #end texture { Crust } } #end
Arm(LeftArm)
Arm(RightArm)
// Salt lies where a grain that falls from above would stay.
#for (I, 0, 150)
  #local Where = trace(Loop, Belly(.1+.85*rand(R)) + <rand(R)*.7-.35,3,rand(R)*.7-.35>, -y);
  #if (vlength(Where) > 0)
    box { -.055, .055 rotate <rand(R)*360,rand(R)*360,rand(R)*360> translate Where pigment { srgb .97 } finish { specular .5 } }
  #end
#end
