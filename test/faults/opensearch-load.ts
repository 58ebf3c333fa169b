// Documents in several revisions, some of them unfit, written by several callers at once; and what the index has of them.
import type { BulkOperation, BulkOutcome } from '../../src/opensearch/bulk-operation.ts';
import type { BulkWriter } from '../../src/opensearch/bulk-writer.ts';
import type { Cluster } from '../../src/opensearch/cluster.ts';

/** What was asked for, and what was told of it. */
export interface Load {
  /** The newest revision of each fit document that was told to be written, or to be there in a newer one. */
  readonly newest: ReadonlyMap<string, number>;
  readonly unfit: ReadonlySet<string>;
  readonly rejected: ReadonlyMap<string, string>;
  /** Operations, and how many of them each outcome had. */
  readonly operations: number;
  readonly outcomes: Readonly<Record<BulkOutcome['state'], number>>;
}

export async function makeIndex({ client }: Cluster, index: string, replicas = 0): Promise<void> {
  await client.indices.create({
    index,
    body: {
      settings: { number_of_shards: 2, number_of_replicas: replicas },
      mappings: {
        dynamic: 'strict',
        properties: {
          name: { type: 'keyword' },
          revision: { type: 'long' },
          text: { type: 'object', enabled: false },
        },
      },
    },
  });
}

/** Every tenth document has a text where a number belongs. */
const isUnfit = (at: number) => at % 10 === 7;

function operation(index: string, at: number, revision: number): BulkOperation {
  const id = `d${at}`;
  const body = {
    name: id,
    revision: isUnfit(at) ? 'none' : revision,
    text: { of: 'x'.repeat((at * 37) % 900) },
  };
  return { action: 'index', index, id, version: revision, body };
}

/** `step` is called after each answer, with the part that is done. */
export async function writeLoad(
  writer: BulkWriter,
  index: string,
  step: (part: number) => Promise<void> | void = () => {},
  documents = 400,
): Promise<Load> {
  const revisions = 4;
  const size = 50;
  const newest = new Map<string, number>();
  const unfit = new Set<string>();
  const rejected = new Map<string, string>();
  const outcomes = { written: 0, conflict: 0, rejected: 0 };
  const total = documents * revisions;
  let done = 0;
  const tell = ({ id, version }: BulkOperation, outcome: BulkOutcome): void => {
    outcomes[outcome.state]++;
    done++;
    if (isUnfit(Number(id.slice(1)))) unfit.add(id);
    if (outcome.state === 'rejected') rejected.set(id, outcome.reason);
    else newest.set(id, Math.max(version!, newest.get(id) ?? 0));
  };
  // Each caller has one revision of all documents: late ones come after newer ones.
  const caller = async (revision: number): Promise<void> => {
    for (let from = 0; from < documents; from += size) {
      const some = Array.from({ length: size }, (_, n) => operation(index, from + n, revision));
      const told = await writer.write(some);
      for (const [place, one] of some.entries()) tell(one, told[place]!);
      await step(done / total);
    }
  };
  await Promise.all(Array.from({ length: revisions }, (_, at) => caller(revisions - at)));
  return { newest, unfit, rejected, operations: total, outcomes };
}

export interface Account {
  readonly documents: number;
  readonly missing: number;
  readonly doubled: number;
  /** With an older revision than the newest. */
  readonly stale: number;
  /** There, though nobody was told so. */
  readonly unasked: number;
  readonly rejectedWithReason: number;
}

export async function accountOf({ client }: Cluster, index: string, load: Load): Promise<Account> {
  await client.indices.refresh({ index });
  const { body } = await client.search({
    index,
    body: { size: 10_000, query: { match_all: {} }, version: true, _source: ['name', 'revision'] },
  });
  const found = body.hits.hits as readonly {
    _id: string;
    _version?: number;
    _source?: Record<string, unknown>;
  }[];
  const revisions = new Map(
    found.map(({ _id, _version, _source }) => [_id, [_version, _source?.['revision']]]),
  );
  const isStale = ([id, revision]: readonly [string, number]) =>
    revisions.get(id)?.some((kept) => kept !== revision) === true;
  return {
    documents: found.length,
    missing: [...load.newest.keys()].filter((id) => !revisions.has(id)).length,
    doubled: found.length - revisions.size,
    stale: [...load.newest].filter(isStale).length,
    unasked: [...revisions.keys()].filter((id) => !load.newest.has(id)).length,
    rejectedWithReason: [...load.rejected].filter(
      ([id, reason]) => load.unfit.has(id) && reason.includes('failed to parse field [revision]'),
    ).length,
  };
}

/** What the account of `writeLoad` must be. */
export const nothingLost = (documents = 400): Account => ({
  documents: documents * 0.9,
  missing: 0,
  doubled: 0,
  stale: 0,
  unasked: 0,
  rejectedWithReason: documents * 0.1,
});
