import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ImagedexError } from '../../src/errors.ts';
import type { Ledger, ScheduleRecord } from '../../src/ledger.ts';
import { openLog } from '../../src/log.ts';
import { openScheduler, type SchedulerParts } from '../../src/schedules/scheduler.ts';
import type { OpenedLedger } from '../contracts/ledger.ts';
import { type FakeClock, fakeClock } from '../fake-clock.ts';
import { open } from '../ledgers/open-sqlite.ts';
import { testFolder } from '../world.ts';

let folder: string;
let opened: OpenedLedger;
let ledger: Ledger;
const closing: (() => Promise<void>)[] = [];
beforeEach(async () => {
  folder = await testFolder();
  opened = await open({ file: join(folder, 'imagedex.db') });
  ledger = opened.ledger;
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await opened.close();
  await rm(folder, { recursive: true });
});

const createdAt = '2026-11-21T13:35:00.000Z';
async function schedule(collection: string, cron: string, more: Partial<ScheduleRecord> = {}): Promise<void> {
  const [stored] = await ledger.get('schedule', [collection]);
  const record = { collection, cron, timeZone: 'UTC', createdAt, handledAt: createdAt, last: null, ...more };
  await ledger.change([{ kind: 'schedule', id: collection, expect: stored?.version ?? 0, record }]);
}
const stored = async (collection: string) => (await ledger.get('schedule', [collection]))[0]!.record;

