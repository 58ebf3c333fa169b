// Politeness within this process: one request at a time to a host, and a rest between two of them.
import { setTimeout as sleep } from 'node:timers/promises';

interface Host {
  /** Settles when the request before is over. */
  last: Promise<void>;
  /** Requests that wait or run. */
  users: number;
  /** When the next request may begin. */
  freeAt: number;
  crawlDelayMs: number;
}

export const maxCrawlDelayMs = 30_000;
/** Who asks for more patience than this gets it from the queue, not from a worker that stands and waits. */
const maxStandMs = 60_000;
const maxIdleHosts = 10_000;

export interface Turn {
  /** Ends the turn. `waitMs`: the host asked not to be asked again before (Retry-After). */
  end(waitMs?: number): void;
}

export class HostGate {
  readonly #hosts = new Map<string, Host>();

  /** Waits for the host's turn. Where the host asked for a long rest, gives its milliseconds at once instead. */
  async turn(
    host: string,
    delayMs: number,
    signal: AbortSignal,
  ): Promise<Turn | { readonly restMs: number }> {
    const state = this.#host(host);
    const before = state.last;
    let end = (): void => undefined;
    const mine = new Promise<void>((ended) => {
      end = ended;
    });
    state.last = before.then(() => mine);
    state.users++;
    const leave = (): void => {
      state.users--;
      end();
    };
    try {
      await before;
      const restMs = state.freeAt - Date.now();
      if (restMs > maxStandMs) {
        leave();
        return { restMs };
      }
      if (restMs > 0) await sleep(restMs, undefined, { signal });
      signal.throwIfAborted();
    } catch (error) {
      leave();
      throw error;
    }
    return {
      end: (waitMs = 0) => {
        const rest = Math.max(delayMs, state.crawlDelayMs, waitMs);
        state.freeAt = Math.max(state.freeAt, Date.now() + rest);
        leave();
      },
    };
  }

  /** Milliseconds until the next request to this host may begin. */
  restMs(host: string): number {
    return Math.max(0, (this.#hosts.get(host)?.freeAt ?? 0) - Date.now());
  }

  /** The host's robots.txt asks for at least this between two requests. */
  setCrawlDelay(host: string, milliseconds: number): void {
    const state = this.#host(host);
    state.crawlDelayMs = Math.min(milliseconds, maxCrawlDelayMs);
    // The request for robots.txt itself was one already.
    state.freeAt = Math.max(state.freeAt, Date.now() + state.crawlDelayMs);
  }

  #host(name: string): Host {
    let host = this.#hosts.get(name);
    if (host === undefined) {
      if (this.#hosts.size >= maxIdleHosts) this.#forgetIdle();
      host = { last: Promise.resolve(), users: 0, freeAt: 0, crawlDelayMs: 0 };
      this.#hosts.set(name, host);
    }
    return host;
  }

  #forgetIdle(): void {
    const nowMs = Date.now();
    for (const [name, { users, freeAt }] of this.#hosts)
      if (users === 0 && freeAt < nowMs) this.#hosts.delete(name);
  }
}
