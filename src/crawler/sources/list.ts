// SOURCE: a list that gives addresses of images with what is known of them: a file, standard input, or an address whose
// pages follow each other. A long list is read in parts, each an item, so that neither memory nor a write grows with it.
import type { Readable } from 'node:stream';
import { failure, ImagedexError, messageOf } from '../../errors.ts';
import type { LocationRecord, PageRecord } from '../../ledger.ts';
import type { Lookup } from '../../net/connector.ts';
import { portOf } from '../../net/public-address.ts';
import type { Location, SourceId } from '../../record.ts';
import { fetchImage } from '../fetch-image.ts';
import type { HostGate } from '../host-gate.ts';
import { type ImageBounds, openImageBounds } from '../image-hosts.ts';
import { type CrawlerSettings, crawlerOptions } from '../options.ts';
import { openPoliteFetch, type PoliteFetch, type Surroundings } from '../polite-fetch.ts';
import type { Budget, Expandable, Expansion, Fetched, Source } from '../source.ts';
import { addressOf, type ListAddress, partAddress, partOf, urlOfPage } from './list/address.ts';
import { openTextOf } from './list/html-text.ts';
import { readMapping, type UserMapping } from './list/mapping.ts';
import { OpenLists } from './list/open-lists.ts';
import type { OpenedList, Unopened } from './list/opened-list.ts';
import { badEntry, type ListPart, readPart } from './list/part.ts';

export const options = crawlerOptions;

export interface ListSourceOptions extends Surroundings {
  readonly address: string;
  readonly settings: CrawlerSettings;
  readonly headers?: Readonly<Record<string, string>>;
  readonly lookup?: Lookup;
  readonly gate?: HostGate;
  /** What `-` stands for. */
  readonly stdin?: Readable;
}

export async function open(options: ListSourceOptions): Promise<Source> {
  const { address, settings, headers = {}, stdin, ...rest } = options;
  const root = await addressOf(address);
  const user = readMapping(settings.listMap);
  const url = root.kind === 'web' ? new URL(root.text) : undefined;
  const own = url === undefined ? [] : [`${url.hostname}:${portOf(url)}`];
  const web = await openPoliteFetch({
    settings,
    allowHosts: [...own, ...settings.allowPrivateHosts],
    ...(url === undefined ? {} : { originHeaders: { origin: url.origin, headers } }),
    ...rest,
  });
  return new ListSource(root, user, settings, web, () => stdin ?? process.stdin);
}

/** Raised where a list is understood otherwise than before, so that what did not change is read anew all the same. */
const readerVersion = 1;

class ListSource implements Source {
  readonly unseen = 'unlinked';
  readonly id: SourceId;
  readonly #root: ListAddress;
  readonly #settings: CrawlerSettings;
  readonly #web: PoliteFetch;
  readonly #imageBounds: ImageBounds;
  readonly #readAs: string;
  readonly #lists: OpenLists;
  #isStarted = false;
  #textOf: Promise<(html: string) => string> | undefined;

  constructor(
    root: ListAddress,
    user: UserMapping,
    settings: CrawlerSettings,
    web: PoliteFetch,
    stdin: () => Readable,
  ) {
    this.id = `list:${root.text}`;
    this.#root = root;
    this.#settings = settings;
    this.#web = web;
    const own = root.kind === 'web' ? new URL(root.text).host : undefined;
    this.#imageBounds = openImageBounds(settings.imageHosts, (host) => host === own);
    this.#lists = new OpenLists({ root, user, settings, web, stdin });
    this.#readAs = `${readerVersion} ${settings.listMap.join(' ')}`;
  }

