// The demo's own verdict: it must see a picture that is missing, counts that do not add up, and a second failure.
import { describe, expect, test } from 'vitest';
import { type ApiState, addresses, summary, wrongs } from '../../demo/summary.ts';
import type { CrawlReport } from '../../src/crawl-report.ts';
import type { FailureRecord } from '../../src/ledger.ts';

const gallery = {
  url: 'http://127.0.0.1:1/',
  pictures: 35,
  broken: 'http://127.0.0.1:1/broken.jpg',
  close: async () => {},
};
const report: CrawlReport = {
  crawlId: '20261121T093000-4f21c8',
  collection: 'default',
  state: 'complete',
  pages: 7,
  found: 38,
  indexed: 35,
  skipped: 2,
  failed: 1,
  pending: 0,
  unchanged: 0,
  gone: 0,
  inferences: 35,
  seconds: 2,
  skips: [{ code: 'robots_denied', count: 2 }],
  failures: [{ code: 'undecodable', count: 1 }],
  isPartial: false,
  unavailable: [],
  startedAt: '2026-11-21T09:30:00.000Z',
  endedAt: '2026-11-21T09:30:02.000Z',
};
const broken: FailureRecord = {
  collection: 'default',
  source: `web:${gallery.url}`,
  crawlId: report.crawlId,
  subject: 'image',
  address: gallery.broken,
  url: gallery.broken,
  depth: 0,
  stage: 'describe',
  code: 'undecodable',
  reason: 'premature end of JPEG image',
  attempts: 1,
  at: report.startedAt,
};
const state: ApiState = { images: 35, labels: [{ name: 'barn', count: 2 }] };

describe('what is wrong', () => {
  test('nothing, where all is as promised', () => {
    expect(wrongs(report, [broken], state, gallery)).toEqual([]);
  });

  test.each<[string, CrawlReport, FailureRecord[], ApiState]>([
    ['counts that do not add up', { ...report, found: 39 }, [broken], state],
    ['a crawl that was stopped', { ...report, state: 'running' }, [broken], state],
    ['a good picture that was skipped', { ...report, indexed: 34, skipped: 3 }, [broken], state],
    ['an image that no search finds', report, [broken], { ...state, images: 34 }],
    ['a broken picture that did not fail', { ...report, skipped: 3, failed: 0 }, [], state],
    ['another picture that failed instead', report, [{ ...broken, url: `${gallery.url}good.jpg` }], state],
  ])('%s', (_, wrongReport, failures, wrongState) => {
    expect(wrongs(wrongReport, failures, wrongState, gallery)).toHaveLength(1);
  });

  test('of one’s own pictures only the sums are judged', () => {
    const own = { ...report, found: 3, indexed: 1 };
    expect(wrongs(own, [], { images: 1, labels: [] }, undefined)).toHaveLength(1);
    expect(wrongs({ ...own, found: 4 }, [], { images: 1, labels: [] }, undefined)).toEqual([]);
  });
});

test('the summary names the broken picture with its reason', () => {
  const text = summary(report, [broken], state).join('\n');
  expect(text).toContain('38 images found = 35 indexed + 2 skipped + 1 failed');
  expect(text).toContain(gallery.broken);
  expect(text).toContain('undecodable: premature end of JPEG image');
});

test('three queries can be pasted into a shell', () => {
  const lines = addresses(
    'http://localhost:4000',
    { images: 1, labels: [{ name: "potter's wheel", count: 1 }] },
    gallery,
  );
  const commands = lines.filter((line) => line.startsWith('curl '));
  expect(commands).toHaveLength(3);
  for (const command of commands) {
    // As a shell reads it: '\'' is a quote.
    const body = /-d '(.*)'$/.exec(command)?.[1]?.replaceAll("'\\''", "'") ?? '';
    expect(JSON.parse(body)).toHaveProperty('query');
  }
  expect(commands[0]).toContain("potter'\\''s wheel");
});
