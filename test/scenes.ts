// Pictures with as much on them as photographs have, made up: alike by their number, in whatever size and encoding.
import sharp, { type Sharp } from 'sharp';

/** Blots of colour by a seeded dice. */
export function scene(number: number, width: number, height: number): Sharp {
  let state = number * 2_654_435_761 + 1;
  const roll = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  };
  const [across, down] = [16, 12];
  const blots = Buffer.from(Array.from({ length: across * down * 3 }, roll));
  return sharp(blots, { raw: { width: across, height: down, channels: 3 } }).resize(width, height, {
    fit: 'fill',
    kernel: 'cubic',
  });
}
