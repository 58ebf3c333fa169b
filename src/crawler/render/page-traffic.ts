// What one page in the browser asks for, and what it gets: everything over the source's own polite fetch, no picture at
// all. Pictures are noted, and a transparent one stands in for each.
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Missed } from '../../ledger.ts';
import { type Answer, type Head, headerOf } from '../../net/answer.ts';
import { Turns } from '../../turns.ts';
import { normaliseUrl } from '../normalise-url.ts';
import type { PoliteFetch } from '../polite-fetch.ts';
import type { AssetCache, Got, Redirected } from './asset-cache.ts';
import { MissedRequests } from './missed-requests.ts';
import {
  allowance,
  allowedBy,
  browserHeaders,
  isOfItsOrigin,
  originHeaders,
  transparent,
} from './page-headers.ts';
import { type RequestKind, requestKind } from './request-kind.ts';

export interface PageRequest {
  readonly method: string;
  /** Whole; as the browser spells it. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

export interface PageReply {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** Why the browser did not get something: counted, for the log. */
export type Refusal = 'method' | 'upgrade' | 'needless' | 'budget' | 'page' | 'skipped' | 'failed';

export interface PageTrafficOptions {
  /** Its page, as the static request brought it: the host is not asked for it again. */
  readonly answer: Answer;
  readonly web: PoliteFetch;
  readonly assets: AssetCache;
  readonly maxBytes: number;
  /** The crawl's. Not the page's: who cuts off a request for robots.txt cuts off all who wait for it. */
  readonly signal: AbortSignal;
}

const maxRequests = 150;
const maxOfOne = 3;
const maxPageLoads = 3;
const maxTotalBytes = 64 * 1024 ** 2;
const maxImages = 5000;
const maxUrlLength = 4096;

export class PageTraffic {
  readonly #options: PageTrafficOptions;
  readonly #turns = new Turns();
  readonly #asked = new Map<string, number>();
  readonly #images = new Set<string>();
  readonly #leads = new Set<string>();
  readonly #refusals = new Map<Refusal, number>();
  readonly #missed: MissedRequests;
  #requests = 0;
  #bytes = 0;
  #loads = 0;
  #waiting = 0;
  #isOver = false;
  /** True where something was not given for there was too much of it. */
  isCut = false;

  constructor(options: PageTrafficOptions) {
    this.#options = options;
    this.#missed = new MissedRequests(new URL(options.answer.url).host);
  }

