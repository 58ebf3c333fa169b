// A second reader of PNG, by its specification and node's zlib alone: what the describers decode is compared with it.
import { inflateSync } from 'node:zlib';

export interface PlainPicture {
  readonly width: number;
  readonly height: number;
  /** RGB, what is transparent over white. */
  readonly pixels: Uint8Array;
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: number;
  readonly isInterlaced: boolean;
}

export function readPng(file: Buffer): PlainPicture {
  const chunks = chunksOf(file);
  const first = (type: string) => chunks.find((chunk) => chunk.type === type)?.data;
  const ihdr = first('IHDR')!;
  const header = {
    width: ihdr.readUInt32BE(0),
    height: ihdr.readUInt32BE(4),
    depth: ihdr[8]!,
    colour: ihdr[9]!,
    isInterlaced: ihdr[12] === 1,
  };
  const data = inflateSync(
    Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map((chunk) => chunk.data)),
  );
  const samples = samplesOf(header, data);
  return { ...header, pixels: toRgb(header, samples, first('PLTE'), first('tRNS')) };
}

function chunksOf(file: Buffer): { type: string; data: Buffer }[] {
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    chunks.push({
      type: file.toString('latin1', at + 4, at + 8),
      data: file.subarray(at + 8, at + 8 + length),
    });
    at += length + 12;
  }
  return chunks;
}

const channelsOf = (colour: number): number => ({ 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 })[colour]!;
/** Where each of the seven passes begins, and how far apart its pixels are. */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

function samplesOf({ width, height, depth, colour, isInterlaced }: Header, data: Buffer): Uint16Array {
  const channels = channelsOf(colour);
  const samples = new Uint16Array(width * height * channels);
  const step = Math.max(1, (depth * channels) / 8);
  let at = 0;
  for (const [left, top, across, down] of isInterlaced ? passes : ([[0, 0, 1, 1]] as const)) {
    const columns = Math.ceil((width - left) / across);
    const rows = Math.ceil((height - top) / down);
    if (columns <= 0 || rows <= 0) continue;
    const length = Math.ceil((columns * channels * depth) / 8);
    let before = new Uint8Array(length);
    for (let row = 0; row < rows; row++, at += length + 1) {
      const line = unfiltered(data[at]!, data.subarray(at + 1, at + 1 + length), before, step);
      for (let index = 0; index < columns * channels; index++) {
        const x = left + Math.floor(index / channels) * across;
        samples[((top + row * down) * width + x) * channels + (index % channels)] = sampleAt(
          line,
          index,
          depth,
        );
      }
      before = line;
    }
  }
  return samples;
}

function unfiltered(
  filter: number,
  line: Uint8Array,
  before: Uint8Array,
  step: number,
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(line.length);
  for (let at = 0; at < line.length; at++) {
    const [left, up, corner] = [out[at - step] ?? 0, before[at]!, before[at - step] ?? 0];
    const guess = left + up - corner;
    const far = (one: number) => Math.abs(guess - one);
    const paeth =
      far(left) <= far(up) && far(left) <= far(corner) ? left : far(up) <= far(corner) ? up : corner;
    out[at] = line[at]! + [0, left, up, (left + up) >> 1, paeth][filter]!;
  }
  return out;
}

function sampleAt(line: Uint8Array, index: number, depth: number): number {
  if (depth === 16) return line[2 * index]! * 256 + line[2 * index + 1]!;
  const bit = index * depth;
  return (line[bit >> 3]! >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
}

function toRgb(
  { width, height, depth, colour }: Header,
  samples: Uint16Array,
  palette: Buffer | undefined,
  transparency: Buffer | undefined,
): Uint8Array {
  const channels = channelsOf(colour);
  const most = 2 ** depth - 1;
  const pixels = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at++) {
    const own = [...samples.subarray(at * channels, (at + 1) * channels)];
    const level = (value: number) => (depth === 16 ? value >> 8 : (value * 255) / most);
    const isKey =
      transparency && [0, 2].includes(colour) && own.every((v, i) => transparency.readUInt16BE(2 * i) === v);
    const [rgb, alpha] =
      colour === 3
        ? [[0, 1, 2].map((i) => palette![own[0]! * 3 + i]!), (transparency?.[own[0]!] ?? 255) / 255]
        : [
            colour === 0 || colour === 4 ? Array(3).fill(level(own[0]!)) : own.slice(0, 3).map(level),
            isKey ? 0 : colour >= 4 ? own.at(-1)! / most : 1,
          ];
    for (let i = 0; i < 3; i++) pixels[at * 3 + i] = Math.round(rgb[i]! * alpha + 255 * (1 - alpha));
  }
  return pixels;
}
