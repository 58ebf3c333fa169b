// SOURCE: a web site. Its pages are bounded by the host of the start page; images are taken from any host.
import { setImmediate as breathe } from 'node:timers/promises';
import { ImagedexError } from '../../errors.ts';
import type { LocationRecord, PageRecord } from '../../ledger.ts';
import type { Lookup } from '../../net/connector.ts';
import { type Answer, type Head, headerOf, type Refused, statusFailure } from '../../net/guarded-fetch.ts';
import { portOf } from '../../net/public-address.ts';
import {
  type Location,
  locationId,
  type PageContext,
  type SourceId,
  sha256Of,
  type Validators,
} from '../../record.ts';
import { extractImages, isImageUrl } from '../extract-images.ts';
import type { HostGate } from '../host-gate.ts';
import { imageFormat } from '../image-format.ts';
import { normaliseUrl } from '../normalise-url.ts';
import { type CrawlerSettings, crawlerOptions } from '../options.ts';
import { pageText } from '../page-text.ts';
import { openPoliteFetch, type PoliteFetch } from '../polite-fetch.ts';
import { agentToken } from '../robots.ts';
import { type RobotsDirectives, robotsDirectives } from '../robots-directives.ts';
import type { Budget, Expandable, Expansion, Fetched, ImageSighting, Source } from '../source.ts';

export const options = crawlerOptions;

export interface WebSourceOptions {
  readonly address: string;
  readonly settings: CrawlerSettings;
  readonly lookup?: Lookup;
  readonly gate?: HostGate;
  readonly robotsUnreachableForMs?: number;
}

export async function open({ address, settings, ...rest }: WebSourceOptions): Promise<Source> {
  const start = normaliseUrl(address);
  if (start === undefined) {
    throw new ImagedexError(
      'usage',
      `SOURCE ${address}: expected an address such as https://example.org/gallery`,
    );
  }
  const url = new URL(start);
  const allowHosts = [`${url.hostname}:${portOf(url)}`, ...settings.allowPrivateHosts];
  return new WebSource(start, settings, await openPoliteFetch({ settings, allowHosts, ...rest }));
}

const pageHeaders = { accept: 'text/html, application/xhtml+xml, */*;q=0.5' };
const imageHeaders = {
  accept: 'image/jpeg, image/png, image/webp, image/gif, image/avif, image/tiff, */*;q=0.1',
};
/** Links that are no pages: to ask for them would only cost the host requests. */
const otherFiles =
  /\.(pdf|zip|gz|tgz|bz2|xz|7z|rar|tar|dmg|iso|exe|mp[34]|m4[av]|webm|og[gv]|wav|flac|mov|avi|css|m?js|json|xml|rss|atom|csv|docx?|xlsx?|pptx?|woff2?|ttf)$/i;

class WebSource implements Source {
  readonly id: SourceId;
  readonly #start: string;
  readonly #settings: CrawlerSettings;
  readonly #web: PoliteFetch;
  /** Pages that were given out to be looked into: no more than `maxPages`. */
  readonly #pages = new Set<string>();
  /** The answer to a request that a redirect or the start made, for the page that comes next. */
  #answer: { readonly url: string; readonly answer: Answer } | undefined;

  constructor(start: string, settings: CrawlerSettings, web: PoliteFetch) {
    this.id = `web:${start}`;
    this.#start = start;
    this.#settings = settings;
    this.#web = web;
  }

  async start(_collection: string, signal: AbortSignal): Promise<readonly Expandable[]> {
    const answer = await this.#askPage(this.#start, {}, undefined, signal);
    const problem =
      answer.outcome === 'skipped'
        ? answer.reason
        : answer.outcome === 'failed'
          ? answer.failure.reason
          : answer.status === 200
            ? undefined
            : statusFailure('find', answer).reason;
    if (problem !== undefined)
      throw new ImagedexError('source_unavailable', `SOURCE could not be opened: ${problem}`);
    const url = normaliseUrl((answer as Answer).url) as string;
    this.#answer = { url, answer: answer as Answer };
    this.#pages.clear();
    return [this.further(url, 0)];
  }

