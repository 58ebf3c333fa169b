// Resizes pixels as PIL does, to the rounding: libvips places enlarged pixels elsewhere, and models were trained with PIL.
import type { Plan, Region, Size } from './geometry.ts';
import type { ModelInput } from './model.ts';

/** RGB, interleaved, 8 bits. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly size: Size;
}

interface Filter {
  /** Half its width, in pixels of the smaller picture. */
  readonly support: number;
  readonly weight: (distance: number) => number;
}

/** The family of cubic filters: B = C = 1/3 is Mitchell's, B = 0 and C = 1/2 is what PIL calls bicubic. */
const cubic = (b: number, c: number): Filter => ({
  support: 2,
  weight: (x) =>
    x < 1
      ? ((12 - 9 * b - 6 * c) * x ** 3 + (-18 + 12 * b + 6 * c) * x ** 2 + (6 - 2 * b)) / 6
      : ((-b - 6 * c) * x ** 3 + (6 * b + 30 * c) * x ** 2 + (-12 * b - 48 * c) * x + (8 * b + 24 * c)) / 6,
});

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
const lanczos = (lobes: number): Filter => ({ support: lobes, weight: (x) => sinc(x) * sinc(x / lobes) });

const filters: { readonly [kernel in ModelInput['kernel']]: Filter } = {
  nearest: { support: 0, weight: () => 1 },
  linear: { support: 1, weight: (x) => 1 - x },
  cubic: cubic(0, 0.5),
  mitchell: cubic(1 / 3, 1 / 3),
  lanczos2: lanczos(2),
  lanczos3: lanczos(3),
};

/** For each output pixel: its first input pixel, how many there are, and their weights, which sum up to 1. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Float32Array;
  /** Room for weights of one output pixel. */
  readonly most: number;
}

/** Of `count` output pixels from `start` on, where `from` pixels become `to`. */
function tapsOf(filter: Filter, from: number, to: number, start: number, count: number): Taps {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const support = filter.support * stretch;
  const most = Math.ceil(support) * 2 + 1;
  const taps = {
    first: new Int32Array(count),
    count: new Int32Array(count),
    weights: new Float32Array(count * most),
    most,
  };
  for (let index = 0; index < count; index += 1) {
    const centre = (start + index + 0.5) * scale;
    const isNearest = filter.support === 0;
    const first = isNearest ? Math.floor(centre) : Math.max(0, Math.floor(centre - support + 0.5));
    const end = isNearest ? first + 1 : Math.min(from, Math.floor(centre + support + 0.5));
    const weights = Array.from({ length: end - first }, (_, tap) => {
      const distance = Math.abs((first + tap - centre + 0.5) / stretch);
      return isNearest ? 1 : distance < filter.support ? filter.weight(distance) : 0;
    });
    const sum = weights.reduce((total, weight) => total + weight, 0);
    taps.first[index] = first;
    taps.count[index] = weights.length;
    taps.weights.set(
      weights.map((weight) => weight / sum),
      index * most,
    );
  }
  return taps;
}

export function resample(
  source: Pixels,
  { before, size, after }: Plan,
  kernel: ModelInput['kernel'],
): Uint8Array {
  const filter = filters[kernel];
  const across = tapsOf(filter, before.width, size.width, after.left, after.width);
  const down = tapsOf(filter, before.height, size.height, after.top, after.height);
  const last = after.height - 1;
  const top = down.first[0] as number;
  const rows = (down.first[last] as number) + (down.count[last] as number) - top;
  const narrowed = narrow(source, { ...before, top: before.top + top, height: rows }, across);
  return shorten(narrowed, after.width * 3, top, down);
}

// The loops below are most of the work: indexed access is within bounds by construction.

function narrow({ data, size }: Pixels, region: Region, { first, count, weights, most }: Taps): Uint8Array {
  const width = first.length;
  // Clamps and rounds to the nearest, as PIL does between its passes.
  const result = new Uint8ClampedArray(region.height * width * 3);
  for (let row = 0, to = 0; row < region.height; row += 1) {
    const start = ((region.top + row) * size.width + region.left) * 3;
    for (let column = 0; column < width; column += 1, to += 3) {
      let from = start + first[column]! * 3;
      let red = 0;
      let green = 0;
      let blue = 0;
      const end = column * most + count[column]!;
      for (let tap = column * most; tap < end; tap += 1, from += 3) {
        const weight = weights[tap]!;
        red += weight * data[from]!;
        green += weight * data[from + 1]!;
        blue += weight * data[from + 2]!;
      }
      result[to] = red;
      result[to + 1] = green;
      result[to + 2] = blue;
    }
  }
  return new Uint8Array(result.buffer);
}

function shorten(
  data: Uint8Array,
  stride: number,
  top: number,
  { first, count, weights, most }: Taps,
): Uint8Array {
  const result = new Uint8ClampedArray(first.length * stride);
  const sums = new Float32Array(stride);
  for (let row = 0; row < first.length; row += 1) {
    sums.fill(0);
    for (let tap = 0; tap < count[row]!; tap += 1) {
      const weight = weights[row * most + tap]!;
      const start = (first[row]! - top + tap) * stride;
      for (let index = 0; index < stride; index += 1)
        sums[index] = sums[index]! + weight * data[start + index]!;
    }
    result.set(sums, row * stride);
  }
  return new Uint8Array(result.buffer);
}
