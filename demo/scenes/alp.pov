// Snowy peaks above a dark wood.
#include "shared.inc"
camera { location <0,3.1,-13> look_at <.4,3.6,0> angle 52 right x*4/3 }
PlainSky(srgb <.70,.83,.95>, srgb <.17,.38,.75>)
light_source { <-6000,4200,-3500> srgb <1.3,1.22,1.1> }
light_source { <3000,4000,-3000> srgb <.28,.36,.50> shadowless }
#declare N = function { pigment { granite scale 9 } }
#declare M = function { pigment { bozo scale 3.6 } }
#declare D = function { pigment { granite scale 2.6 } }
#declare Mountain = function(x,z) {
  (5.6*pow(max(0,1-sqrt(pow((x-1.4)/6.2,2)+pow((z-7)/6,2))),1.1)
  +4.4*pow(max(0,1-sqrt(pow((x+5.6)/5.5,2)+pow((z-8)/6,2))),1.1)
  +4.2*pow(max(0,1-sqrt(pow((x-8)/5,2)+pow((z-9)/6,2))),1.1)
  +2.0*pow(max(0,1-sqrt(pow((x+1.6)/3.4,2)+pow((z-5)/4,2))),1.2)
  +2.6*pow(max(0,1-sqrt(pow((x+11)/5.5,2)+pow((z-9)/6,2))),1.1)) * (.72+.62*M(x,0,z).red) + 1.7*(N(x,0,z).red-.3) + .35*(D(x,0,z).red-.3)
}
height_field {
  // x and y run over the unit square: x to the right, y from the far side towards us.
  function 900, 450 { max(0, min(1, (Mountain(-20+40*x, 16-19*y) + 2.6)/13.6)) }
  smooth
  scale <40,13.6,19> translate <-20,-2,-3>
  texture {
    pigment { slope { y } pigment_map {
      [.0 granite scale 1.4 color_map { [0 srgb <.24,.23,.25>] [1 srgb <.46,.44,.44>] }]
      [.50 granite scale 1.4 color_map { [0 srgb <.28,.27,.28>] [1 srgb <.50,.48,.47>] }]
      [.62 srgb <.95,.96,.98>] [1 srgb <.97,.98,1>] } }
    normal { granite .35 scale .6 }
  }
  texture { pigment { gradient y pigment_map {
    [0 granite scale .05 color_map { [0 srgb <.16,.22,.13>] [1 srgb <.38,.42,.25>] }]
    [.33 granite scale .05 color_map { [0 srgb <.20,.24,.16>] [1 srgb <.42,.42,.30>] }]
    [.45 srgbt 1] [1 srgbt 1] } turbulence .03 scale 14 translate y*-3 } }
}
plane { y, -.2 pigment { granite scale .6 color_map { [0 srgb <.20,.30,.12>] [1 srgb <.44,.50,.22>] } } }
#declare R = seed(6);
#for (I, 0, 70)
  object { Fir(1.1+.8*rand(R), I) translate <-9+18*rand(R), -.2+.2*rand(R), -4.5+3.5*rand(R)> }
#end
