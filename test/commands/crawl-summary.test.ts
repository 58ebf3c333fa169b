import { describe, expect, it } from 'vitest';
import { crawlJson, crawlSummary } from '../../src/commands/crawl-summary.ts';
import { loadConfig } from '../../src/config/config.ts';
import type { CrawlReport } from '../../src/crawl-report.ts';
import { failureCodes, skipCodes } from '../../src/errors.ts';

const report: CrawlReport = {
  crawlId: 'c1',
  collection: 'cats',
  state: 'complete',
  pages: 3,
  found: 10,
  indexed: 7,
  skipped: 1,
  failed: 2,
  pending: 0,
  unchanged: 0,
  gone: 0,
  inferences: 6,
  seconds: 2.5,
  skips: [{ code: 'robots_denied', count: 1 }],
  failures: [{ code: 'not_found', count: 2 }],
  isPartial: false,
  unavailable: [],
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:00:02.500Z',
};
const summary = async (
  changes: Partial<CrawlReport> = {},
  flags: Record<string, string> = {},
  unread?: number,
) => {
  const config = await loadConfig({ cwd: '/', flags });
  return crawlSummary({ ...report, ...changes }, { program: 'npx imagedex', config }, unread).join('\n');
};

describe('the summary of a crawl', () => {
  it('adds up, explains each code, and says where to look next', async () => {
    const text = await summary({}, { collection: 'cats', dataDir: '/srv/d', port: '8080' });
    expect(text).toContain('Crawl c1 of cats: complete after 2.5 s, 3 pages');
    expect(text).toContain('10 images found = 7 indexed + 1 skipped + 2 failed\n');
    expect(text).toContain(skipCodes.robots_denied.about);
    expect(text).toContain(failureCodes.not_found.about);
    expect(text).toContain('6 images were classified.');
    expect(text).toContain('`npx imagedex failures --collection cats --data-dir /srv/d` lists');
    expect(text).toContain('npx imagedex search dog --collection cats --data-dir /srv/d');
    expect(text).toContain('npx imagedex serve --port 8080 --data-dir /srv/d, then http://localhost:8080/');
  });

  it('says that no inference was needed on a second run', async () => {
    expect(await summary({ inferences: 0, unchanged: 7 })).toContain(
      'No inference was needed: nothing has changed.',
    );
    expect(await summary({ inferences: 0 })).toContain('No inference was needed: every content was known.');
  });

  it('says that the same command carries on where it was stopped', async () => {
    const text = await summary({ state: 'running', pending: 3, found: 13, inferences: 0 });
    expect(text).toContain('stopped after');
    expect(text).toContain('+ 3 pending');
    expect(text).toContain('The same command carries on where this one stopped.');
    expect(text).not.toContain('No inference was needed');
  });

  it('says how much of pages and lists could not be read, and where to see why', async () => {
    const text = await summary({ failed: 0, failures: [] }, {}, 2);
    expect(text).toContain(
      '2 pages, folders or entries of lists could not be read.\n`npx imagedex failures` lists',
    );
    expect(await summary({}, {}, 0)).not.toContain('could not be read');
  });

  it('leaves out what is not so', async () => {
    const text = await summary({ failed: 0, failures: [], skips: [], skipped: 0, gone: 1 });
    expect(text).not.toMatch(/imagedex failures|--|pending/);
    expect(text).toContain('npx imagedex serve, then http://localhost:4000/');
    expect(text).toContain('Since the crawl before: 0 new, 0 changed, 1 gone, 0 unchanged.');
    expect(await summary({ found: 1 })).toContain('\n1 image found = ');
    expect(await summary({ indexed: 0 })).not.toContain('imagedex search');
  });
});

it('says that not all was seen', async () => {
  expect(await summary({ isPartial: true })).toContain(
    '\nNot all was seen: maxPages or maxImages was reached',
  );
  expect(await summary({})).not.toContain('Not all was seen');
});

it('names pages that opted out', async () => {
  const text = await summary({ pageSkips: [{ code: 'opted_out', count: 12 }] });
  expect(text).toMatch(/ {2}pages skipped opted_out +12 +the page or the response asks not to be indexed/);
});

it('gives JSON the keys that are promised, in their order', () => {
  expect(Object.keys(crawlJson(report)).join(' ')).toBe(
    'crawlId state pages found indexed skipped failed pending unchanged new changed gone inferences seconds skips failures unavailable pageSkips rendered notRendered refused missing pageChanges isPartial',
  );
});
