// Wakes what waits for a change of the queue.

export interface Bell {
  ring(): void;
  /** How often it has rung: take it before looking, and no ring is missed. */
  rings(): number;
  /** Until it has rung more often than that, the time is over (null: no limit), or the signal comes. */
  wait(rings: number, maxMs: number | null, signal: AbortSignal): Promise<void>;
}

export function openBell(): Bell {
  let count = 0;
  const waiting = new Set<() => void>();
  return {
    ring() {
      count += 1;
      for (const wake of waiting) wake();
    },
    rings: () => count,
    wait: (rings, maxMs, signal) =>
      new Promise((resolve) => {
        if (count > rings || signal.aborted) return resolve();
        const timer = maxMs === null ? undefined : setTimeout(wake, maxMs);
        function wake() {
          clearTimeout(timer);
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        }
        waiting.add(wake);
        signal.addEventListener('abort', wake);
      }),
  };
}
