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
      const found = new Map((await parts.index.get(ids)).map((image) => [image.id, image]));
      const standIns = await standInsOf(
        parts,
        ids.filter((id) => !found.has(id)),
      );
      return ids.map((id) => {
        const image = found.get(id) ?? standIns.get(id);
        return image === undefined ? null : seenBy(access, image);
      });
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

/** For images that are folded the ones that stand for them. */
async function standInsOf(
  { ledger, index }: ApiParts,
  ids: readonly string[],
): Promise<Map<string, ImageDocument>> {
  const records = ids.length === 0 ? [] : await ledger.get('image', ids);
  const into = new Map(
    records.flatMap(({ id, record }) => (record.foldedInto ? [[id, record.foldedInto] as const] : [])),
  );
  const standing = into.size === 0 ? [] : await index.get([...new Set(into.values())]);
  return new Map(
    [...into].flatMap(([id, other]) => {
      const image = standing.find((one) => one.id === other);
      return image === undefined ? [] : [[id, image] as const];
    }),
  );
}

function inOrder<T>(ids: readonly string[], found: readonly T[], idOf: (one: T) => string): (T | null)[] {
  const byId = new Map(found.map((one) => [idOf(one), one]));
  return ids.map((id) => byId.get(id) ?? null);
}
