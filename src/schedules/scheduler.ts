// Starts crawls when their schedules come due, and deals with each due time once, however many processes look at it.
import { setTimeout as sleepFor } from 'node:timers/promises';
import { ImagedexError, messageOf } from '../errors.ts';
import { amend, amendment, type Ledger, listAll, type ScheduleRecord, type Stored } from '../ledger.ts';
import type { Log } from '../log.ts';
import type { Owner } from '../owner.ts';
import { latestTime, nextTimes } from './cron.ts';

/** Time, which tests can make. */
export interface Clock {
  now(): Date;
  /** Resolves when the time is over or the signal says so. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface SchedulerParts {
  readonly ledger: Ledger;
  readonly log: Log;
  /** Starts a crawl of the collection's own sources and returns its id. Throws `crawl_running` where one is at work. */
  readonly start: (collection: string) => Promise<string>;
  readonly clock?: Clock;
}

export interface Scheduler {
  /** What was due when it was opened is dealt with. */
  readonly caughtUp: Promise<void>;
  /** Starts nothing more, and waits for what is being started. */
  close(): Promise<void>;
}

/** Also how soon is noticed that another process has set or removed a schedule, and that the clock has jumped. */
const mostSleepMs = 2_000;
/** Clocks of processes may differ by so much. What was dealt with at a time further ahead was so by a wrong clock. */
const mostSkewMs = 300_000;
/** A start that has not said within it what came of it died with its process. */
const mostStartingMs = 600_000;

interface Scheduling extends SchedulerParts {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly starting: Map<string, Promise<void>>;
  /** When those come due next that were not due when they were looked at, by collection. */
  readonly known: Map<string, { readonly of: string; readonly next: Date }>;
}

/** The last moment that there is. */
const never = new Date(8_640_000_000_000_000);

export function openScheduler(parts: SchedulerParts): Scheduler {
  const stop = new AbortController();
  const scheduling: Scheduling = {
    clock: realClock,
    ...parts,
    signal: stop.signal,
    starting: new Map(),
    known: new Map(),
  };
  const first = round(scheduling);
  const running = run(scheduling, first);
  const started = () => Promise.all(scheduling.starting.values()).then(() => undefined);
  return {
    caughtUp: first.then(started, () => undefined),
    async close() {
      stop.abort();
      await running;
      await started();
    },
  };
}

async function run(scheduling: Scheduling, first: Promise<number>): Promise<void> {
  const { clock, signal, log } = scheduling;
  let isFailing = false;
  for (let next = first; ; next = round(scheduling)) {
    let sleepMs = mostSleepMs;
    try {
      sleepMs = await next;
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.error('schedules could not be read or written', { error: String(error) });
      isFailing = true;
    }
    if (!signal.aborted) await clock.sleep(Math.max(1, Math.ceil(sleepMs)), signal);
    if (signal.aborted) return;
  }
}

/** Looks at every schedule. Returns the milliseconds until one comes due. */
async function round(scheduling: Scheduling): Promise<number> {
  const { ledger, clock } = scheduling;
  let wakeAt = clock.now().getTime() + mostSleepMs;
  for await (const stored of listAll(ledger, 'schedule', {})) {
    const now = clock.now();
    if (Date.parse(stored.record.handledAt) - now.getTime() > mostSkewMs) {
      await write(ledger, stored, { ...stored.record, handledAt: now.toISOString() });
      wakeAt = now.getTime();
      continue;
    }
    const { due, next } = timesOf(scheduling, stored, now);
    if (due !== null && !scheduling.signal.aborted) await take(scheduling, stored, due, now);
    wakeAt = Math.min(wakeAt, next.getTime());
  }
  return wakeAt - clock.now().getTime();
}

interface Times {
  readonly due: Date | null;
  readonly next: Date;
}

