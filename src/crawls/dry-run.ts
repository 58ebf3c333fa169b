// What a crawl would fetch: its pages and listings are looked into, no image is asked for, and nothing is written.
import { areBlocked } from '../collections/blocks.ts';
import { isLeftOut } from '../crawler/page-skip.ts';
import type { Expandable, Expansion, ImageSighting, Source } from '../crawler/source.ts';
import type { FailureCode, SkipCode } from '../errors.ts';
import type { LocationRecord } from '../ledger.ts';
import type { SourceId, Validators } from '../record.ts';
import type { CrawlParts, CrawlRequest } from './crawls.ts';

/** `new`: would be fetched. `known`: would be asked whether it has changed. `unchanged`: its listing says so already. */
export type Verdict = 'new' | 'known' | 'unchanged' | 'excluded';
export type Cap = 'maxPages' | 'maxDepth' | 'maxImages';

export type Preview = { readonly source: SourceId } & (
  | { readonly type: 'image'; readonly url: string; readonly verdict: Verdict }
  | { readonly type: 'page'; readonly url: string }
  | {
      readonly type: 'problem';
      readonly url: string;
      readonly code: SkipCode | FailureCode;
      readonly reason: string;
    }
  /** Here a cap would keep the crawl from going on. Once a source and cap. */
  | { readonly type: 'cap'; readonly cap: Cap }
);

export type DryRunParts = Pick<CrawlParts, 'ledger' | 'settingsOf' | 'openSource'>;
type Request = Pick<CrawlRequest, 'collection' | 'sources' | 'maxImages' | 'fresh'>;

/** Source after source, the first links first; each image once. Throws `source_unavailable` as a crawl does. */
export async function* dryRun(
  parts: DryRunParts,
  request: Request,
  signal: AbortSignal,
): AsyncGenerator<Preview> {
  let images = 0;
  for (const id of request.sources) {
    const caps = new Set<Cap>();
    for await (const preview of sourcePreviews(parts, request, id, signal)) {
      const { type } = preview;
      const isFull = type === 'image' && images === request.maxImages;
      const shown: Preview = isFull ? { type: 'cap', source: id, cap: 'maxImages' } : preview;
      if (shown.type === 'cap' && caps.size === caps.add(shown.cap).size) continue;
      if (shown.type === 'image') images++;
      yield shown;
    }
  }
}

async function* sourcePreviews(
  parts: DryRunParts,
  request: Request,
  id: SourceId,
  signal: AbortSignal,
): AsyncGenerator<Preview> {
  const settings = await parts.settingsOf(request.collection, id);
  const source = await parts.openSource(request.collection, id, settings);
  try {
    const seen = new Set<string>();
    for await (const { item, expansion } of expansions(source, settings, request.collection, signal)) {
      const url = source.urlOf(item.address);
      if (expansion === 'cap')
        yield { type: 'cap', source: id, cap: item.depth > settings.maxDepth ? 'maxDepth' : 'maxPages' };
      else if (expansion.outcome !== 'expanded') yield { source: id, url, ...problemOf(expansion) };
      else {
        const isPage = expansion.page !== null && source.isListing?.(item.address) !== true;
        if (isPage) yield { type: 'page', source: id, url };
        const shown = await notTakenDown(parts, expansion.images);
        const images = shown.filter(({ location }) => seen.size < seen.add(location.id).size);
        for (const { code, reason } of expansion.problems ?? [])
          yield { type: 'problem', source: id, url, code, reason };
        for (const [image, verdict] of await verdicts(parts, source, request, images)) {
          yield { type: 'image', source: id, url: image.location.url, verdict };
        }
      }
    }
  } finally {
    await source.close();
  }
}

interface Limits {
  readonly maxPages: number;
  readonly maxDepth: number;
}

/** Every page and listing once, breadth first; `cap` for what the limits keep a crawl from. */
async function* expansions(
  source: Source,
  { maxPages, maxDepth }: Limits,
  collection: string,
  signal: AbortSignal,
): AsyncGenerator<{ readonly item: Expandable; readonly expansion: Expansion | 'cap' }> {
  // Caps are for pages: a listing names all there is.
  const isCapped = source.unseen === 'unlinked';
  const waiting = [...(await source.start(collection, signal))];
  const known = new Set(waiting.map(({ address }) => address));
  let pages = 0;
  for (const item of waiting) {
    const isPage = source.isListing?.(item.address) !== true;
    if (isCapped && isPage && (item.depth > maxDepth || pages === maxPages)) {
      yield { item, expansion: 'cap' };
      continue;
    }
    if (isPage) pages++;
    const expansion = await source.expand(item, collection, undefined, signal);
    signal.throwIfAborted();
    yield { item, expansion };
    if (expansion.outcome !== 'expanded') continue;
    for (const one of expansion.further) {
      const isWanted = source.leavesOut?.(one) !== true;
      if (isWanted && known.size < known.add(one.address).size) waiting.push(one);
    }
  }
}

function problemOf(expansion: Exclude<Expansion, { outcome: 'expanded' }>) {
  if (expansion.outcome === 'unchanged')
    throw new Error('dry run: unchanged, though no validators were given');
  const { code, reason } = expansion.outcome === 'skipped' ? expansion : expansion.failure;
  return { type: 'problem', code, reason } as const;
}

async function notTakenDown(
  { ledger }: DryRunParts,
  images: readonly ImageSighting[],
): Promise<readonly ImageSighting[]> {
  const areDown = await areBlocked(
    ledger,
    images.map(({ location }) => location),
  );
  return images.filter((_, index) => !areDown[index]);
}

async function verdicts(
  { ledger }: DryRunParts,
  source: Source,
  { fresh }: Request,
  images: readonly ImageSighting[],
): Promise<(readonly [ImageSighting, Verdict])[]> {
  const stored = await ledger.get(
    'location',
    images.map(({ location }) => location.id),
  );
  const known = new Map(stored.map(({ id, record }) => [id, record]));
  return images.map((image) => {
    const { location } = image;
    const record = known.get(location.id);
    if (source.refusal?.(location) !== undefined || isLeftOut(image, record)) return [image, 'excluded'];
    if (fresh || record?.state !== 'indexed') return [image, 'new'];
    return [image, isListedAs(location.listed, record) ? 'unchanged' : 'known'];
  });
}

const isListedAs = (listed: Validators | undefined, { validators }: LocationRecord): boolean =>
  listed?.etag !== undefined && listed.etag === validators.etag && listed.sizeBytes === validators.sizeBytes;