  /** Requests that wait for their host: that time is not the page's. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Normalised, each once, in the order in which they were asked for. */
  get images(): readonly string[] {
    return [...this.#images];
  }

  get imageCount(): number {
    return this.#images.size;
  }

  /** Pages that scripts wanted to go to. */
  get leads(): readonly string[] {
    return [...this.#leads];
  }

  get missed(): readonly Missed[] {
    return this.#missed.all();
  }

  get refusals(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#refusals);
  }

  /** Nothing more is asked of anybody. */
  end(): void {
    this.#isOver = true;
  }

  refuse(why: Refusal): PageReply {
    this.#refusals.set(why, (this.#refusals.get(why) ?? 0) + 1);
    return { status: 403, headers: {}, body: Buffer.alloc(0) };
  }

  lead(url: string): void {
    const lead = url.length > maxUrlLength ? undefined : normaliseUrl(url);
    if (lead !== undefined && this.#leads.size < 100) this.#leads.add(lead);
  }

  async answer({ method, url: address, headers }: PageRequest): Promise<PageReply> {
    const url = address.length <= maxUrlLength && URL.canParse(address) ? new URL(address) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) return this.refuse('skipped');
    const wanted = method === 'OPTIONS' ? headers['access-control-request-method'] : method;
    if (wanted !== 'GET' && wanted !== 'HEAD') return this.refuse('method');
    const kind = requestKind(url, headers);
    if (kind === 'needless') return this.refuse('needless');
    if (method === 'OPTIONS') return this.#preflight(url, kind, headers);
    if (kind === 'image') return this.#note(url, headers);
    if (kind === 'page' || (kind === 'frame' && this.isPage(url.href) && this.#loads === 0))
      return this.#page(url);
    return this.#ask(url, kind, method, headers);
  }

  isPage(url: string): boolean {
    return normaliseUrl(url) === normaliseUrl(this.#options.answer.url);
  }

  #page(url: URL): PageReply {
    if (!this.isPage(url.href)) {
      this.lead(url.href);
      this.refuse('page');
      // Without content the browser stays where it is.
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    }
    if (++this.#loads > maxPageLoads) return { status: 204, headers: {}, body: Buffer.alloc(0) };
    const { answer } = this.#options;
    return { status: 200, headers: browserHeaders(answer.headers), body: answer.body };
  }

  #note(url: URL, headers: IncomingHttpHeaders): PageReply {
    const image = normaliseUrl(url.href);
    if (image === undefined) return this.refuse('skipped');
    if (this.#images.size < maxImages) this.#images.add(image);
    else this.isCut = true;
    return {
      status: 200,
      headers: { ...transparent.headers, ...allowance(headers) },
      body: transparent.body,
    };
  }

  /** Which headers a script of another origin may send. Of a picture nothing is asked for. */
  async #preflight(url: URL, kind: RequestKind, headers: IncomingHttpHeaders): Promise<PageReply> {
    if (kind === 'image') return { status: 204, headers: allowance(headers), body: Buffer.alloc(0) };
    return this.#ask(url, 'data', 'OPTIONS', headers);
  }

  async #ask(url: URL, kind: RequestKind, method: string, headers: IncomingHttpHeaders): Promise<PageReply> {
    if (!this.#hasRoom(`${method} ${url.href}`)) return this.refuse('budget');
    const isShared = kind === 'asset' && method === 'GET';
    const ask = () => this.#fetch(url, method, headers, isShared);
    this.#waiting++;
    try {
      const got = isShared ? await this.#options.assets.get(sharedAs(url, headers), ask) : await ask();
      if (method === 'GET') this.#missed.note(url, got);
      return method === 'OPTIONS' ? this.#permission(got) : this.#reply(got, url, headers);
    } finally {
      // What the answer brings about has not been asked for yet.
      await breathe();
      this.#waiting--;
    }
  }

  /** A page that asks and asks is not answered for ever. */
  #hasRoom(request: string): boolean {
    const times = (this.#asked.get(request) ?? 0) + 1;
    this.#asked.set(request, times);
    if (times > maxOfOne) return false;
    if (this.#isOver || ++this.#requests > maxRequests || this.#bytes > maxTotalBytes) {
      this.isCut = true;
      return false;
    }
    return true;
  }

  /** One at a time of a host: when the page is over, no more than that is still under way. */
  #fetch(url: URL, method: string, headers: IncomingHttpHeaders, isShared: boolean): Promise<Got> {
    return this.#turns.take([url.host], async () => {
      if (this.#isOver && !isShared) throw new Error('the page is over');
      let hops = 0;
      let redirected: Redirected | undefined;
      const got = await this.#options.web.fetch({
        url: url.href,
        method: method === 'OPTIONS' ? 'OPTIONS' : 'GET',
        stage: 'find',
        headers: originHeaders(headers),
        // A stranger's script may read what comes, and tell it.
        withSecrets: isOfItsOrigin(url, headers),
        maxBytes: this.#options.maxBytes,
        atCap: 'refuse',
        // The browser follows redirects itself, for it must know whose answer it reads.
        isInBounds: (to) => {
          if (hops++ === 0) return undefined;
          redirected = { outcome: 'redirected', to: to.href };
          return { outcome: 'skipped', code: 'not_html', reason: 'left to the browser' };
        },
        screen: (head) => (method !== 'GET' || withoutUse.test(typeOf(head)) ? 'discard' : undefined),
        signal: this.#options.signal,
      });
      return redirected ?? got;
    });
  }

  /** As the host gives it; one that sends elsewhere gives none. */
  #permission(got: Got): PageReply {
    if (got.outcome !== 'answered') return this.refuse(got.outcome === 'failed' ? 'failed' : 'skipped');
    return { status: got.status, headers: allowedBy(got.headers), body: Buffer.alloc(0) };
  }

  #reply(got: Got, url: URL, headers: IncomingHttpHeaders): PageReply {
    if (got.outcome === 'redirected') {
      return { status: 302, headers: { ...allowance(headers), location: got.to }, body: Buffer.alloc(0) };
    }
    if (got.outcome === 'skipped') return this.refuse('skipped');
    if (got.outcome === 'failed') return { ...this.refuse('failed'), status: 502 };
    const type = typeOf(got);
    if (type.startsWith('image/')) return this.#note(url, headers);
    if (withoutUse.test(type)) return this.refuse('needless');
    this.#bytes += got.body.length;
    return { status: got.status, headers: browserHeaders(got.headers), body: got.body };
  }
}

/** What secrets brought is for none but who may have them, what one origin may read for none but that one. */
const sharedAs = (url: URL, headers: IncomingHttpHeaders): string =>
  `${isOfItsOrigin(url, headers) ? 'own' : 'foreign'} ${headers.origin ?? ''} ${url.href}`;

const withoutUse = /^(image|audio|video|font)\//;

const typeOf = (head: Head): string => (headerOf(head, 'content-type') ?? '').trim().toLowerCase();
