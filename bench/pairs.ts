// Two or more ways to do the same, in turn, and how they compare in each round.
import { median, medianLowerBound } from './statistics.ts';

/** The order is turned round in every second one, so that nobody always comes after the same. */
export async function inTurn<T>(
  round: number,
  ways: readonly T[],
  run: (way: T, at: number) => Promise<void>,
) {
  const order = ways.map((way, at) => ({ way, at }));
  for (const { way, at } of round % 2 === 0 ? order : order.reverse()) await run(way, at);
}

export interface Ratio {
  readonly median: number;
  readonly lowerBound: number;
}

/** Of `ours` to `theirs`, round by round. */
export function ratio(ours: readonly number[], theirs: readonly number[]): Ratio {
  const each = ours.map((value, round) => value / theirs[round]!);
  return { median: median(each), lowerBound: medianLowerBound(each) };
}
