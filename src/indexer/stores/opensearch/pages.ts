// A few pages at a time: while one is read others are worked on.

/** Bounded: no more than `atOnce` pages are held. After an error nothing more is begun, and what runs is waited for. */
export async function eachPage<T>(
  pages: AsyncIterable<readonly T[]>,
  atOnce: number,
  work: (page: readonly T[]) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  try {
    for await (const page of pages) {
      const working = work(page).finally(() => running.delete(working));
      working.catch(() => {});
      running.add(working);
      if (running.size >= atOnce) await Promise.race(running);
    }
    await Promise.all(running);
  } finally {
    await Promise.allSettled(running);
  }
}