interface Watched {
  /** What was started, in order: the crawl of each is `crawl-1` and so on. */
  readonly started: string[];
  readonly lines: Record<string, unknown>[];
  readonly caughtUp: Promise<void>;
  close(): Promise<void>;
}
/** `start` may throw, or wait. */
function watched(clock: FakeClock, start?: (collection: string) => unknown, on: Ledger = ledger): Watched {
  const started: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const parts: SchedulerParts = {
    ledger: on,
    clock,
    log: openLog('info', (line) => lines.push(JSON.parse(line)), false),
    start: async (collection) => {
      started.push(collection);
      await start?.(collection);
      return `crawl-${started.length}`;
    },
  };
  const scheduler = openScheduler(parts);
  closing.push(scheduler.close);
  return { started, lines, ...scheduler };
}
/** Waits for what happens beside the scheduler's own rounds. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await wait(2);
}
const settled = (collection: string, dueAt: string) =>
  until(async () => {
    const { last } = await stored(collection);
    return last?.dueAt === dueAt && (last.crawlId !== null || last.outcome !== 'started');
  });

describe('a due time', () => {
  test('starts one crawl, and says which', async () => {
    await schedule('photos', '0 3 * * *');
    const clock = fakeClock('2026-11-21T13:35:01.000Z');
    const { started, lines } = watched(clock);
    await clock.set('2026-11-22T02:59:59.250Z');
    expect(started).toEqual([]);
    // It wakes by itself when the time has come.
    expect(clock.asked.at(-1)).toBe(750);
    await clock.set('2026-11-22T03:00:00.000Z');
    await settled('photos', '2026-11-22T03:00:00.000Z');
    await clock.set('2026-11-22T03:00:00.000Z');
    await clock.set('2026-11-22T03:00:01.000Z');
    await clock.set('2026-11-23T02:59:59.999Z');
    expect(started).toEqual(['photos']);
    expect((await stored('photos')).last).toEqual({
      dueAt: '2026-11-22T03:00:00.000Z',
      outcome: 'started',
      crawlId: 'crawl-1',
      reason: null,
    });
    expect(lines).toMatchObject([
      { level: 'info', message: 'crawl crawl-1 of photos was started by its schedule' },
    ]);
    await clock.set('2026-11-23T03:00:00.000Z');
    await settled('photos', '2026-11-23T03:00:00.000Z');
    expect(started).toEqual(['photos', 'photos']);
  });

  test('is noticed within two seconds, however far away the next one was', async () => {
    await schedule('yearly', '@yearly');
    const clock = fakeClock('2026-11-21T13:35:01.000Z');
    const { started } = watched(clock);
    for (const time of ['13:36:00', '14:00:00', '18:00:00']) await clock.set(`2026-11-21T${time}.000Z`);
    await schedule('photos', '* * * * * *', { handledAt: '2026-11-21T18:00:00.000Z' });
    await clock.set('2026-11-21T18:00:02.000Z');
    await settled('photos', '2026-11-21T18:00:02.000Z');
    expect(started).toEqual(['photos']);
    expect(Math.max(...clock.asked)).toBeLessThanOrEqual(2_000);
    expect(Math.min(...clock.asked)).toBeGreaterThan(0);
  });

  test('of a schedule that was changed or removed meanwhile starts nothing', async () => {
    await schedule('photos', '0 3 * * *');
    await schedule('cards', '0 3 * * *');
    const clock = fakeClock('2026-11-22T02:59:58.000Z');
    const { started, caughtUp } = watched(clock);
    await caughtUp;
    await schedule('photos', '0 4 * * *', { handledAt: '2026-11-22T02:59:59.000Z' });
    const [cards] = await ledger.get('schedule', ['cards']);
    await ledger.change([{ kind: 'schedule', id: 'cards', expect: cards!.version, record: null }]);
    await clock.set('2026-11-22T03:00:00.000Z');
    expect(started).toEqual([]);
    await clock.set('2026-11-22T04:00:00.000Z');
    await settled('photos', '2026-11-22T04:00:00.000Z');
    expect(started).toEqual(['photos']);
  });

  test('is one of two processes’, never both’s', async () => {
    await schedule('photos', '* * * * * *');
    const other = await open({ file: join(folder, 'imagedex.db') });
    closing.push(other.close);
    const clock = fakeClock('2026-11-21T13:35:00.500Z', 2);
    const [one, two] = [watched(clock), watched(clock, undefined, other.ledger)];
    for (let second = 1; second <= 40; second++) {
      const time = `2026-11-21T13:35:${String(second).padStart(2, '0')}.000Z`;
      await clock.set(time);
      await settled('photos', time);
      // The ledger knows it a moment before whoever started it has said so and is done.
      await until(() => one.lines.length + two.lines.length === second);
      await wait(2);
    }
    expect(one.started.length + two.started.length).toBe(40);
    const due = [...one.lines, ...two.lines].map(({ dueAt }) => dueAt);
    expect(new Set(due).size).toBe(40);
  });

  test.each([
    // Half past two does not exist on this day, and comes twice on that one.
    ['2026-03-29', ['00:59:59', '01:00:00', '01:30:00', '12:00:00'], ['01:00:00']],
    ['2026-10-25', ['00:29:59', '00:30:00', '01:30:00', '12:00:00'], ['00:30:00']],
  ])('when clocks change on %s', async (day, times, expected) => {
    await schedule('photos', '30 2 * * *', { timeZone: 'Europe/Berlin', handledAt: `${day}T00:00:00.000Z` });
    const clock = fakeClock(`${day}T00:00:00.000Z`);
    const { lines } = watched(clock);
    for (const time of times) {
      await clock.set(`${day}T${time}.000Z`);
      await until(async () => (await stored('photos')).last?.crawlId !== null);
    }
    await until(() => lines.length === expected.length);
    expect(lines.map(({ dueAt }) => dueAt)).toEqual(expected.map((time) => `${day}T${time}.000Z`));
  });
});

describe('missed times', () => {
  test('are caught up once, by the last of them', async () => {
    await schedule('photos', '0 3 * * *');
    await schedule('cards', '0 3 * * *', { handledAt: '2026-12-21T03:00:00.000Z' });
    await schedule('seconds', '* * * * * *', { createdAt, handledAt: '2026-12-01T00:00:00.000Z' });
    const clock = fakeClock('2026-12-21T12:00:00.500Z');
    const { started, caughtUp } = watched(clock);
    await caughtUp;
    expect(started.sort()).toEqual(['photos', 'seconds']);
    expect((await stored('photos')).last).toMatchObject({
      dueAt: '2026-12-21T03:00:00.000Z',
      outcome: 'started',
    });
    expect((await stored('seconds')).last).toMatchObject({ dueAt: '2026-12-21T12:00:00.000Z' });
    expect((await stored('cards')).last).toBe(null);
    await clock.set('2026-12-21T12:00:00.900Z');
    expect(started).toHaveLength(2);
  });

  test('are caught up once after the machine has slept', async () => {
    await schedule('photos', '*/5 * * * *');
    const clock = fakeClock('2026-11-21T13:35:01.000Z');
    const { started } = watched(clock);
    await clock.set('2026-11-24T07:03:00.000Z');
    await settled('photos', '2026-11-24T07:00:00.000Z');
    await clock.set('2026-11-24T07:04:59.000Z');
    expect(started).toEqual(['photos']);
  });

  test('of a process that died while it was starting are started by the next', async () => {
    const last = {
      dueAt: '2026-11-21T03:00:00.000Z',
      outcome: 'started',
      crawlId: null,
      reason: null,
    } as const;
    await schedule('photos', '0 3 * * *', { handledAt: '2026-11-21T13:35:00.000Z', last });
    const clock = fakeClock('2026-11-21T13:44:59.000Z');
    const { started } = watched(clock);
    await clock.set('2026-11-21T13:45:00.000Z');
    // The other one may still be at it.
    expect(started).toEqual([]);
    await clock.set('2026-11-21T13:45:01.000Z');
    await until(async () => (await stored('photos')).last?.crawlId === 'crawl-1');
    expect((await stored('photos')).last).toEqual({ ...last, crawlId: 'crawl-1' });
    await clock.set('2026-11-21T14:45:01.000Z');
    expect(started).toHaveLength(1);
  });
});

