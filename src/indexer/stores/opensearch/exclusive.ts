// One at a time: whoever changes generations holds a mark with a heartbeat, and a dead one's mark is taken over.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImagedexError } from '../../../errors.ts';
import { asked } from '../../../opensearch/asked.ts';
import type { Cluster } from '../../../opensearch/cluster.ts';
import { errorType, faultOf, statusOf } from '../../../opensearch/faults.ts';

export interface Heartbeat {
  readonly everyMs: number;
  /** Silent for so long, by the clock of who looks on, it is dead. */
  readonly maxSilenceMs: number;
}
export const usualHeartbeat: Heartbeat = { everyMs: 3000, maxSilenceMs: 20_000 };

interface Mark {
  readonly owner: string;
  readonly host: string;
  readonly pid: number;
  readonly work: string;
  readonly beat: number;
}
interface Held {
  readonly seqNo: number;
  readonly primaryTerm: number;
}

const id = 'generations';

/** Throws where another is at it. `signal` is aborted, with the reason, when the mark is lost to somebody else. */
export async function exclusively<T>(
  cluster: Cluster,
  work: string,
  run: (signal: AbortSignal) => Promise<T>,
  heartbeat: Heartbeat = usualHeartbeat,
): Promise<T> {
  await makeIndex(cluster);
  const mark: Mark = { owner: randomUUID(), host: hostname(), pid: process.pid, work, beat: 0 };
  let held = await take(cluster, mark, heartbeat);
  const lost = new AbortController();
  let beating: Promise<void> = Promise.resolve();
  const beat = async (): Promise<void> => {
    try {
      const next = await write(cluster, { ...mark, beat: held.seqNo + 1 }, held);
      if (next !== null) held = next;
      else lost.abort(new ImagedexError('data_unavailable', `another process has taken over: ${work} stops`));
    } catch (error) {
      cluster.log.debug('the mark of who changes generations could not be renewed', { error: String(error) });
    }
  };
  const timer = setInterval(() => {
    beating = beating.then(beat);
  }, heartbeat.everyMs);
  try {
    return await run(lost.signal);
  } finally {
    clearInterval(timer);
    await beating;
    await release(cluster, held);
  }
}

const nameOf = (cluster: Cluster): string => cluster.name('marks');

async function makeIndex(cluster: Cluster): Promise<void> {
  const keyword = { type: 'keyword' } as const;
  const body = {
    settings: { number_of_shards: 1, auto_expand_replicas: `0-${cluster.settings.opensearchReplicas}` },
    mappings: {
      dynamic: 'strict' as const,
      properties: {
        owner: keyword,
        host: keyword,
        pid: { type: 'long' },
        work: keyword,
        beat: { type: 'long' },
      },
    },
  };
  const index = nameOf(cluster);
  try {
    await asked(cluster, () => cluster.client.indices.create({ index, body: body as never }));
  } catch (error) {
    if (errorType(error) !== 'resource_already_exists_exception') throw error;
  }
}

async function take(cluster: Cluster, mark: Mark, { everyMs, maxSilenceMs }: Heartbeat): Promise<Held> {
  let seen: { readonly seqNo: number; readonly at: number } | undefined;
  for (;;) {
    const found = await read(cluster);
    const taken =
      found === null
        ? await write(cluster, mark, null)
        : (seen !== undefined && performance.now() - seen.at > maxSilenceMs) || isDead(found.mark)
          ? await write(cluster, mark, found)
          : null;
    if (taken !== null) return taken;
    if (found !== null) {
      if (seen !== undefined && seen.seqNo !== found.seqNo) {
        const { work, host, pid } = found.mark;
        throw new ImagedexError(
          'data_unavailable',
          `${work} is running already, as process ${pid} on ${host}: wait until it is done, or end it`,
        );
      }
      seen ??= { seqNo: found.seqNo, at: performance.now() };
    }
    await sleep(everyMs / 3);
  }
}

/** This machine knows that there is no such process; a silent one elsewhere is waited for. */
function isDead({ host, pid }: Mark): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

async function read(cluster: Cluster): Promise<(Held & { readonly mark: Mark }) | null> {
  const { body } = await asked(cluster, () =>
    cluster.client.get({ index: nameOf(cluster), id }, { ignore: [404] }),
  );
  if (body.found !== true) return null;
  return { seqNo: body._seq_no!, primaryTerm: body._primary_term!, mark: body._source as unknown as Mark };
}

/** In place of exactly what was held, null for nothing; null where something else is there. */
async function write(cluster: Cluster, mark: Mark, held: Held | null): Promise<Held | null> {
  const condition =
    held === null
      ? ({ op_type: 'create' } as const)
      : { if_seq_no: held.seqNo, if_primary_term: held.primaryTerm };
  try {
    const { body } = await cluster.client.index({
      index: nameOf(cluster),
      id,
      ...condition,
      body: { ...mark },
    });
    return { seqNo: body._seq_no, primaryTerm: body._primary_term };
  } catch (error) {
    if (statusOf(error) === 409) return (await isOwn(cluster, mark)) ?? null;
    throw faultOf(error);
  }
}

/** The write whose answer was lost was ours after all. */
async function isOwn(cluster: Cluster, { owner, beat }: Mark): Promise<Held | null> {
  const found = await read(cluster);
  return found?.mark.owner === owner && found.mark.beat === beat ? found : null;
}

async function release(cluster: Cluster, { seqNo, primaryTerm }: Held): Promise<void> {
  await cluster.client
    .delete(
      { index: nameOf(cluster), id, if_seq_no: seqNo, if_primary_term: primaryTerm },
      { ignore: [404, 409] },
    )
    .catch((error) => cluster.log.debug('a mark stays behind', { error: String(error) }));
}