  async start(_collection: string, signal: AbortSignal): Promise<readonly Expandable[]> {
    const held = await this.#lists.hold(this.#root.text, unknown, signal).catch((error: unknown) => {
      if (signal.aborted) throw unavailable('stopped');
      throw error instanceof ImagedexError ? error : unavailable(messageOf(error), error);
    });
    if ('outcome' in held) throw unavailable(reasonOf(held));
    this.#isStarted = true;
    const root = this.further(this.#root.text, 0);
    return [this.#root.kind === 'stdin' ? { ...root, version: held.list.version } : root];
  }

  async expand(
    item: Expandable,
    collection: string,
    earlier: PageRecord | undefined,
    signal: AbortSignal,
  ): Promise<Expansion> {
    try {
      return await this.#expand(item, collection, earlier, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ImagedexError) throw error;
      return { outcome: 'failed', failure: failure('find', 'unreadable', messageOf(error)) };
    }
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

  unwellHosts(): readonly string[] {
    return this.#web.unwellHosts();
  }

  /** All pages are of one depth: fifty pages of an API are no fifty links away. */
  further(address: string, _depth: number): Expandable {
    const { page, from } = partOf(this.#root, address);
    const partition = this.#root.kind === 'web' && from === 1 ? new URL(page).host : null;
    return { address, depth: 0, partition };
  }

  urlOf(address: string): string {
    return urlOfPage(this.#root, partOf(this.#root, address).page);
  }

  partitionOf(location: Location): string {
    return location.host;
  }

  restMs(partition: string): number {
    return this.#web.restMs(partition);
  }

  async close(): Promise<void> {
    await this.#lists.close();
    await this.#web.close();
  }

  async #expand(
    item: Expandable,
    collection: string,
    earlier: PageRecord | undefined,
    signal: AbortSignal,
  ): Promise<Expansion> {
    if (this.#root.kind === 'stdin' && !this.#isStarted) return unread;
    const { page, from } = partOf(this.#root, item.address);
    // With another mapping it says other things.
    const validators = earlier?.validators.readAs === this.#readAs ? earlier.validators : {};
    const held = await this.#lists.hold(page, { validators, isKnown: earlier !== undefined }, signal);
    if ('outcome' in held) return held;
    const { list } = held;
    const isOther = item.version !== undefined && item.version !== list.version;
    if (isOther && this.#root.kind === 'stdin') throw otherInput();
    let isOver = false;
    try {
      this.#textOf ??= openTextOf();
      const options = { collection, source: this.id, textOf: await this.#textOf };
      const part = await readPart(list, from, options, signal);
      isOver = part.next === undefined;
      return this.#expansion(part, list, page, from, isOther);
    } finally {
      await this.#lists.release(held, isOver);
    }
  }

  #expansion(part: ListPart, list: OpenedList, page: string, from: number, isOther: boolean): Expansion {
    const { validators, version } = list;
    const rest =
      part.next === undefined ? [] : [{ ...this.further(partAddress(page, part.next), 0), version }];
    const next = from === 1 ? list.next : undefined;
    const isLost = next !== undefined && 'fault' in next;
    return {
      outcome: 'expanded',
      page: { title: null, validators: { ...validators, readAs: this.#readAs } },
      further: next !== undefined && 'address' in next ? [...rest, this.further(next.address, 0)] : rest,
      images: part.images,
      isPartial: isOther || isLost,
      problems: isLost ? [...part.problems, badEntry(next.fault)] : part.problems,
    };
  }
}

const unknown = { validators: {}, isKnown: false } as const;

/** A retry begins at no root: nobody has said that there is anything to read. */
const unread: Expansion = {
  outcome: 'failed',
  failure: failure(
    'find',
    'unreadable',
    'standard input is only read by `crawl -`: pipe the list to that again',
  ),
};

const unavailable = (reason: string, cause?: unknown): ImagedexError =>
  new ImagedexError(
    'source_unavailable',
    `SOURCE could not be opened: ${reason}`,
    cause === undefined ? {} : { cause },
  );

const otherInput = (): ImagedexError =>
  new ImagedexError(
    'source_unavailable',
    'standard input is not the list that this crawl began with: pipe the same again, or begin anew with --fresh',
  );

const reasonOf = (unopened: Unopened): string =>
  'failure' in unopened ? unopened.failure.reason : 'reason' in unopened ? unopened.reason : unopened.outcome;
