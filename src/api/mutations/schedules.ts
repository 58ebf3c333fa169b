// setSchedule and removeSchedule.
import { ImagedexError } from '../../errors.ts';
import type { ScheduleRecord } from '../../ledger.ts';
import { timeZoneNamed } from '../../time-zone.ts';
import type { ApiContext } from '../context.ts';
import { type MutationError, problem, problemOf } from './mutation-error.ts';

export interface SchedulePayload<Code extends string> {
  readonly schedule: ScheduleRecord | null;
  readonly errors: readonly MutationError<Code>[];
}

const maxCronLength = 200;

type SetCode = 'NOT_FOUND' | 'INVALID_CRON' | 'INVALID_TIME_ZONE' | 'CONFIG_INVALID';

async function setSchedule(
  _: unknown,
  { input }: { input: { collection: string; cron: string; timeZone?: string | null } },
  { parts }: ApiContext,
): Promise<SchedulePayload<SetCode>> {
  const { collection, cron } = input;
  const timeZone = input.timeZone ?? undefined;
  if (cron.length > maxCronLength) {
    const message = `Expected at most ${maxCronLength} characters, not ${cron.length}.`;
    return { schedule: null, ...problem('INVALID_CRON', message, 'cron') };
  }
  const badZone = zoneProblem(timeZone);
  if (badZone !== null) return { schedule: null, ...problem('INVALID_TIME_ZONE', badZone, 'timeZone') };
  try {
    const wanted = { collection, cron, ...(timeZone === undefined ? {} : { timeZone }) };
    return { schedule: (await parts.actions.schedules.set(wanted)).record, errors: [] };
  } catch (error) {
    return {
      schedule: null,
      ...problemOf<SetCode>(error, {
        usage: ['INVALID_CRON', 'cron'],
        not_found: ['NOT_FOUND', 'collection'],
        config_invalid: ['CONFIG_INVALID', 'collection'],
      }),
    };
  }
}

/** Of cron and zone it is the zone that is at fault, or null. */
function zoneProblem(timeZone: string | undefined): string | null {
  try {
    if (timeZone !== undefined) timeZoneNamed(timeZone);
    return null;
  } catch (error) {
    if (!(error instanceof ImagedexError)) throw error;
    return error.message;
  }
}

async function removeSchedule(
  _: unknown,
  { input: { collection } }: { input: { collection: string } },
  { parts }: ApiContext,
): Promise<SchedulePayload<'NOT_FOUND'>> {
  try {
    return { schedule: await parts.actions.schedules.remove(collection), errors: [] };
  } catch (error) {
    return { schedule: null, ...problemOf(error, { not_found: ['NOT_FOUND', 'collection'] }) };
  }
}

export const scheduleMutations = { setSchedule, removeSchedule };
