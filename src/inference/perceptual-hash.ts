// What a picture looks like, in 64 bits and a colour: alike for the same picture in another size or encoding. A pHash: the
// signs of its lowest frequencies (C. Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, 2010).
import { type Description, flatHash } from '../record.ts';
import type { Pixels } from './resample.ts';

export type Looks = Required<Pick<Description, 'perceptualHash' | 'meanColour'>>;

/** The picture is averaged to so many cells each way. */
const cells = 32;
const bits = 64;
/** A frequency counts as there from this strength on: what is weaker is as good as nothing, and its sign is noise. */
const leastStrength = 1;
/** A picture of which fewer frequencies than `leastTelling` are this strong is smooth: gradients are all alike. */
const tellingStrength = 8;
const leastTelling = 32;
/** Of the brightness of the cells, in bits: logos on white, single letters, charts and pages of text have less. */
const leastEntropy = 2.9;
const brightnessStep = 8;

export function looksOf(pixels: Pixels): Looks {
  const grey = cellsOf(pixels);
  const strengths = lowest.map(([down, across]) => frequency(grey, down, across));
  const telling = strengths.filter((one) => Math.abs(one) > tellingStrength).length;
  const isFlat = telling < leastTelling || entropy(grey) < leastEntropy;
  return { perceptualHash: isFlat ? flatHash : hexOf(strengths), meanColour: meanColourOf(pixels) };
}

type Cells = Float64Array;

/** Each cell's mean brightness: pixels that two cells share count for each by the part that it has of them. */
function cellsOf({ data, size: { width, height } }: Pixels): Cells {
  const [across, down] = [sharesOf(width), sharesOf(height)];
  const all = new Float64Array(cells * cells);
  for (const [row, { first: top, shares: rows }] of down.entries()) {
    for (const [y, share] of rows.entries()) {
      for (let column = 0; column < cells; column++) {
        const { first, shares } = across[column]!;
        let line = 0;
        let at = ((top + y) * width + first) * 3;
        for (let x = 0; x < shares.length; x++, at += 3)
          line += shares[x]! * (0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!);
        all[row * cells + column]! += share * line;
      }
    }
  }
  return all;
}

function meanColourOf({ data }: Pixels): string {
  let [red, green, blue] = [0, 0, 0];
  for (let at = 0; at < data.length; at += 3) {
    red += data[at]!;
    green += data[at + 1]!;
    blue += data[at + 2]!;
  }
  return [red, green, blue].map((sum) => hex(Math.round((sum * 3) / data.length), 2)).join('');
}

interface Shares {
  readonly first: number;
  /** What the pixels from there on have of the cell; together 1. */
  readonly shares: Float64Array;
}

function sharesOf(length: number): Shares[] {
  const step = length / cells;
  return Array.from({ length: cells }, (_, cell) => {
    const [from, to] = [cell * step, (cell + 1) * step];
    const first = Math.min(Math.floor(from), length - 1);
    const end = Math.max(first + 1, Math.min(length, Math.ceil(to - 1e-9)));
    const shares = new Float64Array(end - first);
    for (let at = first; at < end; at++)
      shares[at - first] = (Math.min(to, at + 1) - Math.max(from, at)) / step;
    return { first, shares };
  });
}

/** The 64 lowest frequencies, as waves down and across the picture; without that of none, which is its brightness. */
const lowest: readonly (readonly [down: number, across: number])[] = Array.from(
  { length: 12 * 12 },
  (_, at) => {
    const [down, across] = [Math.floor(at / 12), at % 12];
    return [down, across] as const;
  },
)
  .slice(1)
  .sort(([a, b], [c, d]) => a * a + b * b - c * c - d * d || a + b - c - d || a - c)
  .slice(0, bits);

const waves: readonly Float64Array[] = Array.from({ length: 12 }, (_, waveNumber) =>
  Float64Array.from({ length: cells }, (_, at) => {
    const scale = Math.sqrt((waveNumber === 0 ? 1 : 2) / cells);
    return scale * Math.cos(((2 * at + 1) * waveNumber * Math.PI) / (2 * cells));
  }),
);

function frequency(grey: Cells, down: number, across: number): number {
  const [vertical, horizontal] = [waves[down]!, waves[across]!];
  let sum = 0;
  for (let row = 0; row < cells; row++) {
    let line = 0;
    for (let column = 0; column < cells; column++) line += horizontal[column]! * grey[row * cells + column]!;
    sum += vertical[row]! * line;
  }
  return sum;
}

function entropy(grey: Cells): number {
  const counts = new Map<number, number>();
  for (const value of grey) {
    const step = Math.floor(value / brightnessStep);
    counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  let sum = 0;
  for (const count of counts.values()) sum -= (count / grey.length) * Math.log2(count / grey.length);
  return sum;
}

function hexOf(strengths: readonly number[]): string {
  let text = '';
  for (let at = 0; at < bits; at += 4) {
    const four = strengths.slice(at, at + 4);
    text += hex(
      four.reduce((value, strength) => value * 2 + (strength > leastStrength ? 1 : 0), 0),
      1,
    );
  }
  return text;
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
