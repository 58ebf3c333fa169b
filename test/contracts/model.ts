// What every driver of the Model port does.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../src/inference/model.ts';

/** Deterministic pixels in the range that a prepared picture has. */
function pixelsOf({ info }: Model, count: number, seed: number): Float32Array | Uint8Array {
  const { size, elementType, mean, std } = info.input;
  const values = new Float32Array(count * 3 * size * size);
  for (let index = 0, state = seed; index < values.length; index += 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    // Low frequencies: noise looks like one class to most models.
    const level = (Math.floor(state / 65_536) % 64) + 96 * ((index >> (seed % 7)) & 1);
    values[index] = elementType === 'uint8' ? level : (level - mean[0]) / std[0];
  }
  return elementType === 'uint8' ? Uint8Array.from(values) : values;
}

export interface ModelTruth {
  readonly classes: number;
  readonly embeddingSize: number | null;
  readonly isBatched: boolean;
}

const maxImages = 5;

/** `open` takes the largest window that will be asked for. */
export function describeModel(
  name: string,
  truth: ModelTruth,
  open: (maxImages: number) => Promise<Model>,
): void {
  describe(`model: ${name}`, () => {
    let model: Model;
    beforeAll(async () => {
      model = await open(maxImages);
    });
    afterAll(() => model.close());

    it('tells the truth about itself', () => {
      const { info } = model;
      expect(info.classes).toHaveLength(truth.classes);
      expect(new Set(info.classes.map(({ id }) => id)).size).toBe(truth.classes);
      expect(info.embeddingSize).toBe(truth.embeddingSize);
      expect(info.maxBatch).toBe(truth.isBatched ? maxImages : 1);
      expect(info.key).toMatch(/^[\w.-]+@[1-9]\d*#[0-9a-f]{16}$/);
      expect(info.key).toContain(`${info.name}@${info.version}#${info.configDigest.slice(0, 16)}`);
      expect(info.licence).not.toBe('');
    });

    it('gives a probability for each class and nothing else, summing up to 1', async () => {
      const count = model.info.maxBatch;
      const { probabilities, embeddings } = await model.classify(pixelsOf(model, count, 3), count);
      expect(probabilities).toHaveLength(count * truth.classes);
      expect(embeddings?.length ?? null).toBe(truth.embeddingSize && count * truth.embeddingSize);
      for (let row = 0; row < count; row += 1) {
        const of = probabilities.subarray(row * truth.classes, (row + 1) * truth.classes);
        expect(of.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 4);
        expect(of.every((value) => value >= 0 && value <= 1)).toBe(true);
      }
    });

    it('says of an image in a window what it says of it alone', async () => {
      const count = model.info.maxBatch;
      const each = Array.from({ length: count }, (_, index) => pixelsOf(model, 1, 11 + index));
      const length = each[0]?.length ?? 0;
      const window =
        model.info.input.elementType === 'uint8'
          ? new Uint8Array(count * length)
          : new Float32Array(count * length);
      for (const [index, pixels] of each.entries()) window.set(pixels, index * length);
      const together = await model.classify(window, count);
      for (const [row, pixels] of each.entries()) {
        const alone = await model.classify(pixels, 1);
        const worst = (all: Float32Array, one: Float32Array) =>
          Math.max(...one.map((value, index) => Math.abs(value - (all[row * one.length + index] as number))));
        expect(worst(together.probabilities, alone.probabilities)).toBeLessThan(0.01);
        const scale = Math.max(...(alone.embeddings ?? [1]).map(Math.abs));
        if (alone.embeddings && together.embeddings) {
          expect(worst(together.embeddings, alone.embeddings)).toBeLessThan(0.05 * scale);
        }
      }
      // Answers that never change would agree as well.
      if (count > 1)
        expect(together.probabilities.slice(0, truth.classes)).not.toEqual(
          together.probabilities.slice(-truth.classes),
        );
    });

    it('answers windows that were asked for at the same time', async () => {
      const pixels = pixelsOf(model, 1, 5);
      const [first, second] = await Promise.all([model.classify(pixels, 1), model.classify(pixels, 1)]);
      expect(second.probabilities).toEqual(first.probabilities);
    });
  });
}
