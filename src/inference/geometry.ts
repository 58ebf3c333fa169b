// The arithmetic of resize and crop: agrees with the training's to the pixel, so it is done here and not by `fit`.
import type { ModelInput } from './model.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Region extends Size {
  readonly left: number;
  readonly top: number;
}

/** Cut `before` out of the picture, resize that to `size`, cut `after` out of the result. */
export interface Plan {
  readonly before: Region;
  readonly size: Size;
  readonly after: Region;
}

/** As PIL users do: sizes are rounded, crop offsets floored. */
const centre = (outer: Size, inner: Size): Region => ({
  left: Math.floor((outer.width - inner.width) / 2),
  top: Math.floor((outer.height - inner.height) / 2),
  width: inner.width,
  height: inner.height,
});

const square = (side: number): Size => ({ width: side, height: side });
const whole = (size: Size): Region => ({ left: 0, top: 0, ...size });

export function planOf(picture: Size, input: ModelInput): Plan {
  const target = square(input.size);
  if (input.resize === 'stretch') return { before: whole(picture), size: target, after: whole(target) };
  const shortSide = Math.min(picture.width, picture.height);
  if (input.resize === 'cropThenResize') {
    const side = Math.max(1, Math.round((shortSide * input.size) / input.resizeTo));
    return { before: centre(picture, square(side)), size: target, after: whole(target) };
  }
  const before = centre(picture, withoutFarEnds(picture, input));
  const scale = input.resizeTo / shortSide;
  const size = {
    width: picture.width === shortSide ? input.resizeTo : Math.round(before.width * scale),
    height: picture.height === shortSide ? input.resizeTo : Math.round(before.height * scale),
  };
  return { before, size, after: centre(size, target) };
}

// A strip of 1 × 50,000 pixels would be resized to 64 × 3,200,000, of which only the centre is used.
function withoutFarEnds(picture: Size, input: ModelInput): Size {
  const shortSide = Math.min(picture.width, picture.height);
  const most = Math.max(16 * shortSide, Math.ceil((2 * shortSide * input.size) / input.resizeTo));
  return { width: Math.min(picture.width, most), height: Math.min(picture.height, most) };
}

/** Pixels up to which a picture is held whole; more are resized while they are decoded. */
const heldPixels = 4_000_000;

/** The size at which a picture is held between decoding and its uses. */
export function heldSize(picture: Size, input: ModelInput): Size {
  const pixels = picture.width * picture.height;
  if (pixels <= heldPixels) return picture;
  const shortSide = Math.min(picture.width, picture.height);
  // Never so small that the model would see less than it could, unless the other side makes up for it.
  const least = Math.min(shortSide, 2 * input.resizeTo);
  const short = Math.max(least, Math.round(shortSide * Math.sqrt(heldPixels / pixels)));
  const long = Math.round(Math.min(Math.max(picture.width, picture.height), heldPixels / short));
  return picture.width < picture.height ? { width: short, height: long } : { width: long, height: short };
}

/** Why a picture is skipped for its size. */
export const smallReason = (leastPixels: number, { width, height }: Size): string =>
  `expected at least ${leastPixels} pixels on the shorter side, came ${width} × ${height}`;
