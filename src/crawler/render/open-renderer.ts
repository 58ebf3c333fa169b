// A few browsers, started when the first page needs one, ended when they are old, large, broken or not needed any more.
import { setMaxListeners } from 'node:events';
import { messageOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { normaliseUrl } from '../normalise-url.ts';
import type { PoliteFetch } from '../polite-fetch.ts';
import { AssetCache } from './asset-cache.ts';
import { findBrowser } from './browser-path.ts';
import { type BrowserProcess, removeLeftProfiles, startBrowser } from './browser-process.ts';
import { collectPage } from './collect-page.ts';
import { openPage } from './open-page.ts';
import type { RenderSettings } from './options.ts';
import { PageClock } from './page-clock.ts';
import { PageTraffic } from './page-traffic.ts';
import { openRenderProxy, type RenderProxy } from './proxy.ts';
import { makeProxyKey } from './proxy-key.ts';
import type { Renderer, Rendering, RenderRequest } from './renderer.ts';

/** Tests have less patience. */
export interface BrowserLimits {
  /** For all waiting of a page for its hosts. */
  readonly waitMs: number;
  /** For one question to the browser. */
  readonly callMs: number;
  /** What one browser opens before it is replaced. */
  readonly maxPages: number;
  readonly maxAgeMs: number;
  /** Of all its processes: at rest it is replaced, at work it is killed. */
  readonly maxRestingBytes: number;
  readonly maxBytes: number;
  readonly idleMs: number;
}

const defaultLimits: BrowserLimits = {
  waitMs: 120_000,
  callMs: 15_000,
  maxPages: 50,
  maxAgeMs: 10 * 60_000,
  maxRestingBytes: 500 * 1024 ** 2,
  maxBytes: 1536 * 1024 ** 2,
  idleMs: 30_000,
};

const watchMs = 250;
/** A browser that does not start is not tried for each page. */
const sulkMs = 5 * 60_000;
const maxFailedStarts = 3;

interface Base {
  readonly proxy: RenderProxy;
  readonly fingerprint: string;
}

interface Seat {
  process: BrowserProcess | undefined;
  pages: number;
  idle: NodeJS.Timeout | undefined;
}

export const openRenderer = (
  settings: RenderSettings,
  log: Log,
  limits: Partial<BrowserLimits> = {},
): Renderer => new Browsers(settings, log, { ...defaultLimits, ...limits });

class Browsers implements Renderer {
  readonly #settings: RenderSettings;
  readonly #log: Log;
  readonly #limits: BrowserLimits;
  readonly #free: Seat[];
  readonly #seats: readonly Seat[];
  readonly #queue: ((seat: Seat) => void)[] = [];
  readonly #assets = new WeakMap<PoliteFetch, AssetCache>();
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  #base: Promise<Base> | undefined;
  #failedStarts = 0;
  #unavailableUntil = 0;
  #isWarned = false;

  constructor(settings: RenderSettings, log: Log, limits: BrowserLimits) {
    this.#settings = settings;
    this.#log = log;
    this.#limits = limits;
    this.#seats = Array.from({ length: settings.renderConcurrency }, () => ({
      process: undefined,
      pages: 0,
      idle: undefined,
    }));
    this.#free = [...this.#seats];
  }

  async render(request: RenderRequest): Promise<Rendering> {
    const path = findBrowser(this.#settings.browser);
    if (path === null) return this.#missing();
    const seat = this.#free.pop() ?? (await new Promise<Seat>((resolve) => this.#queue.push(resolve)));
    const work = this.#open(seat, path, request);
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
      const next = this.#queue.shift();
      if (next === undefined) this.#free.push(seat);
      else next(seat);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#running);
    await Promise.all(this.#seats.map((seat) => this.#end(seat)));
    const base = await this.#base?.catch(() => undefined);
    await base?.proxy.close();
  }

  #missing(): Rendering {
    const { browser } = this.#settings;
    const reason =
      browser === ''
        ? 'no Chromium or Chrome was found: install one, or name it with --browser'
        : `${browser} is no program that can be run: --browser names Chromium or Chrome`;
    if (!this.#isWarned) this.#log.warn(`pages that scripts make stay as their HTML says, for ${reason}`);
    this.#isWarned = true;
    return { outcome: 'unavailable', reason };
  }

  async #open(seat: Seat, path: string, request: RenderRequest): Promise<Rendering> {
    const isStopped = () => this.#closing.signal.aborted || request.signal.aborted;
    if (isStopped()) return { outcome: 'failed', reason: 'stopped' };
    clearTimeout(seat.idle);
    let process: BrowserProcess;
    try {
      process = await this.#started(seat, path);
    } catch (error) {
      return this.#notStarted(messageOf(error));
    }
    const rendering = await this.#visit(process, request);
    seat.pages++;
    const isGood = rendering.outcome === 'rendered' && !(await this.#isOld(seat, process));
    if (!isGood || isStopped()) await this.#end(seat);
    else seat.idle = setTimeout(() => void this.#end(seat), this.#limits.idleMs).unref();
    return rendering;
  }

  async #started(seat: Seat, path: string): Promise<BrowserProcess> {
    if (seat.process?.browser.connected === true) return seat.process;
    if (Date.now() < this.#unavailableUntil) throw new Error('it did not start before');
    await this.#end(seat);
    const { proxy, fingerprint } = await this.#openedBase();
    seat.process = await startBrowser({ path, proxyPort: proxy.port, fingerprint, log: this.#log });
    seat.pages = 0;
    this.#failedStarts = 0;
    return seat.process;
  }

  /** Once for all browsers; tried anew by the next where it failed. */
  #openedBase(): Promise<Base> {
    this.#base ??= openBase().catch((error: unknown) => {
      this.#base = undefined;
      throw error;
    });
    return this.#base;
  }

  #notStarted(reason: string): Rendering {
    if (++this.#failedStarts >= maxFailedStarts) this.#unavailableUntil = Date.now() + sulkMs;
    if (this.#failedStarts <= maxFailedStarts) this.#log.warn(`the browser did not start: ${reason}`);
    return { outcome: 'unavailable', reason: `the browser did not start: ${reason}` };
  }

  async #visit(
    process: BrowserProcess,
    { answer, web, maxBytes, signal }: RenderRequest,
  ): Promise<Rendering> {
    const { proxy } = await (this.#base as Promise<Base>);
    const assets = this.#assets.get(web) ?? new AssetCache();
    this.#assets.set(web, assets);
    const ended = AbortSignal.any([signal, this.#closing.signal]);
    // A page may ask many hosts at a time.
    setMaxListeners(0, ended);
    const traffic = new PageTraffic({ answer, web, assets, maxBytes, signal: ended });
    const limits = { timeoutMs: this.#settings.renderTimeoutMs, ...this.#limits };
    const clock = new PageClock(traffic, limits, ended);
    const stopWatching = watchMemory(process, clock, this.#limits.maxBytes);
    try {
      const page = await openPage(process.browser, proxy, traffic, clock, answer.url);
      try {
        return rendered(traffic, await collectPage(page, traffic, clock, maxBytes));
      } finally {
        await page.close().catch(() => process.kill());
      }
    } catch (error) {
      process.kill();
      const reason = clock.broken ?? messageOf(error);
      this.#log.info('a page could not be opened in the browser', { page: answer.url, reason });
      return { outcome: 'failed', reason };
    } finally {
      stopWatching();
      this.#log.debug('a page was opened in the browser', {
        page: answer.url,
        ownMs: Math.round(clock.ownMs),
        refused: traffic.refusals,
      });
    }
  }

  async #isOld({ pages }: Seat, process: BrowserProcess): Promise<boolean> {
    const { maxPages, maxAgeMs, maxRestingBytes } = this.#limits;
    if (pages >= maxPages || Date.now() - process.startedAt > maxAgeMs) return true;
    return ((await process.memoryBytes()) ?? 0) > maxRestingBytes;
  }

  async #end(seat: Seat): Promise<void> {
    clearTimeout(seat.idle);
    const { process } = seat;
    seat.process = undefined;
    await process?.close();
  }
}

async function openBase(): Promise<Base> {
  await removeLeftProfiles();
  const key = await makeProxyKey();
  return { proxy: await openRenderProxy(key), fingerprint: key.fingerprint };
}

function watchMemory(process: BrowserProcess, clock: PageClock, maxBytes: number): () => void {
  const timer = setInterval(async () => {
    const bytes = await process.memoryBytes();
    if (bytes === null || bytes <= maxBytes || clock.broken !== undefined) return;
    clock.broken = `the page took more than ${maxBytes / 1024 ** 2} MiB of memory`;
    process.kill();
  }, watchMs);
  return () => clearInterval(timer);
}

function rendered(
  traffic: PageTraffic,
  { frames, painted, icons, isCut }: Awaited<ReturnType<typeof collectPage>>,
): Rendering {
  const byStyles = new Set(painted.map((url) => normaliseUrl(url)));
  const byTabs = new Set(icons.map((url) => normaliseUrl(url)));
  const images = traffic.images
    .filter((url) => !byTabs.has(url) && new URL(url).pathname !== '/favicon.ico')
    .map((url) => ({ url, isPainted: byStyles.has(url) }));
  const { leads, missed } = traffic;
  return { outcome: 'rendered', frames, images, leads, missed, isCut: isCut || traffic.isCut };
}
