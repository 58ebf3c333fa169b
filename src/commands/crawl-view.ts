// What a crawl looks like while it runs: a live block on a terminal, a line every few seconds elsewhere.

import type { CrawlProgress } from '../crawls/crawl-clock.ts';
import type { CodeCount } from '../ledger.ts';
import { plainValue } from '../plain-text.ts';
import { counted } from './counted.ts';
import type { Terminal } from './verb.ts';

export interface CrawlView {
  readonly update: (progress: CrawlProgress) => void;
  /** Takes the live block away, or writes the last line. */
  readonly end: () => void;
}

const redrawMs = 200;
const lineMs = 5000;

export function openCrawlView(
  { isTerminal, columns, err }: Terminal,
  now = () => performance.now(),
): CrawlView {
  let drawnAt = isTerminal ? Number.NEGATIVE_INFINITY : now();
  let drawnLines = 0;
  let latest: CrawlProgress | undefined;
  // A terminal that does not know its width says 0.
  const widest = (columns > 0 ? columns : 80) - 1;
  const erase = () => {
    if (drawnLines > 0) err(`\x1b[${drawnLines}A\x1b[0J`);
    drawnLines = 0;
  };
  const draw = (progress: CrawlProgress) => {
    drawnAt = now();
    latest = undefined;
    if (!isTerminal) return err(`${progressLine(progress)}\n`);
    const lines = progressBlock(progress).map((line) => line.slice(0, widest));
    erase();
    err(`${lines.join('\n')}\n`);
    drawnLines = lines.length;
  };
  return {
    update(progress) {
      latest = progress;
      if (now() - drawnAt >= (isTerminal ? redrawMs : lineMs)) draw(progress);
    },
    end() {
      if (isTerminal) erase();
      else if (latest !== undefined) draw(latest);
    },
  };
}

export function progressBlock(progress: CrawlProgress): string[] {
  const { pages, found, fetched, described, indexed, skipped, failed, skips, failures } = progress;
  return [
    `pages seen     ${count(pages)}`,
    `images found   ${count(found)}`,
    `fetched        ${count(fetched)}`,
    `skipped        ${count(skipped)}${reasons(skips)}`,
    `described      ${count(described)}`,
    `indexed        ${count(indexed)}`,
    `failed         ${count(failed)}${reasons(failures)}`,
    `${rate(progress)} images/s, ${duration(progress.elapsedSeconds)}`,
    ...(progress.waitingFor === null ? [] : [`waiting for the store: ${progress.waitingFor}`]),
    ...unwell(progress),
  ];
}

export function progressLine(progress: CrawlProgress): string {
  const { pages, found, fetched, described, indexed, skipped, failed, skips, failures } = progress;
  return (
    `${duration(progress.elapsedSeconds)}: ${counted(pages, 'page')}, ${found} found, ${fetched} fetched, ` +
    `${skipped} skipped${reasons(skips)}, ${described} described, ${indexed} indexed, ` +
    `${failed} failed${reasons(failures)}, ${rate(progress)} images/s` +
    (progress.waitingFor === null ? '' : `; waiting for the store: ${progress.waitingFor}`) +
    unwell(progress)
      .map((line) => `; ${line}`)
      .join('')
  );
}

const maxUnwellShown = 3;

function unwell({ unwellHosts }: CrawlProgress): string[] {
  if (unwellHosts.length === 0) return [];
  const others = unwellHosts.length - maxUnwellShown;
  const names = unwellHosts.slice(0, maxUnwellShown).map(plainValue).join(', ');
  return [`left alone, for they fail: ${names}${others > 0 ? ` and ${others} more` : ''}`];
}

/** ` (robots_denied 3, svg 1)`, or nothing. */
export const reasons = (codes: readonly CodeCount[]): string =>
  codes.length === 0 ? '' : ` (${codes.map(({ code, count: times }) => `${code} ${times}`).join(', ')})`;

export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes} min ${whole % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const rate = ({ imagesPerSecond }: CrawlProgress): string => imagesPerSecond.toFixed(1);

const count = (value: number): string => String(value).padStart(7);