describe('a start', () => {
  test('while a crawl is running is left out', async () => {
    await schedule('photos', '* * * * *');
    const clock = fakeClock('2026-11-21T13:35:30.000Z');
    let isRunning = true;
    const { lines } = watched(clock, () => {
      if (isRunning) throw new ImagedexError('crawl_running', 'crawl c of photos is still running');
    });
    await clock.set('2026-11-21T13:36:00.000Z');
    await settled('photos', '2026-11-21T13:36:00.000Z');
    expect((await stored('photos')).last).toEqual({
      dueAt: '2026-11-21T13:36:00.000Z',
      outcome: 'skipped',
      crawlId: null,
      reason: 'crawl c of photos is still running',
    });
    expect(lines).toMatchObject([
      { level: 'warn', message: expect.stringContaining('crawl c of photos is still running') },
    ]);
    isRunning = false;
    await clock.set('2026-11-21T13:36:30.000Z');
    expect((await stored('photos')).last?.outcome).toBe('skipped');
    await clock.set('2026-11-21T13:37:00.000Z');
    await settled('photos', '2026-11-21T13:37:00.000Z');
    expect((await stored('photos')).last).toMatchObject({ outcome: 'started', crawlId: 'crawl-2' });
  });

  test('that fails is remembered, and hinders no other', async () => {
    await schedule('lost', '0 3 * * *');
    await schedule('photos', '0 3 * * *');
    const clock = fakeClock('2026-11-22T02:00:00.000Z');
    const { lines, started } = watched(clock, (collection) => {
      if (collection === 'lost') throw new ImagedexError('source_unavailable', 'no folder /lost');
    });
    await clock.set('2026-11-22T03:00:00.000Z');
    await settled('lost', '2026-11-22T03:00:00.000Z');
    await settled('photos', '2026-11-22T03:00:00.000Z');
    expect((await stored('lost')).last).toMatchObject({ outcome: 'failed', reason: 'no folder /lost' });
    expect((await stored('photos')).last).toMatchObject({ outcome: 'started' });
    expect(lines.find(({ level }) => level === 'error')).toMatchObject({
      message: 'a scheduled crawl of lost could not be started: no folder /lost',
    });
    await clock.set('2026-11-23T03:00:00.000Z');
    await settled('lost', '2026-11-23T03:00:00.000Z');
    expect(started.filter((collection) => collection === 'lost')).toHaveLength(2);
  });

  test('that takes long is not begun a second time, and holds up no other', async () => {
    await schedule('slow', '* * * * * *');
    await schedule('photos', '* * * * * *');
    const clock = fakeClock('2026-11-21T13:35:00.500Z');
    let finish = () => {};
    const begun = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { started, lines } = watched(clock, (collection) => (collection === 'slow' ? begun : undefined));
    await clock.set('2026-11-21T13:35:01.000Z');
    await settled('photos', '2026-11-21T13:35:01.000Z');
    await clock.set('2026-11-21T13:35:02.000Z');
    await settled('photos', '2026-11-21T13:35:02.000Z');
    expect(started.filter((collection) => collection === 'slow')).toHaveLength(1);
    expect((await stored('slow')).last).toMatchObject({ outcome: 'skipped' });
    finish();
    await until(() => lines.some(({ message }) => String(message).includes('of slow was started')));
    await clock.set('2026-11-21T13:35:03.000Z');
    await settled('slow', '2026-11-21T13:35:03.000Z');
    expect(started.filter((collection) => collection === 'slow')).toHaveLength(2);
  });

  test('that is cut off by the end of the process is due again', async () => {
    await schedule('photos', '0 3 * * *');
    const clock = fakeClock('2026-11-22T02:00:00.000Z');
    let cut = () => {};
    const { close, started } = watched(
      clock,
      () =>
        new Promise((_, reject) => {
          cut = () => reject(new Error('This operation was aborted'));
        }),
    );
    await clock.set('2026-11-22T03:00:00.000Z');
    await until(() => started.length === 1);
    const closed = close();
    cut();
    await closed;
    expect(await stored('photos')).toMatchObject({ handledAt: createdAt, last: null });
    const next = watched(fakeClock('2026-11-22T03:00:09.000Z'));
    await next.caughtUp;
    expect((await stored('photos')).last).toMatchObject({
      dueAt: '2026-11-22T03:00:00.000Z',
      crawlId: 'crawl-1',
    });
  });
});

