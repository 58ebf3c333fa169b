// From a model's raw output to probabilities, and from probabilities to the scores that are kept.
import type { Score } from '../record.ts';
import type { ModelClass } from './model.ts';

export interface OutputRule {
  readonly activation: 'logits' | 'softmax';
  readonly scale: number;
  readonly temperature: number;
  readonly backgroundIndex: number | null;
}

/** count × classes, each row summing up to 1, without the background. */
export function probabilitiesOf(
  raw: ArrayLike<number>,
  count: number,
  classes: number,
  rule: OutputRule,
): Float32Array<ArrayBuffer> {
  const width = classes + (rule.backgroundIndex === null ? 0 : 1);
  const result = new Float32Array(count * classes);
  for (let row = 0; row < count; row += 1) {
    const target = result.subarray(row * classes, (row + 1) * classes);
    let to = 0;
    for (let index = 0; index < width; index += 1) {
      if (index !== rule.backgroundIndex)
        target[to++] = evidence((raw[row * width + index] as number) * rule.scale, rule);
    }
    softmax(target);
  }
  return result;
}

/** Log-probability but for a constant: softmax of it is the probability. */
const evidence = (value: number, rule: OutputRule): number =>
  (rule.activation === 'logits' ? value : Math.log(Math.max(value, 0))) / rule.temperature;

function softmax(row: Float32Array): void {
  let greatest = Number.NEGATIVE_INFINITY;
  for (const value of row) if (value > greatest) greatest = value;
  // Nothing but background: no class has any evidence.
  if (greatest === Number.NEGATIVE_INFINITY) return void row.fill(0);
  let sum = 0;
  for (let index = 0; index < row.length; index += 1) {
    const weight = Math.exp((row[index] as number) - greatest);
    row[index] = weight;
    sum += weight;
  }
  for (let index = 0; index < row.length; index += 1) row[index] = (row[index] as number) / sum;
}

const whole = 65_535;
const least = Math.ceil(0.001 * whole);
const most = 64;
/** Kept however small, so that people can always be told the five best. */
const fewest = 5;

/** Greatest first, ties by class order: integers of 65,535, at least 0.001 but for the first five, at most 64. */
export function scoresOf(probabilities: Float32Array, classes: readonly ModelClass[]): readonly Score[] {
  const probabilityOf = (index: number) => probabilities[index] as number;
  return Array.from(probabilities.keys())
    .sort((a, b) => probabilityOf(b) - probabilityOf(a) || a - b)
    .slice(0, most)
    .map((index) => ({ index, score: Math.round(probabilityOf(index) * whole) }))
    .filter(({ score }, place) => score >= least || place < fewest)
    .map(({ index, score }): Score => [(classes[index] as ModelClass).id, score]);
}
