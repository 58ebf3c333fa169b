// A white lighthouse with red bands on a headland above the sea.
#include "shared.inc"
#declare RockNoise = function { pigment { granite scale 9 } }
#declare f_rock = function(x,y,z) { RockNoise(x,y,z).red }
camera { location <0,7,-42> look_at <1.5,11.5,0> angle 40 right x*4/3 }
DaySky(.38)
DaySun()
SkyFill()
plane { y, -3
  pigment { srgb <.05,.20,.30> } normal { bumps .5 scale <5,1,1.6> turbulence .4 }
  finish { diffuse .4 specular .5 roughness .01 reflection { .1 .6 fresnel } conserve_energy } interior { ior 1.33 } }
// The rock with turf on it.
isosurface {
  function { y - 2.2 + (x*x/190 + z*z/60)*1.0 - 1.9*f_rock(x,y,z) }
  contained_by { box { <-46,-4,-14>, <46,6,14> } } max_gradient 3.2 accuracy .01
  texture {
    pigment { slope { y } pigment_map {
      [.72 granite scale 3 color_map { [0 srgb <.33,.29,.25>] [.6 srgb <.50,.45,.39>] [1 srgb <.62,.57,.50>] }]
      [.86 granite scale .8 color_map { [0 srgb <.22,.33,.11>] [1 srgb <.50,.55,.24>] }] } }
    normal { granite .5 scale 1.2 } }
}
#declare White = texture { pigment { granite scale 2 color_map { [0 srgb <.90,.90,.88>] [1 srgb <.97,.96,.94>] } } }
#declare Red = texture { pigment { srgb <.72,.10,.09> } }
#declare Dark = texture { pigment { srgb <.10,.11,.12> } finish { specular .4 } }
#macro TowerR(H) (2.15-.85*H/15) #end
union {
  #for (I, 0, 4)
    cone { y*I*3, TowerR(I*3), y*(I+1)*3, TowerR(I*3+3) #if (mod(I,2)=1) texture { Red } #else texture { White } #end }
  #end
  #for (I, 0, 2) box { <-.28,2+I*4.6,-2.4>, <.28,3.1+I*4.6,0> texture { Dark } } #end
  box { <-.6,0,-2.35>, <.6,1.8,0> texture { Dark } }
  // Gallery, lantern, dome.
  cylinder { y*15, y*15.35, 1.95 texture { White } }
  #for (I, 0, 23) cylinder { <1.85,15.3,0>, <1.85,16.3,0>, .04 rotate y*I*15 texture { Dark } } #end
  torus { 1.85, .06 translate y*16.3 texture { Dark } }
  torus { 1.85, .04 translate y*15.85 texture { Dark } }
  cylinder { y*15.3, y*16, 1.15 texture { White } }
  cylinder { y*16, y*17.9, 1.02 pigment { srgbt <.75,.85,.88,.6> } finish { specular .8 reflection .25 } }
  sphere { y*16.9, .5 pigment { srgb <1,.95,.7> } finish { emission .9 } }
  #for (I, 0, 7) cylinder { <1.05,16,0>, <1.05,17.9,0>, .07 rotate y*I*45 texture { Red } } #end
  intersection { sphere { y*17.85, 1.3 } plane { -y, -17.85 } texture { Red } }
  cylinder { y*19, y*20.2, .06 texture { Dark } } sphere { y*19.2, .2 texture { Red } }
  translate <0,3.6,0>
}
// The keeper's cottage.
union {
  box { <3,0,-2>, <9,2.6,2> texture { White } }
  intersection {
    box { <2.7,2.5,-2.5>, <9.3,5,2.5> }
    plane { y, 0 rotate x*-34 translate <0,4.1,0> }
    plane { y, 0 rotate x*34 translate <0,4.1,0> }
    texture { pigment { srgb <.45,.18,.13> } }
  }
  #for (I, 0, 2) box { <4+I*1.8,1,-2.05>, <4.7+I*1.8,2,-1.9> texture { Dark } } #end
  translate <0,3.2,1>
}
