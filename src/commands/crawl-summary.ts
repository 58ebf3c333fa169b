// What a crawl has come to, for people and as JSON.
import type { CodeCount, CrawlReport } from '../crawl-report.ts';
import { failureCodes, skipCodes } from '../errors.ts';
import { columns } from './columns.ts';
import { duration } from './crawl-view.ts';

const defaultCollection = 'default';

/** The object that `crawl --json` prints last. */
export function crawlJson(report: CrawlReport): Readonly<Record<string, unknown>> {
  const { crawlId, state, found, indexed, skipped, failed, pending, unchanged, gone } = report;
  const { inferences, skips, failures } = report;
  const seconds = Math.round(report.seconds * 1000) / 1000;
  return {
    crawlId,
    state,
    found,
    indexed,
    skipped,
    failed,
    pending,
    unchanged,
    gone,
    inferences,
    seconds,
    skips,
    failures,
  };
}

export function crawlSummary(report: CrawlReport, port: number): string[] {
  const { state, collection, found, indexed, skipped, failed, pending, gone, failures, skips } = report;
  const ended = state === 'running' ? 'stopped' : state;
  const rest = pending > 0 ? ` + ${pending} pending` : '';
  const inCollection = collection === defaultCollection ? '' : ` --collection ${collection}`;
  const lines = [
    `Crawl ${report.crawlId} of ${collection}: ${ended} after ${duration(report.seconds)}${pages(report)}`,
    `${found} images found = ${indexed} indexed + ${skipped} skipped + ${failed} failed${rest}`,
    ...columns([...codeRows('skipped', skips), ...codeRows('failed', failures)]),
    inferenceLine(report),
  ];
  if (gone > 0)
    lines.push(`${gone} ${gone === 1 ? 'location is' : 'locations are'} gone since the crawl before.`);
  if (failed > 0)
    lines.push(
      `\`imagedex failures${inCollection}\` lists each with its reason; with --retry it tries them again.`,
    );
  if (state === 'running') lines.push('The same command carries on where this one stopped.');
  if (indexed > 0) {
    lines.push(
      '',
      `Search:  imagedex search dog${inCollection}`,
      `         imagedex serve, then http://localhost:${port}/`,
    );
  }
  return lines;
}

const pages = ({ pages: seen }: CrawlReport): string =>
  seen === 0 ? '' : `, ${seen} ${seen === 1 ? 'page' : 'pages'}`;

function inferenceLine({ indexed, unchanged, inferences, state }: CrawlReport): string {
  if (inferences > 0) return `${inferences} ${inferences === 1 ? 'image was' : 'images were'} classified.`;
  if (state === 'complete' && indexed > 0) {
    return `No inference was needed: ${unchanged === indexed ? 'nothing has changed' : 'every content was known'}.`;
  }
  return 'No image was classified.';
}

const codeRows = (outcome: 'skipped' | 'failed', codes: readonly CodeCount[]): string[][] =>
  codes.map(({ code, count }) => [`  ${outcome} ${code}`, String(count), about(code)]);

function about(code: string): string {
  if (code in skipCodes) return skipCodes[code as keyof typeof skipCodes].about;
  return code in failureCodes ? failureCodes[code as keyof typeof failureCodes].about : '';
}
