// DRIVER of the image index: tables, postings and full text in the process's SQLite file.
import { builtFile } from '../../entry.ts';
import type { OptionTable } from '../../options.ts';
import type { Database } from '../../sqlite/database.ts';
import type { ImageDocument, ImageIndex } from '../image-index.ts';
import { matchedLabels } from '../matched-labels.ts';
import type { module } from './sqlite/procedures.ts';

export const options = {} satisfies OptionTable;

/** Documents in one write: other processes wait for the lock that long. */
const maxBatch = 200;

export async function open(database: Database): Promise<ImageIndex> {
  const index = await database.load<typeof module>(
    builtFile(new URL('./sqlite/procedures.ts', import.meta.url)),
  );
  const document = (body: string) => JSON.parse(body) as ImageDocument;
  return {
    async put(documents) {
      for (let from = 0; from < documents.length; from += maxBatch)
        await index.put(documents.slice(from, from + maxBatch));
      return [];
    },
    async remove(images) {
      for (let from = 0; from < images.length; from += maxBatch)
        await index.remove(images.slice(from, from + maxBatch));
    },
    async forget(ids) {
      for (let from = 0; from < ids.length; from += maxBatch)
        await index.forget(ids.slice(from, from + maxBatch));
    },
    async purge() {
      for (let isFirst = true; !(await index.purge(isFirst)); isFirst = false);
    },
    async get(ids) {
      return (await index.get(ids)).map(document);
    },
    async search(query) {
      const { total, hits, hasMore } = await index.search(query);
      return {
        totalCount: { value: total, relation: 'EQ' },
        hits: hits.map(({ body, sortKey, relevance }) => {
          const found = document(body);
          return { document: found, sortKey, relevance, matchedLabels: matchedLabels(found, query) };
        }),
        hasMore,
      };
    },
    facets: ({ collection, filter, minConfidence }, limit) =>
      index.facets({ collection, filter, ...(minConfidence !== undefined && { minConfidence }) }, limit),
    // A read sees every write that was answered before it was asked.
    async refresh() {},
    // The database is its opener's to close.
    async close() {},
  };
}
