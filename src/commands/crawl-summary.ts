// What a crawl has come to, for people and as JSON.
import type { CrawlReport } from '../crawl-report.ts';
import { failureCodes, skipCodes } from '../errors.ts';
import type { CodeCount } from '../ledger.ts';
import { plainValue } from '../plain-text.ts';
import { columns } from './columns.ts';
import { counted } from './counted.ts';
import { duration } from './crawl-view.ts';
import { hint } from './hint.ts';
import { type Call, exitCodes } from './verb.ts';

/** The object that `crawl --json` prints last. */
export function crawlJson(report: CrawlReport): Readonly<Record<string, unknown>> {
  const { crawlId, state, pages, found, indexed, skipped, failed, pending, unchanged, gone } = report;
  const { inferences, skips, failures, unavailable } = report;
  const seconds = Math.round(report.seconds * 1000) / 1000;
  return {
    crawlId,
    state,
    pages,
    found,
    indexed,
    skipped,
    failed,
    pending,
    unchanged,
    new: report.new ?? null,
    changed: report.changed ?? null,
    gone,
    inferences,
    seconds,
    skips,
    failures,
    unavailable,
  };
}

/** 0 only where all was done: every source was opened, and the crawl came to its end. */
export function crawlExitCode({ state, unavailable }: CrawlReport): number {
  if (state === 'running') return exitCodes.interrupted;
  return state === 'complete' && unavailable.length === 0 ? exitCodes.ok : exitCodes.error;
}

/** `unread`: pages, listings and entries of lists that could not be read. */
export function crawlSummary(
  report: CrawlReport,
  call: Pick<Call, 'program' | 'config'>,
  unread = 0,
): string[] {
  const { state, collection, indexed, failed } = report;
  const ended = state === 'running' ? 'stopped' : state;
  const lines = [
    `Crawl ${report.crawlId} of ${collection}: ${ended} after ${duration(report.seconds)}${pages(report)}`,
    ...countLines(report),
    inferenceLine(report),
    ...changeLine(report),
    ...unavailableLines(report),
  ];
  if (unread > 0)
    lines.push(
      `${unread} ${unread === 1 ? 'page, folder or entry of a list' : 'pages, folders or entries of lists'} could not be read.`,
    );
  if (failed + unread > 0)
    lines.push(
      `\`${hint(call, 'failures', ['collection', 'dataDir'])}\` lists each with its reason; with --retry it tries them again.`,
    );
  if (state === 'running') lines.push('The same command carries on where this one stopped.');
  if (indexed > 0) {
    lines.push(
      '',
      `Search:  ${hint(call, 'search dog', ['collection', 'dataDir'])}`,
      `         ${hint(call, 'serve', ['port', 'dataDir'])}, then ${pageAddress(call)}`,
    );
  }
  return lines;
}

export const unavailableLines = ({ unavailable }: CrawlReport): string[] =>
  unavailable.map(({ source, reason }) => plainValue(`${source} was left out: ${reason}`));

/** The sum that each image found is in, and the reasons. */
export function countLines({
  found,
  indexed,
  skipped,
  failed,
  pending,
  skips,
  failures,
}: CrawlReport): string[] {
  const rest = pending > 0 ? ` + ${pending} pending` : '';
  return [
    `${counted(found, 'image')} found = ${indexed} indexed + ${skipped} skipped + ${failed} failed${rest}`,
    ...columns([...codeRows('skipped', skips), ...codeRows('failed', failures)]),
  ];
}

/** What is different from the crawl before; nothing for a first crawl, where all is new. */
function changeLine({ new: fresh = 0, changed = 0, gone, unchanged }: CrawlReport): string[] {
  if (changed + gone + unchanged === 0) return [];
  return [`Since the crawl before: ${fresh} new, ${changed} changed, ${gone} gone, ${unchanged} unchanged.`];
}

/** Port 0 is not known before it is taken. */
const pageAddress = ({ config: { values } }: Pick<Call, 'config'>): string =>
  values.port === 0 ? 'the address that it prints' : `http://localhost:${values.port}/`;

const pages = ({ pages: seen }: CrawlReport): string => (seen === 0 ? '' : `, ${counted(seen, 'page')}`);

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
