// The watches of one process: which sources are to be watched now, each claimed so that of several processes one does.
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { type WatchParts, type WatchTarget, watchSource } from './watch-source.ts';
import { claimWatch, LostWatchError, leaveWatch } from './watch-state.ts';

export interface WatchesParts {
  readonly log: Log;
  /** Called when the first source is to be watched. */
  readonly open: () => Promise<WatchParts>;
  /** What the configuration wants watched now. */
  readonly wanted: () => Promise<readonly WatchTarget[]>;
  /** How often the configuration is looked at, and a watch that another process had is tried for. */
  readonly lookMs?: number;
}

export interface Watches {
  /** Resolves when all have stopped. What they have started runs on. */
  close(): Promise<void>;
}

interface Running {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

const usualLookMs = 5_000;

export function openWatches(parts: WatchesParts): Watches {
  const stop = new AbortController();
  const running = new Map<string, Running>();
  const supervising = supervise(parts, running, stop.signal);
  return {
    async close() {
      stop.abort();
      await supervising;
      await Promise.all([...running.values()].map(({ ended }) => ended));
    },
  };
}

async function supervise(
  parts: WatchesParts,
  running: Map<string, Running>,
  signal: AbortSignal,
): Promise<void> {
  let isFailing = false;
  while (!signal.aborted) {
    try {
      const wanted = new Map((await parts.wanted()).map((target) => [JSON.stringify(target), target]));
      const unwanted = [...running].filter(([key]) => !wanted.has(key));
      for (const [, { stop }] of unwanted) stop.abort();
      for (const [key, { ended }] of unwanted) {
        await ended;
        running.delete(key);
      }
      for (const [key, target] of wanted)
        if (!running.has(key) && !signal.aborted) running.set(key, begin(parts, target, signal));
      isFailing = false;
    } catch (error) {
      // A file that is just being written is read again.
      if (!isFailing && !signal.aborted)
        parts.log.error(`what is to be watched is not known: ${messageOf(error)}`);
      isFailing = true;
    }
    await pause(parts, signal);
  }
}

const pause = ({ lookMs = usualLookMs }: WatchesParts, signal: AbortSignal): Promise<unknown> =>
  sleep(lookMs, undefined, { signal, ref: false }).catch(() => undefined);

function begin(parts: WatchesParts, target: WatchTarget, signal: AbortSignal): Running {
  const stop = new AbortController();
  return { stop, ended: keepWatching(parts, target, AbortSignal.any([signal, stop.signal])) };
}

/** Whatever happens: a process that has lost its watch, or cannot open the source, tries again. */
async function keepWatching(parts: WatchesParts, target: WatchTarget, signal: AbortSignal): Promise<void> {
  const { collection, source } = target;
  const watched = { collection, source };
  let opened: WatchParts | undefined;
  let isFailing = false;
  while (!signal.aborted) {
    try {
      opened ??= await parts.open();
      if (!(await isWatchable(opened, target))) {
        parts.log.warn(`${source} is not watched: only folders and buckets are; let a schedule crawl it`);
        return;
      }
      if (await claimWatch(opened, watched)) {
        isFailing = false;
        await watchSource(opened, target, signal);
      }
    } catch (error) {
      if (signal.aborted) break;
      if (!(error instanceof LostWatchError) && !isFailing)
        parts.log.error(`${target.source} cannot be watched: ${messageOf(error)}`);
      isFailing = true;
    }
    if (!signal.aborted) await pause(parts, signal);
  }
  if (opened !== undefined) await leaveWatch(opened, watched).catch(() => undefined);
}

async function isWatchable(
  parts: WatchParts,
  { collection, source, settings }: WatchTarget,
): Promise<boolean> {
  const opened = await parts.openSource(collection, source, settings);
  await opened.close();
  return opened.lookout !== undefined;
}
