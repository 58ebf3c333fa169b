// One read of OpenSearch, repeated for a few seconds while the cluster is away, full or too busy.
import { setTimeout as sleep } from 'node:timers/promises';
import { TemporaryError } from '../errors.ts';
import { fullJitterMs } from '../full-jitter.ts';
import type { Log } from '../log.ts';
import { answerFault, faultOf, isTemporary } from './faults.ts';

const readPatienceMs = 5000;
/** Of one try, where somebody waits: a node that hangs takes the request and never answers. */
const tryMs = 10_000;
const leastTryMs = 1000;
const delays = { baseMs: 50, maxMs: 1000 };

/**
 * What `work` answers, with a body that is complete: no timeout, no failed shard, no document that could not be looked up.
 * `work` may run several times; what takes no long work to answer it sends with `quick`. Throws what `faultOf` makes of an
 * error: a TemporaryError when the patience is over.
 */
export async function asked<A extends { readonly body: unknown }>(
  { log }: { readonly log: Log },
  work: (quick: { readonly requestTimeout: number }) => PromiseLike<A>,
  patienceMs = readPatienceMs,
): Promise<A> {
  const began = performance.now();
  let failedAt: number | undefined;
  for (let failures = 1; ; failures++) {
    const leftMs = failedAt === undefined ? tryMs : failedAt + patienceMs - performance.now();
    const requestTimeout = Math.ceil(Math.min(tryMs, Math.max(leastTryMs, leftMs)));
    try {
      const answer = await work({ requestTimeout });
      mustBeComplete(answer.body);
      return answer;
    } catch (error) {
      const fault = faultOf(error);
      // From here on, so that another node is asked after one that took long to fail.
      failedAt ??= performance.now();
      const waitMs = fullJitterMs(failures, delays);
      // What took longer than a quick try and all patience is not begun again.
      const endMs = Math.min(failedAt, began + tryMs) + patienceMs;
      if (!isTemporary(error) || performance.now() + waitMs > endMs) throw fault;
      log.debug('asks OpenSearch again', { reason: (fault as Error).message });
      await sleep(waitMs);
    }
  }
}

interface Part {
  readonly timed_out?: boolean;
  readonly _shards?: {
    readonly failed?: number;
    readonly failures?: readonly { readonly reason?: unknown }[];
  };
  readonly status?: number;
  readonly error?: unknown;
}

/** A 200 may still lack what some shards hold. */
function mustBeComplete(body: unknown): void {
  if (typeof body === 'string' && body !== '')
    throw new TemporaryError(
      'data_unavailable',
      `expected JSON from OpenSearch, but got ${JSON.stringify(body.slice(0, 60))}: see whether opensearchUrls names OpenSearch itself`,
    );
  if (typeof body !== 'object' || body === null) return;
  const { responses, docs } = body as { readonly responses?: unknown; readonly docs?: unknown };
  const parts = [responses, docs].flatMap((list) => (Array.isArray(list) ? (list as Part[]) : []));
  for (const part of [body as Part, ...parts]) mustHaveAll(part, part !== body);
}

function mustHaveAll(part: Part, isPart: boolean): void {
  const { timed_out, _shards, status, error } = part;
  if (isPart && error !== undefined)
    throw status === undefined ? faultOfPart(error) : answerFault(status, part);
  if (timed_out === true) throw new TemporaryError('data_unavailable', 'OpenSearch did not search in time');
  if ((_shards?.failed ?? 0) === 0) return;
  throw faultOfPart(_shards?.failures?.[0]?.reason ?? 'a shard failed');
}

const lastingStatuses: Readonly<Record<string, number>> = {
  index_not_found_exception: 404,
  security_exception: 403,
  illegal_argument_exception: 400,
};

/** A document that could not be looked up has no status, and a shard has none: it is away, if its error is no other. */
function faultOfPart(error: unknown): Error {
  const { type = '' } = error as { readonly type?: string };
  return answerFault(lastingStatuses[type] ?? 503, { error });
}
