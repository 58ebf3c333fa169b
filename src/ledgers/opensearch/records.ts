// Reads documents of the ledger as they are, whatever transactions are under way.
import type { Kind } from '../../ledger.ts';
import { asked } from '../../opensearch/asked.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import type { Found, LedgerDocument } from './document.ts';
import { turnTogether } from './refresh.ts';
import type { TableName, Tables } from './tables.ts';
import { Together } from './together.ts';

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
  find(wanted: readonly Pick<Found, 'kind' | 'id'>[]): Promise<Found[]>;
  /** Everything that was written before is found by the searches that follow. */
  refresh(table: TableName): Promise<void>;
  /** As of the last refresh. */
  search(kind: Kind, search: Search): Promise<SearchAnswer>;
  /** Everywhere, page by page, what was written just now included. */
  searchAll(query: object, pageSize: number): AsyncIterable<readonly Found[]>;
  /** Several searches that all see the same. */
  searchStill<T>(kind: Kind, work: (search: Searching) => Promise<T>): Promise<T>;
}
export type Searching = (search: Search) => Promise<SearchAnswer>;

const stillFor = '1m';
const maxIds = 500;
const maxSearches = 16;
const withPlaces = { seq_no_primary_term: true };

interface Wanted {
  readonly index: string;
  readonly id: string;
}

export function openRecords(cluster: Cluster, tables: Tables): Records {
  const { client } = cluster;
  const refreshes = new Map<TableName, () => Promise<void>>();

  const documents = new Together<Wanted, GotDocument>(async (wanted) => {
    const docs = wanted.map(({ index, id }) => ({ _index: index, _id: id }));
    const { body } = await asked(cluster, (quick) => client.mget({ body: { docs } }, quick));
    return body.docs as unknown as readonly GotDocument[];
  }, maxIds);
  const searches = new Together<readonly [index: string, search: Search], Answered>(async (wanted) => {
    const body = wanted.flatMap(([index, search]) => [{ index }, { ...withPlaces, ...search }]);
    const { body: answer } = await asked(cluster, (quick) => client.msearch({ body: body as never }, quick));
    return answer.responses as unknown as readonly Answered[];
  }, maxSearches);
  const refreshOnce = async (table: TableName): Promise<void> => {
    const index = await tables.ready(table);
    await asked(cluster, () => client.indices.refresh({ index }));
  };

  const searchAlone = async (where: { readonly index?: string }, search: Search): Promise<Answered> => {
    const body = { ...withPlaces, ...search } as never;
    return (await asked(cluster, () => client.search({ ...where, body }))).body as unknown as Answered;
  };

  return {
    async find(all) {
      // OpenSearch refuses to be asked for an empty id, which no record has.
      const named = all.filter(({ id }) => id !== '');
      const wanted = [...new Map(named.map((one) => [`${one.kind} ${one.id}`, one])).values()];
      const got = await Promise.all(
        wanted.map(async ({ kind, id }) => documents.ask({ index: await tables.ready(kind), id })),
      );
      return got.flatMap((one, place) => (one.found === true ? foundOf(wanted[place]!.kind, one) : []));
    },
    refresh(table) {
      const refresh = refreshes.get(table) ?? turnTogether(() => refreshOnce(table));
      refreshes.set(table, refresh);
      return refresh();
    },
    search: async (kind, search) => answerOf(kind, await searches.ask([await tables.ready(kind), search])),
    async *searchAll(query, size) {
      const kinds = (await tables.made()).filter((table): table is Kind => table !== 'tx');
      if (kinds.length === 0) return;
      const aliases = await Promise.all(kinds.map((kind) => tables.ready(kind)));
      const index = aliases.join(',');
      await asked(cluster, () => client.indices.refresh({ index }));
      // Several kinds may have a record of one id.
      const search = { query, size, sort: [{ id: 'asc' }, { _index: 'asc' }], track_total_hits: false };
      for (let from: readonly unknown[] | undefined; ; ) {
        const after = from === undefined ? {} : { search_after: from };
        const { hits } = (await searchAlone({ index }, { ...search, ...after })).hits;
        yield hits.map((hit) =>
          foundOf(kinds[aliases.findIndex((alias) => hit._index.startsWith(`${alias}-`))]!, hit),
        );
        if (hits.length < size) return;
        from = hits.at(-1)!.sort;
      }
    },
    async searchStill(kind, work) {
      const index = await tables.ready(kind);
      const { body } = await asked(cluster, () => client.createPit({ index: [index], keep_alive: stillFor }));
      const pit = { id: body.pit_id!, keep_alive: stillFor };
      try {
        return await work(async (search) => answerOf(kind, await searchAlone({}, { ...search, pit })));
      } finally {
        // It ends by itself, too.
        await client.deletePit({ body: { pit_id: [pit.id] } }).catch(() => {});
      }
    },
  };
}

interface GotDocument {
  readonly found?: boolean;
  readonly _index: string;
  readonly _id: string;
  readonly _seq_no: number;
  readonly _primary_term: number;
  readonly _source: LedgerDocument;
  readonly sort?: readonly unknown[];
}
interface Answered {
  readonly hits: {
    readonly hits: readonly GotDocument[];
    readonly total?: { readonly value: number };
  };
  readonly aggregations?: unknown;
}

const answerOf = (kind: Kind, { hits, aggregations }: Answered): SearchAnswer => ({
  found: hits.hits.map((hit) => foundOf(kind, hit)),
  total: hits.total?.value ?? 0,
  aggregations,
});

const foundOf = (kind: Kind, { _id, _seq_no, _primary_term, _source }: GotDocument): Found => ({
  kind,
  id: _id,
  seqNo: _seq_no,
  primaryTerm: _primary_term,
  document: _source,
});