/** One that cannot be understood never comes due: another version wrote it, or this machine lacks its time zone. */
function timesOf(scheduling: Scheduling, { id, record }: Stored<'schedule'>, now: Date): Times {
  const { starting, known, log } = scheduling;
  const of = `${record.cron} ${record.timeZone} ${record.handledAt}`;
  const before = known.get(id);
  const lost = starting.has(id) ? null : lostTime(record, now);
  if (before?.of === of && before.next > now && lost === null) return { due: null, next: before.next };
  const handledAt = new Date(record.handledAt);
  let times: Times = { due: null, next: never };
  try {
    const due = latestTime(record, handledAt, now) ?? lost;
    times = { due, next: nextTimes(record, handledAt > now ? handledAt : now, 1)[0] ?? never };
  } catch (error) {
    log.error(`the schedule of ${id} cannot be read: ${messageOf(error)}`);
  }
  // One that is due may be lost to another process, which may leave it due.
  if (times.due === null) known.set(id, { of, next: times.next });
  return times;
}

/** The due time that a process took and did not live to start. */
const lostTime = ({ last, handledAt }: ScheduleRecord, now: Date): Date | null =>
  last?.outcome === 'started' &&
  last.crawlId === null &&
  now.getTime() - Date.parse(handledAt) > mostStartingMs
    ? new Date(last.dueAt)
    : null;

/** The due time is ours if nobody else was faster. Its crawl is started beside everything else. */
async function take(scheduling: Scheduling, stored: Stored<'schedule'>, due: Date, now: Date): Promise<void> {
  const { ledger, log, starting } = scheduling;
  const { id, record } = stored;
  const isStarting = starting.has(id);
  const last: Last = {
    dueAt: due.toISOString(),
    outcome: isStarting ? 'skipped' : 'started',
    crawlId: null,
    reason: isStarting ? 'the run before is still being started' : null,
  };
  if (!(await write(ledger, stored, { ...record, handledAt: now.toISOString(), last }))) return;
  if (isStarting) return tell(log, id, last);
  const started = startOne(scheduling, record, last).finally(() => starting.delete(id));
  starting.set(id, started);
}

type Last = NonNullable<ScheduleRecord['last']>;

async function startOne(scheduling: Scheduling, before: ScheduleRecord, last: Last): Promise<void> {
  const { ledger, log, start, signal } = scheduling;
  const { collection } = before;
  const outcome = await start(collection).then(
    (crawlId): Last => ({ ...last, crawlId }),
    (error: unknown): Last => ({
      ...last,
      outcome: error instanceof ImagedexError && error.code === 'crawl_running' ? 'skipped' : 'failed',
      reason: messageOf(error),
    }),
  );
  // Stopped on the way: the next process is to find it due.
  const isStopped = outcome.outcome === 'failed' && signal.aborted;
  const { handledAt } = before;
  try {
    await amend(ledger, [
      amendment('schedule', collection, (old) => {
        if (old?.last?.dueAt !== last.dueAt) return undefined;
        return isStopped ? { ...old, handledAt, last: before.last } : { ...old, last: outcome };
      }),
    ]);
  } catch (error) {
    log.error(`what came of the schedule of ${collection} was not saved`, { error: String(error) });
  }
  if (!isStopped) tell(log, collection, outcome);
}

function tell(log: Log, collection: string, { dueAt, outcome, crawlId, reason }: Last): void {
  const facts = { dueAt };
  if (outcome === 'started') log.info(`crawl ${crawlId} of ${collection} was started by its schedule`, facts);
  else if (outcome === 'skipped')
    log.warn(`a scheduled crawl of ${collection} was left out: ${reason}`, facts);
  else log.error(`a scheduled crawl of ${collection} could not be started: ${reason}`, facts);
}

/** Whether nobody else has written it meanwhile. */
const write = async (ledger: Ledger, { id, version }: Stored<'schedule'>, record: ScheduleRecord) =>
  !(await ledger.change([{ kind: 'schedule', id, expect: version, record }])).conflict;

/** Throws `crawl_running` where a crawl of the collection is at work, of whichever sources and by whomever. */
export async function mustBeIdle(ledger: Ledger, owner: Owner, collection: string): Promise<void> {
  for await (const { id, record } of listAll(ledger, 'crawl', { collection, state: 'running' })) {
    if (record.owner === null || !(await owner.isAlive(record.owner))) continue;
    throw new ImagedexError('crawl_running', `crawl ${id} of ${collection} is still running`);
  }
}

const realClock: Clock = {
  now: () => new Date(),
  // The longest sleep is far below the 24 days that a timer can wait.
  sleep: (ms, signal) => sleepFor(ms, undefined, { signal }).catch(() => undefined),
};
