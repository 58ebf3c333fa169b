import { describe, expect, it } from 'vitest';
import { probabilitiesOf, scoresOf } from '../../src/inference/probabilities.ts';

const logits = { activation: 'logits', scale: 1, temperature: 1, backgroundIndex: null } as const;
const rounded = (values: Float32Array) => [...values].map((value) => Number(value.toFixed(4)));

describe('probabilitiesOf', () => {
  it('makes each row sum up to 1', () => {
    expect(rounded(probabilitiesOf([0, Math.log(3), 5, 5], 2, 2, logits))).toEqual([0.25, 0.75, 0.5, 0.5]);
  });

  it('divides logits by the temperature: below 1 it is surer', () => {
    const at = (temperature: number) =>
      probabilitiesOf([0, 1], 1, 2, { ...logits, temperature })[1] as number;
    expect(at(0.5)).toBeCloseTo(1 / (1 + Math.exp(-2)), 6);
    expect(at(2)).toBeCloseTo(1 / (1 + Math.exp(-0.5)), 6);
  });

  it('survives logits that exp cannot', () => {
    expect(rounded(probabilitiesOf([2000, 0], 1, 2, logits))).toEqual([1, 0]);
  });

  it('leaves the background out, wherever it is', () => {
    const softmax = { activation: 'softmax', scale: 1 / 256, temperature: 1 } as const;
    const raw = Uint8Array.from([56, 50, 150]);
    expect(rounded(probabilitiesOf(raw, 1, 2, { ...softmax, backgroundIndex: 0 }))).toEqual([0.25, 0.75]);
    expect(rounded(probabilitiesOf(raw, 1, 2, { ...softmax, backgroundIndex: 2 }))).toEqual([0.5283, 0.4717]);
    expect(rounded(probabilitiesOf([255, 0, 0], 1, 2, { ...softmax, backgroundIndex: 0 }))).toEqual([0, 0]);
  });
});

describe('scoresOf', () => {
  const classes = Array.from({ length: 100 }, (_, index) => ({ id: `c${index}`, name: `class ${index}` }));

  it('keeps 16 bits, the greatest first, ties in the order of the classes', () => {
    const probabilities = Float32Array.from([0.25, 0.5, 0.25, 0.0009, 0.001]);
    expect(scoresOf(probabilities, classes)).toEqual([
      ['c1', 32768],
      ['c0', 16384],
      ['c2', 16384],
      ['c4', 66],
      ['c3', 59],
    ]);
  });

  it('keeps the five best however small, and below 0.001 no more', () => {
    const sure = Float32Array.from([0.0001, 0.9995, 0.0002, 0, 0.0001, 0, 0.0001]);
    expect(scoresOf(sure, classes).map(([id]) => id)).toEqual(['c1', 'c2', 'c0', 'c4', 'c6']);
    const six = Float32Array.from([0.2, 0.2, 0.2, 0.2, 0.1991, 0.0009]);
    expect(scoresOf(six, classes)).toHaveLength(5);
  });

  it('keeps at most 64', () => {
    expect(scoresOf(new Float32Array(100).fill(0.01), classes)).toHaveLength(64);
  });
});
