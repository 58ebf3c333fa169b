// When crawls of collections start: one schedule a collection, set, listed and removed.
import type { CollectionConfig } from '../collections/collection-config.ts';
import { ImagedexError } from '../errors.ts';
import { changePlanned, type Ledger, listAll, type ScheduleRecord } from '../ledger.ts';
import { suggest } from '../suggest.ts';
import { machineTimeZone, timeZoneNamed } from '../time-zone.ts';
import { checkCron, type Timing } from './cron.ts';

export { nextTimes } from './cron.ts';
export { inWords } from './schedule-words.ts';

export interface ScheduleParts {
  readonly ledger: Ledger;
  /** What the configuration says of collections now. */
  readonly collections: () => Promise<ReadonlyMap<string, CollectionConfig>>;
  readonly now?: () => Date;
}

export interface WantedSchedule {
  readonly collection: string;
  readonly cron: string;
  /** Without one the machine's own. */
  readonly timeZone?: string;
}

export interface Schedules {
  /** By the names of their collections. */
  list(): Promise<ScheduleRecord[]>;
  /** Throws `not_found` where the collection has none. */
  get(collection: string): Promise<ScheduleRecord>;
  /** In place of the one that the collection has. Throws `usage` and, for a collection without sources, `not_found`. */
  set(
    wanted: WantedSchedule,
  ): Promise<{ readonly record: ScheduleRecord; readonly replaced: ScheduleRecord | null }>;
  /** Returns the one that was there. Throws `not_found` where there was none. */
  remove(collection: string): Promise<ScheduleRecord>;
}

export function openSchedules({ ledger, collections, now = () => new Date() }: ScheduleParts): Schedules {
  const list = async (): Promise<ScheduleRecord[]> => {
    const records: ScheduleRecord[] = [];
    for await (const { record } of listAll(ledger, 'schedule', {})) records.push(record);
    return records.sort((a, b) => (a.collection < b.collection ? -1 : 1));
  };
  const lacking = async (collection: string): Promise<ImagedexError> => {
    const names = (await list()).map((record) => record.collection);
    return new ImagedexError(
      'not_found',
      `there is no schedule of ${collection}${others(collection, names)}`,
    );
  };
  return {
    list,
    async get(collection) {
      const [stored] = await ledger.get('schedule', [collection]);
      if (stored === undefined) throw await lacking(collection);
      return stored.record;
    },
    async set({ collection, cron, timeZone }) {
      const at = now();
      const timing = readTiming(cron, timeZone, at);
      await mustHaveSources(ledger, await collections(), collection);
      const since = at.toISOString();
      let replaced: ScheduleRecord | null = null;
      const record = { collection, ...timing, createdAt: since, handledAt: since, last: null };
      await changePlanned(ledger, async () => {
        const [stored] = await ledger.get('schedule', [collection]);
        replaced = stored?.record ?? null;
        return [{ kind: 'schedule', id: collection, expect: stored?.version ?? 0, record }];
      });
      return { record, replaced };
    },
    async remove(collection) {
      let removed: ScheduleRecord | undefined;
      await changePlanned(ledger, async () => {
        const [stored] = await ledger.get('schedule', [collection]);
        removed = stored?.record;
        if (stored === undefined) return [];
        return [{ kind: 'schedule', id: collection, expect: stored.version, record: null }];
      });
      if (removed === undefined) throw await lacking(collection);
      return removed;
    },
  };
}

/** What was typed, as it is kept. Throws `usage` where it is no expression, never comes due, or names no time zone. */
export function readTiming(cron: string, timeZone: string | undefined, from: Date): Timing {
  const zone = timeZone === undefined ? machineTimeZone() : timeZoneNamed(timeZone);
  const timing = { cron: cron.trim().replace(/\s+/g, ' '), timeZone: zone };
  checkCron(timing, from);
  return timing;
}

/** Throws `not_found` for a collection whose sources nobody knows. */
async function mustHaveSources(
  ledger: Ledger,
  configured: ReadonlyMap<string, CollectionConfig>,
  collection: string,
): Promise<void> {
  if ((configured.get(collection)?.sources ?? []).length > 0) return;
  const names = [...configured.values()].filter(({ sources }) => sources.length > 0).map(({ name }) => name);
  for await (const { record } of listAll(ledger, 'collection', {})) {
    if (record.sources.length === 0) continue;
    if (record.name === collection) return;
    names.push(record.name);
  }
  throw new ImagedexError(
    'not_found',
    `collection ${collection} has no sources: name them in the configuration, or crawl them once with crawl SOURCE${others(collection, [...new Set(names)].sort())}`,
  );
}

/** `; did you mean photos?`, or which there are. */
function others(typed: string, names: readonly string[]): string {
  const near = suggest(typed, names);
  if (near !== undefined) return `; did you mean ${near}?`;
  return names.length === 0 ? '' : `; there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`;
}
