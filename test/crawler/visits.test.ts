// Simulated weeks: a crawl starts every so often, and visits those pages that are due.
import { describe, expect, test } from 'vitest';
import { isDue, nextVisits, type VisitBounds } from '../../src/crawler/visits.ts';
import type { PageRecord } from '../../src/ledger.ts';

const hourMs = 3_600_000;
const start = Date.parse('2026-01-01T00:00:00Z');
const at = (hours: number): string => new Date(start + hours * hourMs).toISOString();
const bounds: VisitBounds = { minHours: 1, maxHours: 168 };
type Known = Pick<PageRecord, 'visits' | 'expandedAt'>;

interface Simulation {
  readonly visits: number;
  readonly crawls: number;
  readonly changes: number;
  /** Changes that another one followed before anybody looked. */
  readonly missed: number;
  /** Hours until a change was seen. */
  readonly longestHours: number;
  readonly meanHours: number;
  /** Of the last visits. */
  readonly intervalHours: number;
}

interface World {
  readonly everyHours?: number;
  /** undefined: never. */
  readonly changesEveryHours?: number;
  readonly weeks?: number;
  readonly within?: VisitBounds;
  /** Whether a sitemap says when the page changed last. */
  readonly isListed?: boolean;
}

function simulate(world: World): Simulation {
  const { everyHours = 1, changesEveryHours, weeks = 8, within = bounds, isListed = false } = world;
  const changesAt = (hours: number): number =>
    changesEveryHours === undefined ? 0 : Math.floor(hours / changesEveryHours + 0.5);
  let known: Known = { expandedAt: at(0) };
  let [visits, crawls, missed, longestHours, seen, waited, noticed] = [0, 0, 0, 0, 0, 0, 0];
  const lastHours = weeks * 168;
  for (let hours = everyHours; hours <= lastHours; hours += everyHours) {
    crawls++;
    const changed = (changesAt(hours) - 0.5) * (changesEveryHours ?? 0);
    const modifiedAt = isListed && changesAt(hours) > 0 ? at(changed) : undefined;
    if (!isDue(known, isListed ? (modifiedAt ?? at(0)) : undefined, at(hours), within)) continue;
    visits++;
    const changes = changesAt(hours) - seen;
    if (changes > 0) {
      missed += changes - 1;
      // Of the first that nobody had seen.
      const since = hours - (seen + 0.5) * (changesEveryHours as number);
      longestHours = Math.max(longestHours, since);
      waited += since;
      noticed++;
      seen += changes;
    }
    known = { expandedAt: at(hours), visits: nextVisits(known, at(hours), changes > 0, within) };
  }
  const changes = changesAt(lastHours);
  const meanHours = noticed === 0 ? 0 : waited / noticed;
  const intervalHours = (known.visits?.intervalSeconds ?? 0) / 3600;
  return { visits, crawls, changes, missed, longestHours, meanHours, intervalHours };
}

