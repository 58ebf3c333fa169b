import { describe, expect, it } from 'vitest';
import {
  duration,
  openCrawlView,
  progressBlock,
  progressLine,
  reasons,
} from '../../src/commands/crawl-view.ts';
import type { CrawlProgress } from '../../src/crawls/crawl-clock.ts';

const progress: CrawlProgress = {
  crawlId: 'c1',
  collection: 'default',
  state: 'running',
  pages: 3,
  found: 40,
  fetched: 30,
  described: 25,
  indexed: 20,
  skipped: 5,
  failed: 2,
  pending: 13,
  unchanged: 0,
  gone: 0,
  inferences: 20,
  seconds: 4,
  skips: [
    { code: 'robots_denied', count: 4 },
    { code: 'not_an_image', count: 1 },
  ],
  failures: [{ code: 'not_found', count: 2 }],
  isPartial: false,
  unavailable: [],
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: null,
  imagesPerSecond: 7.46,
  elapsedSeconds: 4,
  waitingFor: null,
  unwellHosts: [],
};

/** A view on a clock that the test turns, and what it wrote. */
function viewOn(isTerminal: boolean, columns = 60) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const terminal = {
    isTerminal,
    columns,
    out: () => undefined,
    err: (text: string) => void written.push(text),
  };
  return { view: openCrawlView(terminal, () => clock.ms), written, clock };
}

describe('the view of a crawl', () => {
  it('redraws its block on a terminal, at most five times a second, and takes it away at the end', () => {
    const { view, written, clock } = viewOn(true);
    view.update(progress);
    clock.ms = 150;
    view.update(progress);
    expect(written).toHaveLength(1);
    clock.ms = 200;
    view.update({ ...progress, indexed: 21 });
    expect(written[1]).toBe('\x1b[8A\x1b[0J');
    expect(written[2]).toContain('indexed             21');
    view.end();
    expect(written[3]).toBe('\x1b[8A\x1b[0J');
    for (const line of written[2]!.split('\n')) expect(line.length).toBeLessThan(60);
  });

  it('shows its numbers on a terminal that does not know its width', () => {
    const { view, written } = viewOn(true, 0);
    view.update(progress);
    expect(written[0]).toContain('indexed             20');
  });

  it('writes a line every few seconds elsewhere, and the last state at the end', () => {
    const { view, written, clock } = viewOn(false);
    view.update(progress);
    expect(written).toEqual([]);
    clock.ms = 5000;
    view.update(progress);
    expect(written).toEqual([`${progressLine(progress)}\n`]);
    clock.ms = 6000;
    view.update({ ...progress, indexed: 21 });
    expect(written).toHaveLength(1);
    view.end();
    expect(written[1]).toContain('21 indexed');
    view.end();
    expect(written).toHaveLength(2);
    expect(written.join('')).not.toContain('\x1b');
  });

  it('shows every count with its reasons', () => {
    const block = progressBlock(progress).join('\n');
    for (const words of [
      'pages seen',
      'images found',
      'fetched',
      'described',
      'indexed',
      '7.5 images/s, 4.0 s',
    ]) {
      expect(block).toContain(words);
    }
    expect(block).toMatch(/skipped +5 \(robots_denied 4, not_an_image 1\)/);
    expect(block).toMatch(/failed +2 \(not_found 2\)/);
    expect(progressLine(progress)).toBe(
      '4.0 s: 3 pages, 40 found, 30 fetched, 5 skipped (robots_denied 4, not_an_image 1), 25 described, ' +
        '20 indexed, 2 failed (not_found 2), 7.5 images/s',
    );
    expect(reasons([])).toBe('');
  });

  it.each([
    [0, '0.0 s'],
    [9.94, '9.9 s'],
    [42.4, '42 s'],
    [60, '1 min 0 s'],
    [119.7, '2 min 0 s'],
    [3725, '1 h 2 min'],
  ])('says %d seconds as %s', (seconds, words) => {
    expect(duration(seconds)).toBe(words);
  });
});

it('hosts that are left alone are named, three at most', () => {
  const unwellHosts = ['a.example', 'b.example', 'c.example', 'd.example'];
  const told = 'left alone, for they fail: a.example, b.example, c.example and 1 more';
  expect(progressBlock({ ...progress, unwellHosts }).at(-1)).toBe(told);
  expect(progressLine({ ...progress, unwellHosts })).toMatch(new RegExp(`; ${told}$`));
});
