// How long to wait before the next try: anything up to a limit that doubles, so that many who wait do not come back at once.

export interface RetryDelays {
  readonly baseMs: number;
  readonly maxMs: number;
}

/** `failures` is 1 after the first. */
export const fullJitterMs = (
  failures: number,
  { baseMs, maxMs }: RetryDelays,
  random: () => number = Math.random,
): number => random() * Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 30));