describe('pages that are crawled every hour for eight weeks', () => {
  test('one that changes every hour comes to the least interval', () => {
    const found = simulate({ changesEveryHours: 1 });
    expect(found.intervalHours).toBe(1);
    expect(found.visits / found.crawls).toBeGreaterThan(0.9);
    // All of these before it is known how often it changes.
    expect(found.missed / found.changes).toBeLessThan(0.1);
  });

  test('one that never changes comes to the greatest interval, and stays there', () => {
    const found = simulate({ weeks: 52 });
    expect(found.intervalHours).toBe(168);
    // A visit every week, or a little more often: never every time, as Nutch’s own rule comes to.
    expect(found.visits).toBeGreaterThanOrEqual(52);
    expect(found.visits).toBeLessThan(52 * 1.6);
  });

  test.each([
    [6, 0.35],
    [24, 0.15],
    [72, 0.1],
    [168, 0.05],
  ])(
    'one that changes every %i hours is not visited at more than %d of the crawls',
    (changesEveryHours, most) => {
      const found = simulate({ changesEveryHours });
      expect(found.visits / found.crawls).toBeLessThan(most);
      expect(found.meanHours).toBeLessThan(changesEveryHours);
      expect(found.missed / found.changes).toBeLessThan(0.3);
    },
  );

  test('no change waits longer than the greatest interval and a crawl', () => {
    for (const changesEveryHours of [1, 5, 24, 100, 168, 300, 1000]) {
      for (const maxHours of [12, 48, 168]) {
        const found = simulate({ changesEveryHours, within: { minHours: 1, maxHours }, weeks: 26 });
        expect(found.longestHours).toBeLessThanOrEqual(maxHours + 1);
      }
    }
  });

  test('the bounds are kept at every visit', () => {
    let known: Known = { expandedAt: at(0) };
    let hours = 0;
    for (const hasChanged of [true, true, true, true, true, true, ...Array<boolean>(30).fill(false)]) {
      hours += 24;
      known = { ...known, visits: nextVisits(known, at(hours), hasChanged, { minHours: 12, maxHours: 96 }) };
      const { intervalSeconds, dueAt, visitedAt } = known.visits as NonNullable<Known['visits']>;
      expect(intervalSeconds).toBeGreaterThanOrEqual(12 * 3600);
      expect(intervalSeconds).toBeLessThanOrEqual(96 * 3600);
      const waitMs = Date.parse(dueAt) - Date.parse(visitedAt);
      expect(waitMs).toBeGreaterThanOrEqual(0.7 * intervalSeconds * 1000);
      expect(waitMs).toBeLessThanOrEqual(intervalSeconds * 1000);
    }
  });
});

describe('what a sitemap says of the last change', () => {
  test('is believed: every change is seen by the next crawl, with no visit too many', () => {
    const found = simulate({ changesEveryHours: 30, isListed: true });
    expect([found.missed, found.longestHours <= 1]).toEqual([0, true]);
    // The first visit, and one every week that the site says nothing of.
    expect(found.visits - found.changes).toBeLessThanOrEqual(9);
  });

  test('lets rest what is older than the last visit, and makes due what is newer', () => {
    const visits = nextVisits({ expandedAt: at(0) }, at(24), false, bounds);
    const known = { visits };
    expect(isDue(known, at(25), at(26), bounds)).toBe(true);
    expect(isDue(known, undefined, at(26), bounds)).toBe(false);
    expect(isDue(known, undefined, at(80), bounds)).toBe(true);
    expect(isDue(known, at(23), at(80), bounds)).toBe(false);
    // Nobody is believed for ever.
    expect(isDue(known, at(23), at(24 + 168), bounds)).toBe(true);
  });
});

test('a page that was visited once is due, and so is one whose visit lies in the future', () => {
  expect(isDue({}, undefined, at(1), bounds)).toBe(true);
  const visits = nextVisits({ expandedAt: at(0) }, at(1000), false, bounds);
  expect(isDue({ visits }, undefined, at(5), bounds)).toBe(true);
});

test('the figures of docs/crawling-again.md', () => {
  const rows = [1, 6, 24, 72, 168, undefined].map((changesEveryHours) => {
    const found = simulate({ ...(changesEveryHours && { changesEveryHours }), weeks: 26 });
    const { visits, crawls, changes, missed, meanHours } = found;
    return `${changesEveryHours ?? 'never'}: ${((visits / crawls) * 100).toFixed(1)} % ${changes} ${missed} ${meanHours.toFixed(1)}`;
  });
  expect(rows).toEqual([
    '1: 98.0 % 4368 87 0.5',
    '6: 27.0 % 728 16 1.4',
    '24: 6.8 % 182 1 6.7',
    '72: 2.3 % 61 0 22.1',
    '168: 1.1 % 26 0 33.5',
    'never: 0.9 % 0 0 0.0',
  ]);
});
