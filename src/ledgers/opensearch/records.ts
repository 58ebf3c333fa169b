// Reads documents of the ledger as they are, whatever transactions are under way.
import type { Kind } from '../../ledger.ts';
import { asked } from '../../opensearch/asked.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import type { Found, LedgerDocument } from './document.ts';
import { turnTogether } from './refresh.ts';
import type { TableName, Tables } from './tables.ts';

/** The body of a search. */
export interface Search {
  readonly query: object;
  readonly size: number;
  readonly sort?: readonly object[];
  readonly search_after?: readonly unknown[];
  readonly [more: string]: unknown;
}
export interface SearchAnswer {
  readonly found: readonly Found[];
  readonly total: number;
  readonly aggregations: unknown;
}

export interface Records {
  /** What was written last, in no order. */
  find(kind: Kind, ids: readonly string[]): Promise<Found[]>;
  /** Everything that was written before is found by the searches that follow. */
  refresh(table: TableName): Promise<void>;
  /** As of the last refresh. */
  search(kind: Kind, search: Search): Promise<SearchAnswer>;
  /** Several searches that all see the same. */
  searchStill<T>(kind: Kind, work: (search: Searching) => Promise<T>): Promise<T>;
}
export type Searching = (search: Search) => Promise<SearchAnswer>;

const maxIds = 500;
const stillFor = '1m';

export function openRecords(cluster: Cluster, tables: Tables): Records {
  const { client } = cluster;
  const refreshes = new Map<TableName, () => Promise<void>>();

  const findSome = async (kind: Kind, index: string, ids: readonly string[]): Promise<Found[]> => {
    const { body } = await asked(cluster, () => client.mget({ index, body: { ids: [...ids] } }));
    return (body.docs as unknown as readonly GotDocument[])
      .filter(({ found }) => found)
      .map((document) => foundOf(kind, document));
  };
  const refreshOnce = async (table: TableName): Promise<void> => {
    const index = await tables.ready(table);
    await asked(cluster, () => client.indices.refresh({ index }));
  };

  const searchIn = async (
    kind: Kind,
    where: { readonly index?: string },
    search: Search,
  ): Promise<SearchAnswer> => {
    const { body } = await asked(cluster, () =>
      client.search({ ...where, body: { seq_no_primary_term: true, ...search } as never }),
    );
    const hits = body.hits as unknown as Hits;
    return {
      found: hits.hits.map((hit) => foundOf(kind, hit)),
      total: hits.total?.value ?? 0,
      aggregations: body.aggregations,
    };
  };

  return {
    async find(kind, ids) {
      const wanted = [...new Set(ids)];
      if (wanted.length === 0) return [];
      const index = await tables.ready(kind);
      const found: Found[] = [];
      for (let start = 0; start < wanted.length; start += maxIds)
        found.push(...(await findSome(kind, index, wanted.slice(start, start + maxIds))));
      return found;
    },
    refresh(table) {
      const refresh = refreshes.get(table) ?? turnTogether(() => refreshOnce(table));
      refreshes.set(table, refresh);
      return refresh();
    },
    search: async (kind, search) => searchIn(kind, { index: await tables.ready(kind) }, search),
    async searchStill(kind, work) {
      const index = await tables.ready(kind);
      const { body } = await asked(cluster, () => client.createPit({ index: [index], keep_alive: stillFor }));
      const pit = { id: body.pit_id!, keep_alive: stillFor };
      try {
        return await work((search) => searchIn(kind, {}, { ...search, pit }));
      } finally {
        // It ends by itself, too.
        await client.deletePit({ body: { pit_id: [pit.id] } }).catch(() => {});
      }
    },
  };
}

interface GotDocument {
  readonly found?: boolean;
  readonly _id: string;
  readonly _seq_no: number;
  readonly _primary_term: number;
  readonly _source: LedgerDocument;
}
interface Hits {
  readonly hits: readonly GotDocument[];
  readonly total?: { readonly value: number };
}

const foundOf = (kind: Kind, { _id, _seq_no, _primary_term, _source }: GotDocument): Found => ({
  kind,
  id: _id,
  seqNo: _seq_no,
  primaryTerm: _primary_term,
  document: _source,
});
