// The sitemaps and feeds of a web source: asked for like pages, and looked into for pages, images and further sitemaps.
import { failure } from '../../../errors.ts';
import type { PageRecord } from '../../../ledger.ts';
import { type Answer, headerOf, type Refused, statusFailure } from '../../../net/answer.ts';
import type { SourceId } from '../../../record.ts';
import { isImageUrl } from '../../image-url.ts';
import { normaliseUrl } from '../../normalise-url.ts';
import type { PoliteFetch } from '../../polite-fetch.ts';
import type { Expandable, Expansion, ImageSighting } from '../../source.ts';
import { conditions, hasConditions, isMissing } from '../../web-answers.ts';
import { webLocation } from '../../web-location.ts';
import { comparable, isSameContent, seenValidators } from './comparable.ts';
import type { Listed, ListedImage } from './listed.ts';
import { type Listing, maxListingBytes, readListing } from './listing.ts';
import { listingAddress, listingOf, maxLevel } from './listing-address.ts';
import { isPageOf } from './page.ts';

/** Of one source in one run of it: more are no site's, but a trap's. */
const maxListings = 2_000;
const maxNamed = 200;
const readAs = 'listing 1';
const headers = {
  accept: 'application/xml, text/xml, application/rss+xml, application/atom+xml, text/plain, */*;q=0.5',
};

const nothing: Expansion = { outcome: 'expanded', page: null, further: [], images: [], isPartial: false };

export class Listings {
  readonly #source: SourceId;
  readonly #web: PoliteFetch;
  /** The host that pages are of. */
  #host: string;
  /** The first address that each came by: by whatever way it is come to again, it is the same item. */
  readonly #known = new Map<string, string>();
  /** Nobody has named it: what is not there is missed by nobody. */
  #guess: string | undefined;

  constructor(source: SourceId, host: string, web: PoliteFetch) {
    this.#source = source;
    this.#host = host;
    this.#web = web;
  }

  /** Those that robots.txt names, or else the usual one. */
  async roots(start: URL, signal: AbortSignal): Promise<Expandable[]> {
    this.#host = start.host;
    const named = (await this.#web.sitemaps(start.origin, signal)).flatMap(
      (url) => normaliseUrl(url, start.origin) ?? [],
    );
    const usual = `${start.origin}/sitemap.xml`;
    if (named.length === 0) this.#guess = usual;
    return (named.length === 0 ? [usual] : named.slice(0, maxNamed)).flatMap(
      (url) => this.item(url, 1) ?? [],
    );
  }

  /** undefined where there are too many. */
  item(url: string, level: number): Expandable | undefined {
    const address = this.#known.get(url) ?? listingAddress({ url, level });
    if (!this.#known.has(url) && this.#known.size >= maxListings) return undefined;
    this.#known.set(url, address);
    return listingItem(address);
  }

  async expand(
    address: string,
    collection: string,
    earlier: PageRecord | undefined,
    signal: AbortSignal,
  ): Promise<Expansion> {
    const { url, level } = listingOf(address)!;
    const wasThere = earlier !== undefined && ['expanded', 'failed'].includes(earlier.state);
    const isGuess = url === this.#guess && !wasThere;
    const validators = comparable(earlier, readAs);
    const ask = () =>
      this.#web.fetch({
        url,
        stage: 'find',
        headers: { ...headers, ...conditions(validators) },
        maxBytes: maxListingBytes,
        atCap: 'cut',
        signal,
      });
    const first = await ask();
    const mayBeMistaken = earlier !== undefined && earlier.state !== 'gone';
    const answer = mayBeMistaken && isMissing(first) ? await ask() : first;
    if (answer.outcome === 'answered') {
      if (answer.status === 304 && hasConditions(validators)) return { outcome: 'unchanged' };
      const seen = seenValidators(answer, readAs);
      if (isSameContent(seen, validators)) return { outcome: 'unchanged', validators: seen };
    }
    const expansion = await this.#read(answer, level, collection, earlier !== undefined);
    return isGuess && expansion.outcome !== 'expanded' ? nothing : expansion;
  }

  async #read(
    answer: Answer | Refused,
    level: number,
    collection: string,
    isKnown: boolean,
  ): Promise<Expansion> {
    if (answer.outcome !== 'answered') return answer;
    if (answer.status !== 200) {
      const problem = statusFailure('find', answer);
      if (!isKnown || !isMissing(answer)) return { outcome: 'failed', failure: problem };
      return { outcome: 'gone', failure: problem, ...(answer.status === 404 && { isDoubtful: true }) };
    }
    const { url, body } = answer;
    const listing = await readListing({ body, url, contentType: headerOf(answer, 'content-type') });
    if (typeof listing === 'string') return bad(url, listing);
    return this.#expansion(answer, listing, level, collection);
  }

  #expansion(answer: Answer, listing: Listing, level: number, collection: string): Expansion {
    const pages = listing.pages.filter(({ url }) => isPageOf(this.#host, new URL(url)));
    const pictures = listing.pages.filter(({ url }) => isImageUrl(url));
    const deeper = level < maxLevel ? listing.sitemaps : [];
    const sitemaps = deeper.filter(({ url }) => this.#mayLeadTo(url, answer.url));
    const items = sitemaps.map(({ url }) => this.item(url, level + 1));
    const faults = [
      listing.fault,
      deeper.length < listing.sitemaps.length ? `more than ${maxLevel - 1} indexes lead to it` : undefined,
      items.includes(undefined) ? `its site has more than ${maxListings} sitemaps` : undefined,
    ].filter((fault) => fault !== undefined);
    return {
      outcome: 'expanded',
      page: { title: null, validators: seenValidators(answer, readAs), isListing: true },
      further: [...items.filter((item) => item !== undefined), ...pages.map(pageItem)],
      images: this.#sightings([...listing.images, ...pictures.map(shownAlone)], collection),
      isPartial: listing.isCut || answer.isCut || faults.length > Number(listing.fault !== undefined),
      problems: faults.map((fault) => failure('find', 'bad_sitemap', `${answer.url}: ${fault}`)),
    };
  }

  /** As the standard has it: an index leads to sitemaps of its own site. */
  #mayLeadTo(url: string, from: string): boolean {
    const { host } = new URL(url);
    return host === this.#host || host === new URL(from).host;
  }

  #sightings(images: readonly ListedImage[], collection: string): ImageSighting[] {
    const once = new Map(images.map((image) => [image.url, image]));
    return [...once.values()].map(({ url, page, context, variants }) => {
      const location = webLocation(collection, this.#source, url);
      return {
        location,
        partition: location.host,
        context,
        ...(page !== undefined && { pageUrl: page }),
        ...(variants !== undefined && { variants }),
      };
    });
  }
}

/** What they list is of depth 1, however many of them lead to it. */
export const listingItem = (address: string): Expandable => ({
  address,
  depth: 0,
  partition: new URL(address).host,
});

const pageItem = ({ url, modifiedAt }: Listed): Expandable => ({
  address: url,
  depth: 1,
  partition: new URL(url).host,
  ...(modifiedAt !== undefined && { modifiedAt }),
});

const shownAlone = ({ url }: Listed): ListedImage => ({ url, context: {} });

const bad = (url: string, fault: string): Expansion => ({
  outcome: 'failed',
  failure: failure('find', 'bad_sitemap', `${url}: ${fault}`),
});
