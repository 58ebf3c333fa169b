// The records of transactions: each is committed or aborted by whoever makes its record first, and never changes again.
import { asked } from '../../opensearch/asked.ts';
import type { BulkWriter } from '../../opensearch/bulk-writer.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import type { Found } from './document.ts';
import type { Tables } from './tables.ts';

/** A record of a transaction: where its intent lies, and as what. An intent that is not listed counts for nothing. */
export type Member = Pick<Found, 'kind' | 'id' | 'seqNo' | 'primaryTerm'>;

export type Decision =
  | { readonly state: 'committed'; readonly members: readonly Member[] }
  | { readonly state: 'aborted' };

export interface Decisions {
  /** Of those that are decided, and whose records have not been removed. */
  find(ids: readonly string[]): Promise<Map<string, Decision>>;
  /** False where it was decided already; `isRepeated`: perhaps by this very call. */
  make(id: string, decision: Decision): Promise<{ readonly isMade: boolean; readonly isRepeated: boolean }>;
  /** When nothing refers to it any more; nobody needs to wait for it. */
  remove(id: string): void;
  /** Some of those that were decided before a moment, in milliseconds. */
  before(at: number): Promise<string[]>;
  /** When all removals are through. */
  close(): Promise<void>;
}

interface DecisionDocument {
  readonly id: string;
  readonly state: Decision['state'];
  readonly decidedAt: number;
  /** The members, as JSON. */
  readonly body?: string;
}

const maxRemovals = 100;
const removeAfterMs = 500;

export async function openDecisions(
  cluster: Cluster,
  tables: Tables,
  writer: BulkWriter,
): Promise<Decisions> {
  const { client } = cluster;
  const index = await tables.ready('tx');
  let removable: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  const removals = new Set<Promise<void>>();

  const removeNow = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const ids = removable;
    removable = [];
    if (ids.length === 0) return;
    const deletions = ids.map((id) => ({ action: 'delete', index, requireAlias: true, id }) as const);
    // What stays is removed after a day.
    const removal: Promise<void> = writer.write(deletions).then(
      () => {},
      () => {},
    );
    removals.add(removal);
    void removal.then(() => removals.delete(removal));
  };

  return {
    async find(ids) {
      if (ids.length === 0) return new Map();
      const { body } = await asked(cluster, (quick) =>
        client.mget({ index, body: { ids: [...ids] } }, quick),
      );
      const found = (
        body.docs as unknown as readonly { found?: boolean; _id: string; _source: DecisionDocument }[]
      ).filter((one) => one.found);
      return new Map(found.map(({ _id, _source }) => [_id, decisionOf(_source)]));
    },
    async make(id, decision) {
      const body: DecisionDocument = {
        id,
        state: decision.state,
        decidedAt: Date.now(),
        ...(decision.state === 'committed' ? { body: JSON.stringify(decision.members) } : {}),
      };
      const [outcome] = await writer.write([{ action: 'create', index, requireAlias: true, id, body }]);
      if (outcome!.state === 'rejected')
        throw new Error(`ledger: OpenSearch does not take a transaction: ${outcome!.reason}`);
      return { isMade: outcome!.state === 'written', isRepeated: outcome!.isRepeated };
    },
    remove(id) {
      removable.push(id);
      if (removable.length >= maxRemovals) removeNow();
      else timer ??= setTimeout(removeNow, removeAfterMs).unref();
    },
    async before(at) {
      await asked(cluster, () => client.indices.refresh({ index }));
      const search = { size: 1000, query: { range: { decidedAt: { lt: at } } }, _source: false };
      const { body } = await asked(cluster, () => client.search({ index, body: search as never }));
      return body.hits.hits.map(({ _id }) => _id!);
    },
    async close() {
      removeNow();
      await Promise.all(removals);
    },
  };
}

const decisionOf = ({ state, body }: DecisionDocument): Decision =>
  state === 'aborted' ? { state } : { state, members: JSON.parse(body!) as Member[] };
