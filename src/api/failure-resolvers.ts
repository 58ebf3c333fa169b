// Failure, and the failures of a collection: filtered, ordered, counted.
import {
  countFailures,
  type FailureOrder,
  type FailurePlace,
  type FailureWhere,
  isDue,
  pageOfFailures,
  placeOf,
} from '../crawls/failure-list.ts';
import { type FailureCode, failureCodes, type Stage } from '../errors.ts';
import type { FailureFilter, FailureRecord, Stored } from '../ledger.ts';
import { badInput, within } from './api-errors.ts';
import { knownCollection, sourceOf } from './collections.ts';
import type { ApiContext } from './context.ts';
import { enumOf } from './crawl-resolvers.ts';
import { bareId, nodeId } from './node-id.ts';

/** As the schema has it: `SERVER_ERROR`. */
export interface FailureFilterInput {
  readonly code?: string | null;
  readonly stage?: string | null;
  readonly subject?: string | null;
  readonly host?: string | null;
  readonly source?: { readonly kind: string; readonly address: string } | null;
}

export function failureFilterOf(input: FailureFilterInput | null | undefined): FailureFilter {
  const { code, stage, subject, host, source } = input ?? {};
  return {
    ...(code && { code: code.toLowerCase() as FailureCode }),
    ...(stage && { stage: stage.toLowerCase() as Stage }),
    ...(subject && { subject: subject.toLowerCase() as FailureRecord['subject'] }),
    ...(host && { host: host.toLowerCase() }),
    ...(source && { source: `${source.kind}:${source.address}` }),
  };
}

const orders: Readonly<Record<string, FailureOrder>> = { NEWEST: 'newest', OLDEST: 'oldest' };

/** By id a failure stands where it stands; by time the cursor says what it is ordered by, too. */
const cursorOf = (order: FailureOrder, { at, id }: FailurePlace): string =>
  Buffer.from(order === 'stored' ? `failure1:${id}` : `failure2:${order}:${id}:${at}`).toString('base64url');

function placeAfter(cursor: string, order: FailureOrder): FailurePlace {
  const text = Buffer.from(cursor, 'base64url').toString();
  const stored = /^failure1:([^:]+)$/.exec(text);
  if (stored !== null && order === 'stored') return { id: stored[1]!, at: '' };
  const timed = /^failure2:(\w+):([^:]+):(.+)$/.exec(text);
  if (timed !== null && timed[1] === order) return { id: timed[2]!, at: timed[3]! };
  const isOther = stored !== null || timed !== null;
  throw badInput(
    isOther ? 'after is a cursor of failures in another order.' : 'after is not a cursor of failures.',
  );
}

interface FailureArgs {
  readonly collection: string;
  readonly crawlId?: string | null;
  readonly filter?: FailureFilterInput | null;
  readonly orderBy?: string | null;
  readonly first: number;
  readonly after?: string | null;
}

export async function listFailures(_: unknown, args: FailureArgs, { parts }: ApiContext) {
  const first = within('first', args.first, 1, 100);
  const collection = await knownCollection(parts, args.collection);
  const where: FailureWhere = {
    collection,
    ...failureFilterOf(args.filter),
    ...(args.crawlId ? { crawlId: bareId('crawl', args.crawlId) } : {}),
  };
  const order = orders[args.orderBy ?? ''] ?? 'stored';
  const after = args.after ? placeAfter(args.after, order) : undefined;
  const [{ failures, hasMore }, counts] = await Promise.all([
    pageOfFailures(parts.ledger, where, order, first, after),
    countFailures(parts.ledger, where),
  ]);
  const edges = failures.map((node) => ({ cursor: cursorOf(order, placeOf(node)), node }));
  return {
    edges,
    nodes: failures,
    pageInfo: {
      hasNextPage: hasMore,
      hasPreviousPage: after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: { value: counts.reduce((sum, { count }) => sum + count, 0), relation: 'EQ' },
    codes: counts.map(({ code, count }) => ({ code: enumOf(code, failureCodes), count })),
  };
}

type FailureNode = Stored<'failure'>;
const field =
  <F extends keyof FailureRecord>(name: F) =>
  ({ record }: FailureNode): FailureRecord[F] =>
    record[name];

export const failureResolvers = {
  Failure: {
    subject: ({ record }: FailureNode) => record.subject.toUpperCase(),
    url: field('url'),
    source: ({ record }: FailureNode) => sourceOf(record.source),
    stage: ({ record }: FailureNode) => record.stage.toUpperCase(),
    code: ({ record }: FailureNode) => enumOf(record.code, failureCodes),
    reason: field('reason'),
    attempts: field('attempts'),
    failedAt: field('at'),
    notBefore: ({ record }: FailureNode) => (isDue(record) ? null : record.notBefore),
    crawlId: ({ record }: FailureNode) => nodeId('crawl', record.crawlId),
  },
};
