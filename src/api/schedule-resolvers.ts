// Schedule, and what came of the times that it was due.
import type { ScheduleRecord } from '../ledger.ts';
import { inWords, nextTimes } from '../schedules/schedules.ts';
import { within } from './api-errors.ts';
import type { ApiContext } from './context.ts';

type Run = NonNullable<ScheduleRecord['last']>;

/** null where the collection has none. */
export async function scheduleOf(
  _: unknown,
  { collection }: { collection: string },
  { parts }: ApiContext,
): Promise<ScheduleRecord | null> {
  const [stored] = await parts.ledger.get('schedule', [collection]);
  return stored?.record ?? null;
}

export const listSchedules = (_: unknown, __: unknown, { parts }: ApiContext): Promise<ScheduleRecord[]> =>
  parts.actions.schedules.list();

export const scheduleResolvers = {
  Schedule: {
    inWords: (schedule: ScheduleRecord) => inWords(schedule),
    nextTimes: (schedule: ScheduleRecord, { first }: { first: number }) =>
      nextTimes(schedule, new Date(), within('first', first, 1, 100)).map((time) => time.toISOString()),
  },
  ScheduledRun: {
    outcome: ({ outcome }: Run) => outcome.toUpperCase(),
    crawl: ({ crawlId }: Run, _: unknown, { crawls }: ApiContext) =>
      crawlId === null ? null : crawls.load(crawlId),
  },
};
