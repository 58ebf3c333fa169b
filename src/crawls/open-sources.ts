// Opens the sources of a crawl and asks each for what it begins with.
import { mustNotBeDown } from '../collections/keep-down.ts';
import type { CrawlerSettings } from '../crawler/options.ts';
import type { Expandable, Source } from '../crawler/source.ts';
import { ImagedexError } from '../errors.ts';
import type { PageRecord, UnavailableSource } from '../ledger.ts';
import { pageId, type SourceId } from '../record.ts';
import { type Claim, isInPart } from './claim.ts';
import type { PipelineParts } from './way.ts';

interface OpenParts extends Pick<PipelineParts, 'ledger' | 'log'> {
  readonly openSource: (collection: string, id: SourceId, settings: CrawlerSettings) => Promise<Source>;
}

export type Sources = ReadonlyMap<SourceId, Source>;
export type Roots = readonly { readonly source: SourceId; readonly item: Expandable }[];

/**
 * A source that cannot be opened does not keep the others from being crawled, unless they have to be whole. Where none
 * can be opened, throws the first one's error.
 */
export async function openSources(
  parts: OpenParts,
  wanted: Claim,
  isWhole: boolean,
  signal: AbortSignal,
): Promise<{ sources: Sources; roots: Roots; unavailable: readonly UnavailableSource[] }> {
  const sources = new Map<SourceId, Source>();
  const errors = new Map<SourceId, ImagedexError>();
  try {
    // All of them, so that each that could be opened is known when one throws.
    const settled = await Promise.allSettled(
      wanted.sources.map(async (source) => {
        try {
          await mustNotBeDown(parts, source, []);
          const settings = wanted.sourceSettings[source] as unknown as CrawlerSettings;
          const opened = await parts.openSource(wanted.collection, source, settings);
          sources.set(source, opened);
          return isInPart(wanted) ? [] : await rootsOf(parts, source, opened, wanted, signal);
        } catch (error) {
          if (!(error instanceof ImagedexError) || error.code !== 'source_unavailable') throw error;
          errors.set(source, error);
          return [];
        }
      }),
    );
    const roots = settled.flatMap((one) => {
      if (one.status === 'rejected') throw one.reason;
      return one.value;
    });
    const [first] = errors.values();
    // Who is stopped while it asks learns nothing of a source.
    const mustBeAll = isWhole || signal.aborted || errors.size === wanted.sources.length;
    if (first !== undefined && mustBeAll) throw first;
    const unavailable = [...errors].map(([source, { message: reason }]) => ({ source, reason }));
    for (const { source, reason } of unavailable) {
      parts.log.warn(`${source} is left out: ${reason}`);
      await sources.get(source)?.close();
      sources.delete(source);
    }
    return { sources, roots, unavailable };
  } catch (error) {
    await closeSources(sources);
    throw error;
  }
}

export const closeSources = async (sources: Sources): Promise<void> => {
  await Promise.all([...sources.values()].map((source) => source.close()));
};

async function rootsOf(
  parts: OpenParts,
  source: SourceId,
  opened: Source,
  { collection, fresh }: Claim,
  signal: AbortSignal,
): Promise<Roots> {
  const earlierOf = async (address: string): Promise<PageRecord | undefined> => {
    const [stored] = await parts.ledger.get('page', [pageId(collection, source, address)]);
    return stored?.record.state === 'expanded' ? stored.record : undefined;
  };
  const items = await opened.start(collection, signal, fresh ? undefined : earlierOf);
  // A sitemap may lie elsewhere; without it the source is still whole.
  const pages = items.filter(({ address }) => opened.isListing?.(address) !== true);
  await mustNotBeDown(
    parts,
    source,
    pages.map(({ address }) => opened.urlOf(address)),
  );
  return items.map((item) => ({ source, item }));
}
