// Collects items that are worked on together: closed when full, waited, idle or drained, one window at a time.

export type CloseReason = 'full' | 'waited' | 'idle' | 'drained';

/** Why windows closed, and how many items they held. */
export interface WindowCounts {
  readonly full: number;
  readonly waited: number;
  readonly idle: number;
  readonly drained: number;
  readonly images: number;
}

export const noWindows: WindowCounts = { full: 0, waited: 0, idle: 0, drained: 0, images: 0 };

export const countWindow = (counts: WindowCounts, reason: CloseReason, images: number): WindowCounts => ({
  ...counts,
  [reason]: counts[reason] + 1,
  images: counts.images + images,
});

export interface WindowLimits {
  readonly maxImages: number;
  /** 0: never wait, take what is there as soon as the engine is idle. */
  readonly maxWaitMs: number;
}

/** Calls back after that many milliseconds; what it returns takes the call back. */
export type Timer = (afterMs: number, call: () => void) => () => void;

const systemTimer: Timer = (afterMs, call) => {
  // setImmediate, so that all items that are ready in this turn of the event loop share a window.
  if (afterMs === 0) {
    const immediate = setImmediate(call);
    return () => clearImmediate(immediate);
  }
  const timeout = setTimeout(call, afterMs);
  return () => clearTimeout(timeout);
};

export interface Window<T> {
  add(item: T): void;
  /** Closes what is held; resolves when the engine has done all of it. */
  drain(): Promise<void>;
  counts(): WindowCounts;
}

/** `engine` works on one window at a time and must not throw: a window's failure belongs to its items. */
export function openWindow<T>(
  limits: WindowLimits,
  engine: (items: readonly T[], reason: CloseReason) => Promise<void>,
  timer: Timer = systemTimer,
): Window<T> {
  const closed: { readonly items: readonly T[]; readonly reason: CloseReason }[] = [];
  let open: T[] = [];
  let counts = noWindows;
  let running: Promise<void> | null = null;
  let cancelTimer: (() => void) | null = null;

  const close = (reason: CloseReason): void => {
    cancelTimer?.();
    cancelTimer = null;
    if (open.length === 0) return;
    counts = countWindow(counts, reason, open.length);
    closed.push({ items: open, reason });
    open = [];
    running ??= work();
  };

  const work = async (): Promise<void> => {
    for (let window = closed.shift(); window !== undefined; window = closed.shift()) {
      await engine(window.items, window.reason);
    }
    running = null;
    if (limits.maxWaitMs === 0) closeWhenIdle();
  };

  const closeWhenIdle = (): void => {
    if (running !== null || open.length === 0) return;
    cancelTimer ??= timer(0, () => {
      cancelTimer = null;
      if (running === null) close('idle');
    });
  };

  return {
    add(item) {
      open.push(item);
      if (open.length >= limits.maxImages) close('full');
      else if (limits.maxWaitMs === 0) closeWhenIdle();
      else if (open.length === 1) cancelTimer = timer(limits.maxWaitMs, () => close('waited'));
    },
    async drain() {
      close('drained');
      while (running !== null) await running;
    },
    counts: () => counts,
  };
}
