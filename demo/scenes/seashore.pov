// Waves rolling onto a sandy beach.
#include "shared.inc"
camera { location <-9,4.4,-15> look_at <9,.9,16> angle 56 right x*4/3 }
DaySky(.5)
DaySun()
SkyFill()
#declare Rough = function { pigment { bozo scale <3.5,1,1.2> turbulence .4 octaves 3 } }
#declare Fine = function { pigment { granite scale 3 } }
// How far a place lies out at sea, with an uneven water's edge.
#declare Out = function(x,z) { x*.78 + z*.30 - 1.2 + .9*sin(z*.21) + .35*sin(z*.83+1) }
#declare Swell = function(x,z) { .42*pow(.5+.5*sin(Out(x,z)*.72+.9*Rough(x*.3,0,z*.2).red), 4)*min(1,max(0,Out(x,z)/3))*(1-min(1,max(0,(Out(x,z)-20)/40))) }
height_field {
  // x and y run over the unit square: x to the right, y from the horizon towards us.
  function 700, 700 {
    (Swell(-30+90*x, 62-82*y) + .10*Rough(-30+90*x,0,62-82*y).red*min(1,max(.05,Out(-30+90*x,62-82*y)/4)))/.62
  }
  smooth
  scale <90,.62,82> translate <-30,-.04,-20>
  texture {
    pigment {
      function { min(1, max(0, Out(x,z)/26)) }
      color_map { [0 srgbt <.60,.66,.56,.55>] [.05 srgb <.36,.56,.54>] [.3 srgb <.12,.42,.50>] [1 srgb <.06,.26,.42>] }
    }
    finish { diffuse .55 specular .5 roughness .01 reflection { .04 .45 fresnel } conserve_energy }
  }
  texture {
    pigment {
      // Foam on the crests and along the edge.
      function { min(1, max(0, 2.2*Swell(x,z) + (Rough(x*1.7,3,z*1.7).red-.5)*.5 + max(0,.85-abs(Out(x,z)-.5)*.8)*.9 + max(0, .5-abs(Out(x,z)-3.4)*.45)*.7 + (Fine(x,0,z).red-.4)*.5)) }
      color_map { [0 srgbt <1,1,1,1>] [.5 srgbt <1,1,1,1>] [.66 srgbt <1,1,1,.25>] [.8 srgb .97] [1 srgb .97] }
    }
    normal { granite .4 scale .5 }
  }
  interior { ior 1.33 }
}
plane { y, -.02 texture {
  pigment { function { min(1, max(0, (Out(x,z)+7)/7)) } color_map { [0 srgb <.86,.76,.58>] [.55 srgb <.80,.69,.51>] [.75 srgb <.60,.50,.36>] [1 srgb <.50,.42,.31>] } }
  normal { granite .3 scale .4 } finish { specular .1 } }
  clipped_by { plane { x*.78+z*.3, 3.4 } } }
plane { y, -.06 pigment { srgb <.05,.24,.40> } normal { bumps .4 scale <3,1,1.5> } finish { diffuse .5 reflection { .05 .4 fresnel } conserve_energy } interior { ior 1.33 } }
// A far headland.
#declare R = seed(4);
#for (I, 0, 9) sphere { 0, 1 scale <26,5+6*rand(R),14> translate <-50+I*14,-2,185+14*rand(R)> pigment { srgb <.36,.46,.48> } normal { granite 1 scale .1 } } #end
