// What is said of many measurements: their median, how sure it is, and how slow the slowest are.

export function median(values: readonly number[]): number {
  const sorted = sort(values);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The least value that `share` of all do not exceed (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = sort(values);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

/**
 * What the true median is above of, with a confidence of at least 95 %, whatever the distribution: the greatest order
 * statistic for which that holds. Of seven measurements it is the least (99 %); under five there is none.
 */
export function medianLowerBound(values: readonly number[]): number {
  const sorted = sort(values);
  const count = sorted.length;
  let below = 0.5 ** count;
  let bound = Number.NaN;
  // `below`: how likely it is that at most `rank` of them lie under the median.
  for (let rank = 0, ways = 1; rank < count && below <= 0.05; rank++) {
    bound = sorted[rank]!;
    ways = (ways * (count - rank)) / (rank + 1);
    below += ways * 0.5 ** count;
  }
  return bound;
}

const sort = (values: readonly number[]): readonly number[] => {
  if (values.length === 0) throw new Error('no measurements');
  return [...values].sort((a, b) => a - b);
};
