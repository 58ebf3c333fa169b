// SOURCE: a web site. Its pages are bounded by the host of the start page; images are taken from any host.
import { ImagedexError } from '../../errors.ts';
import type { LocationRecord, PageRecord } from '../../ledger.ts';
import { type Answer, type Refused, statusFailure } from '../../net/answer.ts';
import type { Lookup } from '../../net/connector.ts';
import { portOf } from '../../net/public-address.ts';
import type { Location, SourceId, Validators } from '../../record.ts';
import { fetchImage } from '../fetch-image.ts';
import type { HostGate } from '../host-gate.ts';
import { type ImageBounds, openImageBounds } from '../image-hosts.ts';
import { normaliseUrl } from '../normalise-url.ts';
import { type CrawlerSettings, crawlerOptions } from '../options.ts';
import { openPoliteFetch, type PoliteFetch, type Surroundings } from '../polite-fetch.ts';
import type { Renderer } from '../render/renderer.ts';
import type { Budget, EarlierOf, Expandable, Expansion, Fetched, Source } from '../source.ts';
import { TrapWatch } from '../trap-watch.ts';
import { conditions, hasConditions, isMissing, optsOutNow, screenPage } from '../web-answers.ts';
import { webLocation } from '../web-location.ts';
import { comparable, isSameContent, seenValidators } from './web/comparable.ts';
import { listingOf, maxLevel } from './web/listing-address.ts';
import { Listings, listingItem } from './web/listings.ts';
import { type HtmlPage, PageOpener } from './web/opened-page.ts';
import type { PageReading } from './web/page.ts';
import { Sheets } from './web/sheets.ts';
import { pageSighting } from './web/sighting.ts';

export const options = crawlerOptions;

export interface WebSourceOptions extends Surroundings {
  readonly address: string;
  readonly settings: CrawlerSettings;
  /** Secrets, sent to the origin of the address only. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly lookup?: Lookup;
  readonly gate?: HostGate;
  readonly robotsUnreachableForMs?: number;
  readonly renderer?: Renderer;
}

export async function open({
  address,
  settings,
  headers = {},
  renderer,
  ...rest
}: WebSourceOptions): Promise<Source> {
  const start = normaliseUrl(address);
  if (start === undefined) {
    throw new ImagedexError(
      'usage',
      `SOURCE ${address}: expected an address such as https://example.org/gallery`,
    );
  }
  const url = new URL(start);
  const allowHosts = [`${url.hostname}:${portOf(url)}`, ...settings.allowPrivateHosts];
  const originHeaders = { origin: url.origin, headers };
  return new WebSource(
    start,
    settings,
    await openPoliteFetch({ settings, allowHosts, originHeaders, ...rest }),
    renderer,
  );
}

/** Raised when pages are read otherwise: then those that have not changed are read anew, too. */
const readAsOf = ({ minImagePixels, skipDecoration, render }: CrawlerSettings): string =>
  `page 2, from ${minImagePixels} pixels${skipDecoration ? ', no decoration' : ''}, render ${render}`;
const pageHeaders = { accept: 'text/html, application/xhtml+xml, */*;q=0.5' };

class WebSource implements Source {
  readonly unseen = 'unlinked';
  readonly id: SourceId;
  readonly #start: string;
  readonly #settings: CrawlerSettings;
  readonly #web: PoliteFetch;
  readonly #listings: Listings;
  readonly #sheets: Sheets;
  readonly #pages: PageOpener;
  readonly #readAs: string;
  readonly #imageBounds: ImageBounds;
  readonly #traps = new TrapWatch();
  /** Of the start page, and of the one that it redirects to. */
  readonly #ownHosts: Set<string>;
  /** The answer to the request that the start made, for the page that comes next. */
  #answer: { readonly url: string; readonly answer: Answer } | undefined;

  constructor(start: string, settings: CrawlerSettings, web: PoliteFetch, renderer: Renderer | undefined) {
    this.id = `web:${start}`;
    this.#start = start;
    this.#settings = settings;
    this.#web = web;
    this.#sheets = new Sheets(web);
    const { render: mode, maxPageBytes: maxBytes } = settings;
    this.#pages = new PageOpener({ renderer, mode, web, maxBytes });
    this.#readAs = readAsOf(settings);
    this.#listings = new Listings(this.id, hostOf(start), web);
    this.#ownHosts = new Set([hostOf(start)]);
    this.#imageBounds = openImageBounds(settings.imageHosts, (host) => this.#ownHosts.has(host));
  }

