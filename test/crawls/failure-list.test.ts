import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  countFailures,
  type FailurePlace,
  isDue,
  pageOfFailures,
  placeOf,
} from '../../src/crawls/failure-list.ts';
import type { FailureRecord } from '../../src/ledger.ts';
import { openWorld, type World } from '../world.ts';

const failed = (number: number, fields: Partial<FailureRecord> = {}): FailureRecord => ({
  collection: 'default',
  source: 'web:https://a.example/',
  crawlId: 'c1',
  subject: 'image',
  address: `https://a.example/${number}.jpg`,
  url: `https://a.example/${number}.jpg`,
  depth: 0,
  stage: 'fetch',
  code: 'timed_out',
  reason: 'no answer',
  attempts: 4,
  at: new Date(Date.UTC(2026, 10, 21, 0, Math.floor(number / 3))).toISOString(),
  ...fields,
});

describe('failures of a collection', () => {
  let world: World;
  const put = (id: string, record: FailureRecord) =>
    world.parts.ledger.change([{ kind: 'failure', id, expect: 0, record }]);
  beforeAll(async () => {
    world = await openWorld();
    for (let number = 0; number < 30; number++) {
      const fields: Partial<FailureRecord> =
        number % 5 === 0
          ? { stage: 'describe', code: 'undecodable', url: `https://cdn.example:8443/${number}.jpg` }
          : number % 7 === 0
            ? { subject: 'page', stage: 'find', code: 'not_found' }
            : {};
      await put(`f${String((number * 7) % 30).padStart(2, '0')}`, failed(number, fields));
    }
    await put('other', failed(99, { collection: 'other' }));
  });
  afterAll(() => world.close());

  const where = { collection: 'default' };
  const total = (counts: readonly { readonly count: number }[]): number =>
    counts.reduce((sum, { count }) => sum + count, 0);

  test('are counted by code, the most frequent first', async () => {
    expect(await countFailures(world.parts.ledger, where)).toEqual([
      { code: 'timed_out', count: 20 },
      { code: 'undecodable', count: 6 },
      { code: 'not_found', count: 4 },
    ]);
    expect(await countFailures(world.parts.ledger, { ...where, code: 'bad_entry' })).toEqual([]);
  });

  test.each([
    [{ stage: 'describe' }, 6],
    [{ host: 'cdn.example:8443' }, 6],
    [{ subject: 'page' }, 4],
    [{ code: 'timed_out', host: 'a.example' }, 20],
    [{ source: 'web:https://b.example/' }, 0],
    [{ crawlId: 'c1' }, 30],
  ] as const)('%j narrows them to %i', async (filter, count) => {
    expect(total(await countFailures(world.parts.ledger, { ...where, ...filter }))).toBe(count);
    const page = await pageOfFailures(world.parts.ledger, { ...where, ...filter }, 'newest', 100);
    expect(page.failures).toHaveLength(count);
  });

  test.each(['newest', 'oldest', 'stored'] as const)('come page by page, %s, each once', async (order) => {
    const seen: { at: string; id: string }[] = [];
    let after: FailurePlace | undefined;
    for (let more = true; more; ) {
      const page = await pageOfFailures(world.parts.ledger, where, order, 7, after);
      seen.push(...page.failures.map(placeOf));
      // What comes meanwhile at the front moves nothing.
      if (order !== 'stored' && after === undefined) {
        const number = order === 'newest' ? 5000 : -5000;
        await put(`late ${order}`, failed(number, { crawlId: 'late' }));
      }
      [after, more] = [seen.at(-1), page.hasMore];
    }
    const ofFirst = seen.filter(({ id }) => id.startsWith('f'));
    expect(new Set(ofFirst.map(({ id }) => id)).size).toBe(30);
    expect(ofFirst).toHaveLength(30);
    const times = ofFirst.map(({ at }) => at);
    if (order === 'newest') expect(times).toEqual([...times].sort().reverse());
    if (order === 'oldest') expect(times).toEqual([...times].sort());
  });

  test('one whose host has asked for a later try is not due before', () => {
    const now = Date.parse('2026-11-21T10:00:00.000Z');
    expect(isDue(failed(1), now)).toBe(true);
    expect(isDue(failed(1, { notBefore: '2026-11-21T10:00:01.000Z' }), now)).toBe(false);
    expect(isDue(failed(1, { notBefore: '2026-11-21T10:00:00.000Z' }), now)).toBe(true);
  });
});