  async expand(
    item: Expandable,
    collection: string,
    earlier: PageRecord | undefined,
    signal: AbortSignal,
  ): Promise<Expansion> {
    const host = hostOf(item.address);
    let hasLeft = false;
    const isInBounds = (url: URL): Refused | undefined => {
      hasLeft = url.host !== host;
      return hasLeft
        ? { outcome: 'skipped', code: 'not_html', reason: `${url.href} is of another host` }
        : undefined;
    };
    const validators = earlier?.validators ?? {};
    const ask = () => this.#askPage(item.address, validators, isInBounds, signal);
    const first = this.#remembered(item.address) ?? (await ask());
    const answer = earlier !== undefined && isMissing(first) ? await ask() : first;
    if (hasLeft) return blank([]);
    if (answer.outcome !== 'answered') return answer;
    if (isUnchanged(answer, validators)) return { outcome: 'unchanged' };
    if (answer.status !== 200) {
      const problem = statusFailure('find', answer);
      return { outcome: earlier !== undefined && isMissing(answer) ? 'gone' : 'failed', failure: problem };
    }
    const url = normaliseUrl(answer.url) as string;
    if (url === item.address) return this.#expandAnswer(item, collection, answer);
    // A redirect is a page with one link: what lies there may be reached by other ways too.
    this.#answer = { url, answer };
    return blank([this.further(url, item.depth)]);
  }

