// Politeness within this process: what it knows of each host, and whose turn it is there.
import { HostBreaker } from './host-breaker.ts';
import { HostPace } from './host-pace.ts';
import { type Host, type NotNow, type Politeness, type Turn, takeTurn } from './host-turn.ts';
import { RobotsMemory } from './robots-memory.ts';

export const maxCrawlDelayMs = 30_000;
const maxIdleHosts = 10_000;

export class HostGate {
  readonly #hosts = new Map<string, Host>();
  /** What robots.txt files said to this process. */
  readonly robots = new RobotsMemory();

  /** Waits for the host's turn, or says why that would be too long. */
  turn(name: string, politeness: Politeness, signal: AbortSignal): Promise<Turn | NotNow> {
    return takeTurn(this.#host(name), politeness, signal);
  }

  /** Milliseconds until the next request to this host may begin. */
  restMs(name: string): number {
    const host = this.#hosts.get(name);
    return host === undefined ? 0 : Math.max(0, host.freeAt - Date.now(), host.breaker.pauseMs());
  }

  /** Hosts that are left alone because they are unwell. */
  unwell(): string[] {
    return [...this.#hosts].filter(([, { breaker }]) => breaker.isOpen).map(([name]) => name);
  }

  /** The host's robots.txt asks for at least this between two requests. */
  setCrawlDelay(name: string, milliseconds: number): void {
    const host = this.#host(name);
    host.crawlDelayMs = Math.min(milliseconds, maxCrawlDelayMs);
    // The request for robots.txt itself was one already.
    this.rest(name, host.crawlDelayMs);
  }

  /** It was asked a moment ago, maybe by another process. */
  rest(name: string, milliseconds: number): void {
    const host = this.#host(name);
    host.freeAt = Math.max(host.freeAt, Date.now() + milliseconds);
  }

  #host(name: string): Host {
    let host = this.#hosts.get(name);
    if (host === undefined) {
      if (this.#hosts.size >= maxIdleHosts) this.#forgetIdle();
      host = {
        waiting: [],
        running: 0,
        freeAt: 0,
        crawlDelayMs: 0,
        pace: new HostPace(),
        breaker: new HostBreaker(),
      };
      this.#hosts.set(name, host);
    }
    return host;
  }

  #forgetIdle(): void {
    const nowMs = Date.now();
    for (const [name, { waiting, running, freeAt, crawlDelayMs, breaker }] of this.#hosts)
      if (running + waiting.length + crawlDelayMs === 0 && freeAt < nowMs && !breaker.isOpen)
        this.#hosts.delete(name);
  }
}
