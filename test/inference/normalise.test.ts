import { describe, expect, it } from 'vitest';
import type { ModelInput } from '../../src/inference/model.ts';
import { openNormalise } from '../../src/inference/normalise.ts';

const input: ModelInput = {
  name: 'image',
  elementType: 'float32',
  layout: 'NCHW',
  channels: 'RGB',
  size: 2,
  mean: [10, 20, 30],
  std: [1, 2, 4],
  resize: 'shortSide',
  resizeTo: 2,
  kernel: 'linear',
};
// Four pixels: red, green and blue differ in each.
const image = Uint8Array.from([10, 24, 38, 11, 26, 42, 12, 28, 46, 13, 30, 50]);
const other = image.map((value) => value + 100);

describe('normalise', () => {
  it('subtracts the mean, divides by the deviation, plane by plane, image by image', () => {
    const tensor = openNormalise(input)([image, other]);
    expect([...tensor.slice(0, 12)]).toEqual([0, 1, 2, 3, 2, 3, 4, 5, 2, 3, 4, 5]);
    expect([...tensor.slice(12)]).toEqual([100, 101, 102, 103, 52, 53, 54, 55, 27, 28, 29, 30]);
  });

  it('keeps pixels together for NHWC', () => {
    expect([...openNormalise({ ...input, layout: 'NHWC' })([image]).slice(0, 6)]).toEqual([0, 2, 2, 1, 3, 3]);
  });

  it('turns the channels round for BGR, whose mean comes first then', () => {
    const tensor = openNormalise({ ...input, channels: 'BGR', layout: 'NHWC' })([image]);
    expect([...tensor.slice(0, 3)]).toEqual([28, 2, -5]);
  });

  it('leaves uint8 as it is', () => {
    const plain = {
      ...input,
      elementType: 'uint8',
      layout: 'NHWC',
      mean: [0, 0, 0],
      std: [1, 1, 1],
    } as const;
    expect(openNormalise(plain)([image])).toEqual(image);
  });
});