  async start(
    _collection: string,
    signal: AbortSignal,
    earlierOf?: EarlierOf,
  ): Promise<readonly Expandable[]> {
    const validators = comparable(await earlierOf?.(this.#start), this.#readAs);
    const asked = await this.#askPage(this.#start, validators, undefined, signal);
    // Of another page, where it leads now, it would say nothing.
    const isOther = asked.outcome === 'answered' && asked.status === 304 && asked.url !== this.#start;
    const answer = isOther ? await this.#askPage(this.#start, {}, undefined, signal) : asked;
    const problem =
      answer.outcome === 'skipped'
        ? answer.reason
        : answer.outcome === 'failed'
          ? answer.failure.reason
          : answer.status === 200 || (answer.status === 304 && hasConditions(validators))
            ? undefined
            : statusFailure('find', answer).reason;
    if (problem !== undefined)
      throw new ImagedexError('source_unavailable', `SOURCE could not be opened: ${problem}`);
    const url = normaliseUrl((answer as Answer).url) as string;
    this.#ownHosts.add(hostOf(url));
    this.#answer = { url, answer: answer as Answer };
    const page = this.further(url, 0);
    if (!this.#settings.sitemaps || this.#settings.maxDepth === 0) return [page];
    // First, so that it is known when a page changed before it is looked at.
    return [...(await this.#listings.roots(new URL(url), signal)), page];
  }

  async expand(
    item: Expandable,
    collection: string,
    earlier: PageRecord | undefined,
    signal: AbortSignal,
  ): Promise<Expansion> {
    if (listingOf(item.address) !== undefined)
      return this.#listings.expand(item.address, collection, earlier, signal);
    return this.#traps.around(item, earlier, () => this.#expandPage(item, collection, earlier, signal));
  }

  async #expandPage(
    item: Expandable,
    collection: string,
    earlier: PageRecord | undefined,
    signal: AbortSignal,
  ): Promise<Expansion> {
    let to: URL | undefined;
    const isInBounds = (url: URL): Refused | undefined => {
      if (normaliseUrl(url.href) === item.address) return undefined;
      to = url;
      return { outcome: 'skipped', code: 'not_html', reason: `${url.href} is another page` };
    };
    // What no browser could open is worth another look, changed or not.
    const validators = earlier?.isRendered === false ? {} : comparable(earlier, this.#readAs);
    const ask = (given = validators) => this.#askPage(item.address, given, isInBounds, signal);
    const first = this.#remembered(item.address, validators) ?? (await ask());
    // What it does not want any more is not to be replayed, and only its body says all of what it wants.
    const told = earlier !== undefined && optsOutNow(first, earlier) ? await ask({}) : first;
    // That it is still gone needs no second word.
    const wasThere = earlier !== undefined && earlier.state !== 'gone';
    const answer = wasThere && isMissing(told) ? await ask() : told;
    if (to !== undefined) return this.#leadingTo(to, item);
    if (answer.outcome !== 'answered') return answer;
    if (answer.status === 304 && hasConditions(validators)) return { outcome: 'unchanged' };
    if (answer.status !== 200) {
      const problem = statusFailure('find', answer);
      if (earlier === undefined || !isMissing(answer)) return { outcome: 'failed', failure: problem };
      return { outcome: 'gone', failure: problem, ...(answer.status === 404 && { isDoubtful: true }) };
    }
    const seen = seenValidators(answer, this.#readAs);
    if (isSameContent(seen, validators)) return { outcome: 'unchanged', validators: seen };
    return this.#expandAnswer(item, collection, answer, earlier, signal);
  }

  /** A redirect is a page with one link, which is asked for in its own turn: other ways may lead there, too. */
  #leadingTo(to: URL, { address, depth }: Expandable): Expansion {
    const url = normaliseUrl(to.href);
    const isOurs = url !== undefined && to.host === hostOf(address);
    return blank(this.#readAs, isOurs ? [this.further(url, depth)] : []);
  }

  fetch(
    location: Location,
    earlier: LocationRecord | undefined,
    budget: Budget,
    signal: AbortSignal,
  ): Promise<Fetched> {
    return fetchImage(
      this.#web,
      this.#settings.maxImageBytes,
      location,
      earlier,
      budget,
      signal,
      this.#imageBounds,
    );
  }

  wasReadOtherwise({ validators }: PageRecord): boolean {
    return validators.readAs !== this.#readAs;
  }

  refusal({ url }: Location): Extract<Refused, { outcome: 'skipped' }> | undefined {
    const refused = this.#imageBounds(new URL(url));
    return refused?.outcome === 'skipped' ? refused : undefined;
  }

  unwellHosts(): readonly string[] {
    return this.#web.unwellHosts();
  }

  further(address: string, depth: number): Expandable {
    if (listingOf(address) !== undefined) return listingItem(address);
    return { address, depth, partition: hostOf(address) };
  }

  urlOf(address: string): string {
    return listingOf(address)?.url ?? address;
  }

  isListing(address: string): boolean {
    return listingOf(address) !== undefined;
  }

  globPathOf(address: string): string {
    return address;
  }

  partitionOf(location: Location): string {
    return location.host;
  }

  restMs(partition: string): number {
    return this.#web.restMs(partition);
  }

  close(): Promise<void> {
    return this.#web.close();
  }

  #askPage(
    url: string,
    validators: Validators,
    isInBounds: ((url: URL) => Refused | undefined) | undefined,
    signal: AbortSignal,
  ): Promise<Answer | Refused> {
    return this.#web.fetch({
      url,
      stage: 'find',
      headers: { ...pageHeaders, ...conditions(validators) },
      maxBytes: this.#settings.maxPageBytes,
      atCap: 'cut',
      screen: screenPage,
      ...(isInBounds === undefined ? {} : { isInBounds }),
      signal,
    });
  }

  #remembered(url: string, validators: Validators): Answer | undefined {
    if (this.#answer?.url !== url) return undefined;
    const { answer } = this.#answer;
    this.#answer = undefined;
    return answer.status === 304 && !hasConditions(validators) ? undefined : answer;
  }

  /** Only of the start page: a blog names another feed on each of its pages. */
  #feedsOf({ depth }: Expandable, { feeds }: Pick<HtmlPage, 'feeds'>): Expandable[] {
    if (depth > 0 || !this.#settings.sitemaps || this.#settings.maxDepth === 0) return [];
    return feeds.flatMap((url) => this.#listings.item(url, maxLevel) ?? []);
  }

  async #expandAnswer(
    item: Expandable,
    collection: string,
    answer: Answer,
    earlier: PageRecord | undefined,
    signal: AbortSignal,
  ): Promise<Expansion> {
    const host = hostOf(item.address);
    const reading: PageReading = {
      rules: this.#settings,
      sheetOf: (url) => this.#sheets.of(url, host, signal),
    };
    const opened = await this.#pages.open(answer, host, reading, earlier, signal);
    if ('failure' in opened) return { outcome: 'failed', failure: opened.failure };
    const { page, isRendered, missed } = opened;
    if (page.kind === 'skipped') return { outcome: 'skipped', code: page.code, reason: page.reason };
    if (page.kind === 'image') {
      // No page shows it, and whether it may be taken is asked when it is fetched.
      const location = webLocation(collection, this.id, item.address);
      const images = [{ location, partition: location.host, context: null }];
      return { outcome: 'expanded', page: null, further: [], images, isPartial: false };
    }
    return {
      outcome: 'expanded',
      page: {
        title: page.title,
        validators: seenValidators(answer, this.#readAs),
        ...(page.isOptedOut && { code: 'opted_out' as const }),
        ...(isRendered === undefined ? {} : { isRendered }),
        // Of what it does not want to be taken or followed nothing is missed.
        ...(missed && !page.isOptedOut && !page.isNoFollow && { missed }),
      },
      further: [
        ...this.#feedsOf(item, page),
        ...page.links.map((link) => this.further(link, item.depth + 1)),
      ],
      images: page.images.map((image) => pageSighting(collection, this.id, item.address, image)),
      isPartial: page.isCut,
    };
  }
}

const hostOf = (url: string): string => new URL(url).host;

const blank = (readAs: string, further: readonly Expandable[]): Expansion => ({
  outcome: 'expanded',
  page: { title: null, validators: { readAs } },
  further,
  images: [],
  isPartial: false,
});
