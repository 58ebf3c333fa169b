// What one request carries: the parts, what it may see, and loaders that turn many reads of one kind into one.
import DataLoader from 'dataloader';
import { type CrawlReport, crawlReport } from '../crawl-report.ts';
import type { ImageDocument } from '../indexer/image-index.ts';
import type { CrawlRecord } from '../ledger.ts';
import type { Access } from './access.ts';
import type { ApiParts } from './api-parts.ts';
import { seenBy } from './embedded-view.ts';

export interface ApiContext {
  readonly parts: ApiParts;
  readonly access: Access;
  readonly images: DataLoader<string, ImageDocument | null>;
  readonly crawls: DataLoader<string, CrawlNode | null>;
  readonly crawlReports: DataLoader<string, CrawlReport | null>;
  /** Names of labels that no taxonomy knows, as images that were read in this request have them. */
  readonly labelNames: Map<string, string>;
}

export interface CrawlNode {
  readonly crawlId: string;
  readonly record: CrawlRecord;
}

export function openContext(parts: ApiParts, access: Access): ApiContext {
  return {
    parts,
    access,
    images: new DataLoader(async (ids) => {
      const found = (await parts.index.get(ids)).flatMap((image) => seenBy(access, image) ?? []);
      return inOrder(ids, found, (image) => image.id);
    }),
    crawls: new DataLoader(async (ids) =>
      inOrder(
        ids,
        (await parts.ledger.get('crawl', ids)).map(({ id, record }) => ({ crawlId: id, record })),
        (crawl) => crawl.crawlId,
      ),
    ),
    crawlReports: new DataLoader((ids) => Promise.all(ids.map((id) => crawlReport(parts.ledger, id)))),
    labelNames: new Map(),
  };
}

function inOrder<T>(ids: readonly string[], found: readonly T[], idOf: (one: T) => string): (T | null)[] {
  const byId = new Map(found.map((one) => [idOf(one), one]));
  return ids.map((id) => byId.get(id) ?? null);
}
