import { describe, expect, it } from 'vitest';
import { heldSize, planOf } from '../../src/inference/geometry.ts';
import type { ModelInput } from '../../src/inference/model.ts';

const input = (resize: ModelInput['resize'], size: number, resizeTo: number) =>
  ({ resize, size, resizeTo }) as ModelInput;
const whole = (width: number, height: number) => ({ left: 0, top: 0, width, height });

describe('planOf', () => {
  it.each([
    [500, 375, { width: 341, height: 256 }, { left: 58, top: 16 }],
    [375, 500, { width: 256, height: 341 }, { left: 16, top: 58 }],
    [300, 300, { width: 256, height: 256 }, { left: 16, top: 16 }],
    [100, 60, { width: 427, height: 256 }, { left: 101, top: 16 }],
  ])('short side of %i × %i: rounds sizes, floors offsets', (width, height, size, offsets) => {
    expect(planOf({ width, height }, input('shortSide', 224, 256))).toEqual({
      before: whole(width, height),
      size,
      after: { ...offsets, width: 224, height: 224 },
    });
  });

  it('cuts the centre out first where the model wants that', () => {
    expect(planOf({ width: 500, height: 375 }, input('cropThenResize', 224, 256))).toEqual({
      before: { left: 86, top: 23, width: 328, height: 328 },
      size: { width: 224, height: 224 },
      after: whole(224, 224),
    });
  });

  it('stretches without a cut', () => {
    expect(planOf({ width: 500, height: 375 }, input('stretch', 224, 224)).before).toEqual(whole(500, 375));
  });

  it('takes only the middle of a strip, and never less than the model sees', () => {
    const { before, size, after } = planOf({ width: 1, height: 50_000 }, input('shortSide', 64, 64));
    expect(before).toEqual({ left: 0, top: 24_992, width: 1, height: 16 });
    expect(size).toEqual({ width: 64, height: 1024 });
    expect(after).toEqual({ left: 0, top: 480, width: 64, height: 64 });
  });

  it('stays within the picture for any size', () => {
    for (const resize of ['shortSide', 'cropThenResize', 'stretch'] as const) {
      for (let seed = 1; seed < 400; seed += 1) {
        const picture = { width: ((seed * 7919) % 997) + 1, height: ((seed * 104_729) % 991) + 1 };
        const { before, size, after } = planOf(picture, input(resize, 224, 256));
        for (const [outer, inner] of [
          [picture, before],
          [size, after],
        ] as const) {
          expect(Math.min(inner.left, inner.top)).toBeGreaterThanOrEqual(0);
          expect(inner.left + inner.width).toBeLessThanOrEqual(outer.width);
          expect(inner.top + inner.height).toBeLessThanOrEqual(outer.height);
        }
        expect([after.width, after.height]).toEqual([224, 224]);
      }
    }
  });
});

describe('heldSize', () => {
  const of = (width: number, height: number) => heldSize({ width, height }, input('shortSide', 224, 256));

  it('keeps what is small', () => expect(of(2000, 2000)).toEqual({ width: 2000, height: 2000 }));

  it('bounds what is large, keeping its shape', () => {
    const { width, height } = of(8000, 6000);
    expect(width * height).toBeLessThanOrEqual(4_000_000);
    expect(width / height).toBeCloseTo(8 / 6, 2);
  });

  it('bounds strips too, without losing their short side', () => {
    const { width, height } = of(100, 500_000);
    expect(width).toBe(100);
    expect(width * height).toBeLessThanOrEqual(4_000_000);
  });
});
