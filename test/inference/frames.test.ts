import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { frameReader, writeFrame } from '../../src/inference/frames.ts';

const framed = (...frames: readonly (readonly [object, Uint8Array?])[]): Buffer => {
  const pipe = new PassThrough();
  for (const [header, payload] of frames) writeFrame(pipe, header, payload);
  return pipe.read() as Buffer;
};

const sent = [
  [{ id: 1, words: 'Grüße' }, Buffer.from([1, 2, 3])],
  [{ id: 2 }],
  [{ id: 3 }, Buffer.alloc(1000, 7)],
] as const;

describe('frames', () => {
  it.each([1, 2, 7, 8, 9, 64, 100_000])('arrive whole in chunks of %i bytes', (chunkBytes) => {
    const bytes = framed(...sent);
    const got: [unknown, number[]][] = [];
    const read = frameReader((header, payload) => got.push([header, [...payload]]), 5000);
    for (let at = 0; at < bytes.length; at += chunkBytes) read(bytes.subarray(at, at + chunkBytes));
    expect(got).toEqual(sent.map(([header, payload]) => [header, [...(payload ?? [])]]));
  });

  it('that are too large are refused before they are read', () => {
    const read = frameReader(() => expect.unreachable(), 999);
    expect(() => read(framed([{}, Buffer.alloc(1000)]))).toThrow(/too large/);
  });
});
