// Three burning candles in the dark.
#include "shared.inc"
camera { location <0,3.6,-9> look_at <0,2.0,0> angle 37 right x*4/3 }
plane { y, 0 texture { pigment { WoodGrain } finish { diffuse .6 specular .3 roughness .03 reflection .05 } } }
plane { z, 5 hollow pigment { srgb <.30,.20,.14> } }
light_source { <-6,8,-8> srgb <.30,.26,.26> shadowless }
#macro Candle(H, Rd, Seed)
  union {
    difference {
      union { cylinder { 0, y*H, Rd } torus { Rd-.05, .05 translate y*H } }
      sphere { y*(H+.5), .62*Rd/.55 scale <1,1,1> }
      pigment { gradient y color_map { [0 srgb <.86,.72,.52>] [.6 srgb <.95,.84,.64>] [.85 srgb <1,.90,.66>] [1 srgb <1,.86,.52>] } scale H*1.01 }
      finish { diffuse .8 specular .3 roughness .04 emission .10 }
    }
    // A glow in the wax under the flame.
    #local R = seed(Seed);
    #for (I, 0, 4) blob { threshold .4 #for (K, 0, 5) sphere { <Rd,H-.04-K*(.06+.16*rand(R)*.6),0>, .12, 1 } #end rotate y*rand(R)*360 pigment { srgb <.97,.87,.66> } finish { specular .3 emission .1 } } #end
    cylinder { y*(H-.2), y*(H+.24), .022 pigment { srgb .03 } }
    sphere { 0, 1 scale <.5,1,.5> scale <1,1,1> hollow pigment { rgbt 1 }
      interior { media { emission 5.5 samples 12 density { spherical scale <.34,.62,.34> translate y*-.12 color_map { [0 rgb 0] [.3 rgb <.6,.16,.01>] [.62 rgb <1,.66,.16>] [1 rgb <1,.94,.66>] } } } }
      translate y*(H+.62) }
    sphere { 0, 2.4 hollow pigment { rgbt 1 } interior { media { emission .05 density { spherical color_map { [0 rgb 0] [1 rgb <1,.55,.18>] } scale 2.4 } } } translate y*(H+.5) }
    light_source { y*(H+.62) srgb <1,.66,.30>*1.5 area_light x*.15, y*.3, 2, 3 adaptive 1 jitter fade_distance 1.7 fade_power 2 }
  }
#end
object { Candle(2.5, .55, 3) translate <-.15,.1,0> }
object { Candle(1.7, .55, 4) translate <-1.75,.1,.7> }
object { Candle(1.25, .6, 5) translate <1.45,.1,-.2> }
#for (P, 0, 2)
  #local X = array[3] {-.15,-1.75,1.45} #local Z = array[3] {0,.7,-.2}
  lathe { cubic_spline 7 <0,-.05>,<0,.04>,<.8,.05>,<.95,.16>,<.99,.2>,<.9,.1>,<.5,0> translate <X[P],0,Z[P]> texture { pigment { srgb <.60,.44,.18> } finish { diffuse .5 specular .8 roughness .02 metallic reflection .1 } } }
#end
