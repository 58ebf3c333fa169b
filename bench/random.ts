// Chance that comes out the same on every machine: equal seeds give equal numbers.

/** From 0 up to but not including 1. */
export type Random = () => number;

/** sfc32, mixed well before the first number is given: neighbouring seeds have nothing in common. */
export function randomOf(...seed: readonly number[]): Random {
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (const part of seed) {
    a ^= part | 0;
    b = (b + Math.floor(part / 2 ** 32)) | 0;
    for (let i = 0; i < 12; i++) next();
  }
  return () => next() / 2 ** 32;
}

/** 0 to count − 1. */
export const below = (random: Random, count: number): number => Math.floor(random() * count);

/** Ranks from 0 to count − 1, the first most often: the frequency falls as 1 / (rank + 1) ** exponent. */
export function zipf(count: number, exponent = 1): (random: Random) => number {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) {
    sum += 1 / (rank + 1) ** exponent;
    sums[rank] = sum;
  }
  return (random) => {
    const wanted = random() * sum;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! <= wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