describe('a clock that is put back', () => {
  test('a little repeats nothing', async () => {
    await schedule('photos', '0 3 * * *');
    const clock = fakeClock('2026-11-22T03:01:00.000Z');
    const { started, caughtUp } = watched(clock);
    await caughtUp;
    await clock.set('2026-11-22T02:59:00.000Z');
    await clock.set('2026-11-22T03:00:00.000Z');
    await clock.set('2026-11-22T03:02:00.000Z');
    expect(started).toHaveLength(1);
  });

  test('by a year stops nothing', async () => {
    await schedule('photos', '0 3 * * *');
    const clock = fakeClock('2027-11-22T12:00:00.000Z');
    const { started, caughtUp } = watched(clock);
    await caughtUp;
    await clock.set('2026-11-22T12:00:00.000Z');
    await clock.set('2026-11-22T12:00:00.001Z');
    expect(await stored('photos')).toMatchObject({ handledAt: '2026-11-22T12:00:00.000Z' });
    await clock.set('2026-11-23T03:00:00.000Z');
    await settled('photos', '2026-11-23T03:00:00.000Z');
    expect(started).toHaveLength(2);
  });
});

describe('what cannot be read', () => {
  test('is told once, and hinders no other', async () => {
    await schedule('broken', 'whenever');
    await schedule('elsewhere', '* * * * * *', { timeZone: 'Mars/Olympus' });
    await schedule('photos', '0 3 * * *');
    const clock = fakeClock('2026-11-22T02:00:00.000Z');
    const { lines, started } = watched(clock);
    await clock.set('2026-11-22T02:00:02.000Z');
    await clock.set('2026-11-22T03:00:00.000Z');
    await settled('photos', '2026-11-22T03:00:00.000Z');
    expect(started).toEqual(['photos']);
    const errors = lines.filter(({ level }) => level === 'error').map(({ message }) => message);
    expect(errors).toHaveLength(2);
    expect(errors[0]).toMatch('the schedule of broken cannot be read');
    expect(errors[1]).toMatch('the schedule of elsewhere cannot be read');
  });

  test('a ledger that is away for a while is told once', async () => {
    await schedule('photos', '0 3 * * *');
    const clock = fakeClock('2026-11-22T02:00:00.000Z');
    let isAway = true;
    const flaky: Ledger = {
      ...ledger,
      list: (...args) => (isAway ? Promise.reject(new Error('disk I/O error')) : ledger.list(...args)),
    };
    const { lines, started, caughtUp } = watched(clock, undefined, flaky);
    await caughtUp;
    await clock.set('2026-11-22T03:00:00.000Z');
    await clock.set('2026-11-22T03:00:02.000Z');
    expect(lines).toMatchObject([{ level: 'error', message: 'schedules could not be read or written' }]);
    isAway = false;
    await clock.set('2026-11-22T03:00:04.000Z');
    await settled('photos', '2026-11-22T03:00:00.000Z');
    expect(started).toEqual(['photos']);
  });
});

test('once it is closed it asks the ledger for nothing more', async () => {
  await schedule('photos', '* * * * * *');
  const clock = fakeClock('2026-11-21T13:35:00.500Z');
  let asked = 0;
  const counting: Ledger = {
    ...ledger,
    list: (...args) => {
      asked++;
      return ledger.list(...args);
    },
  };
  const { close, started } = watched(clock, undefined, counting);
  await clock.set('2026-11-21T13:35:01.000Z');
  const before = asked;
  await close();
  await wait(20);
  expect(asked).toBe(before);
  expect(started).toEqual(['photos']);
});

test('one that is removed and set again comes due as it says now', async () => {
  await schedule('photos', '0 3 * * *');
  const clock = fakeClock('2026-11-21T13:35:01.000Z');
  const { started } = watched(clock);
  await clock.set('2026-11-21T13:36:00.000Z');
  const [old] = await ledger.get('schedule', ['photos']);
  await ledger.change([{ kind: 'schedule', id: 'photos', expect: old!.version, record: null }]);
  await schedule('photos', '0 14 * * *');
  await clock.set('2026-11-21T14:00:00.000Z');
  await settled('photos', '2026-11-21T14:00:00.000Z');
  expect(started).toEqual(['photos']);
});

test('a due time stays due when somebody else writes the record meanwhile and leaves it due', async () => {
  await schedule('photos', '0 3 * * *');
  const clock = fakeClock('2026-11-22T02:00:00.000Z');
  let interferences = 0;
  const contested: Ledger = {
    ...ledger,
    change: async (changes) => {
      // As one that says late what came of the time before.
      if (interferences++ === 0) await schedule('photos', '0 3 * * *');
      return ledger.change(changes);
    },
  };
  const { started } = watched(clock, undefined, contested);
  await clock.set('2026-11-22T03:00:00.000Z');
  expect([interferences, started]).toEqual([1, []]);
  await clock.set('2026-11-22T03:00:02.000Z');
  await settled('photos', '2026-11-22T03:00:00.000Z');
  expect(started).toEqual(['photos']);
});
