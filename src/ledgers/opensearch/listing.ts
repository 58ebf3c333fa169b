// Lists and counts of records. Each begins with a refresh, and looks again at every record with which something is under way.
import type { Kind, Stored, Where } from '../../ledger.ts';
import { fits, queryOf } from './conditions.ts';
import { type Found, storedOf } from './document.ts';
import { hasIntent, type Intents } from './intents.ts';
import type { Records } from './records.ts';

export interface ListParts {
  readonly records: Records;
  readonly intents: Intents;
}

/** OpenSearch gives no more at once. */
const maxFound = 10_000;

export async function listRecords<K extends Kind>(
  { records, intents }: ListParts,
  kind: K,
  where: Where,
  limit: number,
  after: string | undefined,
): Promise<Stored<K>[]> {
  const query = queryOf(kind, where);
  await records.refresh(kind);
  const listed: Stored<K>[] = [];
  for (let from = after; ; ) {
    const size = limit - listed.length;
    const { found } = await records.search(kind, {
      query,
      size,
      sort: [{ id: 'asc' }],
      track_total_hits: false,
      ...(from === undefined ? {} : { search_after: [from] }),
    });
    from = found.at(-1)?.id;
    listed.push(...(await fitting<K>(intents, kind, where, found)));
    if (found.length < size || listed.length === limit) return listed;
  }
}

/** Those that fit indeed, in the order of their ids. */
async function fitting<K extends Kind>(
  intents: Intents,
  kind: K,
  where: Where,
  found: readonly Found[],
): Promise<Stored<K>[]> {
  if (!found.some(hasIntent)) return found.flatMap((one) => storedOf<K>(one) ?? []);
  const places = new Map(found.map(({ id }, place) => [id, place]));
  const stored = (await intents.seen(found)).flatMap((one) => storedOf<K>(one) ?? []);
  return stored
    .filter(({ record }) => fits(kind, where, record))
    .sort((a, b) => places.get(a.id)! - places.get(b.id)!);
}

export async function newestAppearances(
  { records, intents }: ListParts,
  locationId: string,
  limit: number,
): Promise<Stored<'appearance'>[]> {
  const where = { locationId };
  await records.refresh('appearance');
  for (let size = limit; ; ) {
    const { found } = await records.search('appearance', {
      query: queryOf('appearance', where),
      size,
      // Where something is under way, it may be any day of these.
      sort: [{ 'intent.tx': { order: 'asc', missing: '_last' } }, { seenAt: 'desc' }, { id: 'desc' }],
      track_total_hits: false,
    });
    const open = found.filter(hasIntent).length;
    if (found.length < size || found.length - open >= limit || size === maxFound) {
      const listed = await fitting<'appearance'>(intents, 'appearance', where, found);
      return listed.sort(byDay).slice(0, limit);
    }
    size = Math.min(limit + open, maxFound);
  }
}

function byDay(a: Stored<'appearance'>, b: Stored<'appearance'>): number {
  const [older, newer] = [a.record.seenAt, b.record.seenAt];
  if (older !== newer) return older < newer ? 1 : -1;
  return a.id < b.id ? 1 : -1;
}