  async fetch(
    location: Location,
    earlier: LocationRecord | undefined,
    budget: Budget,
    signal: AbortSignal,
  ): Promise<Fetched> {
    const validators = earlier?.validators ?? {};
    const ask = () =>
      this.#web.fetch({
        url: location.url,
        stage: 'fetch',
        headers: { ...imageHeaders, ...conditions(validators) },
        maxBytes: this.#settings.maxImageBytes,
        atCap: 'refuse',
        reserve: (bytes, until) => budget.reserve(bytes, until),
        screen: screenImage,
        signal,
      });
    const first = await ask();
    const answer = earlier !== undefined && isMissing(first) ? await ask() : first;
    if (answer.outcome !== 'answered') return answer;
    if (isUnchanged(answer, validators)) return { outcome: 'unchanged' };
    if (answer.status !== 200) {
      const problem = statusFailure('fetch', answer);
      return { outcome: earlier !== undefined && isMissing(answer) ? 'gone' : 'failed', failure: problem };
    }
    const content = answer.body;
    const told = imageFormat(content);
    if ('skip' in told)
      return { outcome: 'skipped', code: told.skip, reason: `${location.url}: ${told.reason}` };
    return {
      outcome: 'fetched',
      content,
      sha256: sha256Of(content),
      format: told.format,
      validators: { ...validatorsOf(answer), sizeBytes: content.length },
    };
  }

  further(address: string, depth: number): Expandable {
    this.#pages.add(address);
    return { address, depth, partition: hostOf(address) };
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

  #remembered(url: string): Answer | undefined {
    if (this.#answer?.url !== url) return undefined;
    const { answer } = this.#answer;
    this.#answer = undefined;
    return answer;
  }

  async #expandAnswer(item: Expandable, collection: string, answer: Answer): Promise<Expansion> {
    const kind = kindOf(answer);
    const header = headerDirectives(answer);
    if (kind === 'image') {
      // The page is the image: no page shows it, and whether it may be taken is asked when it is fetched.
      const images = [this.#sighting(collection, item.address, null)];
      return { outcome: 'expanded', page: null, further: [], images, isPartial: false };
    }
    if (kind === 'other') {
      return { outcome: 'skipped', code: 'not_html', reason: `${answer.url} is neither HTML nor an image` };
    }
    const text = pageText(answer.body, headerOf(answer, 'content-type'));
    const view = await extractImages(text, answer.url, agentToken, () => breathe());
    const noImages = header.noImages ?? view.directives.noImages;
    const noFollow = header.noFollow || view.directives.noFollow;
    if (noImages !== null && noFollow) {
      return {
        outcome: 'skipped',
        code: 'opted_out',
        reason: `${answer.url} asks not to be indexed (${noImages})`,
      };
    }
    const links = noFollow ? [] : view.links.filter((link) => isPageOf(item.address, link));
    const { further, isCut } = this.#follow(links, item.depth + 1);
    const images = noImages === null ? view.images : [];
    return {
      outcome: 'expanded',
      page: { title: view.title, validators: validatorsOf(answer) },
      further,
      images: images.map(({ url, context }) => this.#sighting(collection, url, context)),
      isPartial: isCut || view.isCut || answer.isCut,
    };
  }

  /** The links within the caps; those that were given out before cost nothing. */
  #follow(links: readonly string[], depth: number): { further: Expandable[]; isCut: boolean } {
    const { maxPages, maxDepth } = this.#settings;
    const further: Expandable[] = [];
    let isCut = false;
    for (const link of links) {
      const isKnown = this.#pages.has(link);
      if (isKnown || (depth <= maxDepth && this.#pages.size < maxPages))
        further.push(this.further(link, depth));
      else isCut = true;
    }
    return { further, isCut };
  }

  #sighting(collection: string, url: string, context: PageContext | null): ImageSighting {
    const host = hostOf(url);
    const location = { id: locationId(collection, this.id, url), address: url, url, host };
    return { location, partition: host, context };
  }
}

const hostOf = (url: string): string => new URL(url).host;

const isPageOf = (page: string, link: string): boolean =>
  hostOf(link) === hostOf(page) && !otherFiles.test(new URL(link).pathname);

const blank = (further: readonly Expandable[]): Expansion => ({
  outcome: 'expanded',
  page: { title: null, validators: {} },
  further,
  images: [],
  isPartial: false,
});

const conditions = ({ etag, lastModified }: Validators): Record<string, string> => ({
  ...(etag === undefined ? {} : { 'if-none-match': etag }),
  ...(lastModified === undefined ? {} : { 'if-modified-since': lastModified }),
});

function validatorsOf(head: Head): Validators {
  const etag = headerOf(head, 'etag');
  const lastModified = headerOf(head, 'last-modified');
  return { ...(etag === undefined ? {} : { etag }), ...(lastModified === undefined ? {} : { lastModified }) };
}

/** A 304 to our conditions; or the start page, which was asked for without any, with the validators of before. */
function isUnchanged(answer: Answer, { etag, lastModified }: Validators): boolean {
  if (etag === undefined && lastModified === undefined) return false;
  if (answer.status === 304) return true;
  const now = validatorsOf(answer);
  return (
    answer.status === 200 && (etag === undefined ? now.lastModified === lastModified : now.etag === etag)
  );
}

const isMissing = (answer: Answer | Refused): boolean =>
  answer.outcome === 'answered' && (answer.status === 404 || answer.status === 410);

function headerDirectives(head: Head): RobotsDirectives {
  const value = head.headers['x-robots-tag'];
  return robotsDirectives(value === undefined ? [] : typeof value === 'string' ? [value] : value, agentToken);
}

function screenImage(head: Head): Refused | undefined {
  if (head.status !== 200 && head.status !== 304) return undefined;
  const { noImages } = headerDirectives(head);
  if (noImages === null) return undefined;
  return {
    outcome: 'skipped',
    code: 'opted_out',
    reason: `${head.url} asks not to be indexed (${noImages})`,
  };
}

type Kind = 'html' | 'image' | 'other' | 'unknown';

function statedKind(head: Head): Kind {
  const type = /^\s*([^;\s]*)/.exec(headerOf(head, 'content-type') ?? '')?.[1]?.toLowerCase() ?? '';
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'html';
  if (type.startsWith('image/')) return 'image';
  return ['', 'application/octet-stream', 'binary/octet-stream', 'text/plain'].includes(type)
    ? 'unknown'
    : 'other';
}

const screenPage = (head: Head): 'discard' | undefined =>
  ['image', 'other'].includes(statedKind(head)) ? 'discard' : undefined;

/** The bytes know best, where there are any; what the server says comes next. */
function kindOf(answer: Answer): Kind {
  if ('format' in imageFormat(answer.body)) return 'image';
  const kind = statedKind(answer);
  if (kind !== 'unknown') return kind;
  if (isImageUrl(answer.url)) return 'image';
  const start = answer.body.toString('latin1', 0, 1024);
  return /^(\xef\xbb\xbf)?\s*<(!doctype\s+html|html|head|body|!--)/i.test(start) ? 'html' : 'other';
}
