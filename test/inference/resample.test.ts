import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ModelInput } from '../../src/inference/model.ts';
import { resample } from '../../src/inference/resample.ts';

interface Golden {
  readonly size: readonly [number, number];
  readonly pixels: readonly number[];
  readonly results: readonly {
    readonly kernel: ModelInput['kernel'];
    readonly size: readonly [number, number];
    readonly pixels: readonly number[];
  }[];
}
const golden = JSON.parse(
  readFileSync(new URL('../fixtures/resampled.json', import.meta.url), 'utf8'),
) as Golden;
const sizeOf = ([width, height]: readonly [number, number]) => ({ width, height });
const whole = (size: { width: number; height: number }) => ({ left: 0, top: 0, ...size });

const source = { data: Uint8Array.from(golden.pixels), size: sizeOf(golden.size) };

describe('resample', () => {
  it.each(golden.results)('gives what Pillow gives: $kernel to $size', ({ kernel, size: wanted, pixels }) => {
    const size = sizeOf(wanted);
    const result = resample(source, { before: whole(source.size), size, after: whole(size) }, kernel);
    const worst = Math.max(...pixels.map((value, index) => Math.abs(value - (result[index] as number))));
    expect(worst).toBeLessThanOrEqual(1);
  });

  it.each(['mitchell', 'lanczos2'] as const)('keeps an even colour: %s', (kernel) => {
    const even = { data: new Uint8Array(9 * 7 * 3).fill(200), size: source.size };
    const size = { width: 5, height: 11 };
    const result = resample(even, { before: whole(even.size), size, after: whole(size) }, kernel);
    expect(new Set(result)).toEqual(new Set([200]));
  });

  it('cuts out before and after as if the whole had been made', () => {
    const size = { width: 6, height: 5 };
    const all = resample(source, { before: whole(source.size), size, after: whole(size) }, 'cubic');
    const after = { left: 2, top: 1, width: 3, height: 2 };
    const part = resample(source, { before: whole(source.size), size, after }, 'cubic');
    const expected = [1, 2].flatMap((row) => [...all.subarray((row * 6 + 2) * 3, (row * 6 + 5) * 3)]);
    expect([...part]).toEqual(expected);

    const before = { left: 3, top: 2, width: 4, height: 4 };
    const rows = [2, 3, 4, 5].flatMap((row) => [
      ...source.data.subarray((row * 9 + 3) * 3, (row * 9 + 7) * 3),
    ]);
    const cut = { data: Uint8Array.from(rows), size: { width: 4, height: 4 } };
    expect(resample(source, { before, size, after: whole(size) }, 'linear')).toEqual(
      resample(cut, { before: whole(cut.size), size, after: whole(size) }, 'linear'),
    );
  });
});
