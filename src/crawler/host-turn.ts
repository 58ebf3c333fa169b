// A request's turn at its host: a place in the line, the rest before it, and what its end says of the host.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Health, HostBreaker } from './host-breaker.ts';
import type { HostPace } from './host-pace.ts';

export interface Host {
  /** Who waits for a request to end, the first first. */
  readonly waiting: (() => void)[];
  running: number;
  /** When the next request may begin. */
  freeAt: number;
  /** What its robots.txt asks for, by protocol: http and https may have one each. */
  readonly crawlDelays: Map<string, number>;
  /** The longest of them. */
  crawlDelayMs: number;
  readonly pace: HostPace;
  readonly breaker: HostBreaker;
}

export interface Politeness {
  readonly delayMs: number;
  /** Requests at a time. Who asks for a crawl delay gets one whatever this says. */
  readonly connections: number;
}

/** Who asks for more patience than this gets it from the queue, not from a worker that stands and waits. */
const maxStandMs = 60_000;
/** A probe of an unwell host is under way: what it says is not waited for here. */
const probeMs = 1000;

export interface Turn {
  /**
   * Ends the turn. `waitMs`: the host asked not to be asked again before (Retry-After). Returns whether the host has just
   * become unwell, or well again; undefined where nothing changed.
   */
  end(health?: Health | null, waitMs?: number): 'unwell' | 'well' | undefined;
}

/** Not now: in so many milliseconds, because the host asked for it, or because it is unwell. */
export interface NotNow {
  readonly restMs: number;
  readonly isUnwell: boolean;
}

/** Waits for the host's turn. Where the host asked for a long rest or is unwell, says so at once instead. */
export async function takeTurn(
  host: Host,
  politeness: Politeness,
  signal: AbortSignal,
): Promise<Turn | NotNow> {
  await enter(host, politeness, signal);
  try {
    const turn = await stand(host, politeness, signal);
    if ('restMs' in turn) leave(host);
    return turn;
  } catch (error) {
    leave(host);
    throw error;
  }
}

/** Takes one of the places at the host, in the order they came. */
async function enter(host: Host, { connections }: Politeness, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const isFree = () => host.running < (host.crawlDelayMs > 0 ? 1 : connections);
  if (host.waiting.length === 0 && isFree()) {
    host.running++;
    return;
  }
  await new Promise<void>((entered, gaveUp) => {
    const onAbort = () => {
      host.waiting.splice(host.waiting.indexOf(tryEnter), 1);
      gaveUp(signal.reason);
      wakeNext(host);
    };
    const tryEnter = () => {
      if (!isFree()) return;
      signal.removeEventListener('abort', onAbort);
      host.waiting.shift();
      host.running++;
      entered();
      wakeNext(host);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    host.waiting.push(tryEnter);
  });
}

function leave(host: Host): void {
  host.running--;
  wakeNext(host);
}

const wakeNext = (host: Host): void => host.waiting[0]?.();

/** Waits until the host's rest is over; says how long that would be where it is too long to stand here. */
async function stand(host: Host, politeness: Politeness, signal: AbortSignal): Promise<Turn | NotNow> {
  for (;;) {
    const pauseMs = host.breaker.pauseMs();
    if (pauseMs > 0) return { restMs: pauseMs, isUnwell: true };
    const restMs = host.freeAt - Date.now();
    if (restMs > maxStandMs) return { restMs, isUnwell: false };
    // Again after it, for timers may ring early, and another may have begun meanwhile.
    if (restMs > 0) {
      await sleep(restMs, undefined, { signal });
      continue;
    }
    signal.throwIfAborted();
    return host.breaker.admits() ? begin(host, politeness) : { restMs: probeMs, isUnwell: true };
  }
}

function begin(host: Host, { delayMs }: Politeness): Turn {
  const beganAt = Date.now();
  const gapMs = () => Math.max(host.pace.gapMs(delayMs), host.crawlDelayMs);
  host.freeAt = Math.max(host.freeAt, beganAt + gapMs());
  return {
    end: (health = 'well', waitMs) => {
      const { pace, breaker } = host;
      const backoffMs = health === 'busy' ? pace.slower(beganAt) : 0;
      if (health === 'well') pace.faster();
      host.freeAt = Math.max(host.freeAt, Date.now() + Math.max(gapMs(), waitMs ?? backoffMs));
      const wasOpen = breaker.isOpen;
      breaker.note(health);
      leave(host);
      return breaker.isOpen === wasOpen ? undefined : breaker.isOpen ? 'unwell' : 'well';
    },
  };
}
