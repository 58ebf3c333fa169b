// Politeness within this process: what it knows of each host, and whose turn it is there.
import { HostBreaker } from './host-breaker.ts';
import { HostPace } from './host-pace.ts';
import { type Host, type NotNow, type Politeness, type Turn, takeTurn } from './host-turn.ts';
import { RobotsMemory } from './robots-memory.ts';

export const maxCrawlDelayMs = 30_000;
const maxIdleHosts = 10_000;
/** As long as a robots.txt is believed: then it is asked for anew, and says its delay again. */
const memoryMs = 24 * 3_600_000;

export class HostGate {
  readonly #hosts = new Map<string, Host>();
  /** With so many hosts it is worth seeing which can be forgotten. */
  #tooMany = maxIdleHosts;
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

  /** Whether it is left alone for it fails again and again. */
  isUnwell(name: string): boolean {
    return (this.#hosts.get(name)?.breaker.pauseMs() ?? 0) > 0;
  }

  /** The site's robots.txt asks for at least this between two requests; 0 where it does not ask. */
  setCrawlDelay({ host: name, protocol }: URL, milliseconds: number): void {
    const host = this.#host(name);
    host.crawlDelays.set(protocol, Math.min(milliseconds, maxCrawlDelayMs));
    host.crawlDelayMs = Math.max(...host.crawlDelays.values());
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
      if (this.#hosts.size >= this.#tooMany) this.#forgetIdle();
      host = {
        waiting: [],
        running: 0,
        freeAt: 0,
        crawlDelays: new Map(),
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
    for (const [name, { waiting, running, freeAt, crawlDelayMs, breaker }] of this.#hosts) {
      const keptForMs = crawlDelayMs > 0 || breaker.isOpen ? memoryMs : 0;
      if (running + waiting.length === 0 && freeAt + keptForMs < nowMs) this.#hosts.delete(name);
    }
    // Else each new host would look through all that are busy.
    this.#tooMany = Math.max(maxIdleHosts, 2 * this.#hosts.size);
  }
}
