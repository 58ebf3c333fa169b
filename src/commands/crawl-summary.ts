// What a crawl has come to, for people and as JSON.
import type { CrawlReport } from '../crawl-report.ts';
import { failureCodes, skipCodes } from '../errors.ts';
import type { CodeCount, PageCounts } from '../ledger.ts';
import { plainValue } from '../plain-text.ts';
import { columns } from './columns.ts';
import { counted } from './counted.ts';
import { duration } from './crawl-view.ts';
import { hint } from './hint.ts';
import { type Call, exitCodes } from './verb.ts';

/** The object that `crawl --json` prints last. */
export function crawlJson(report: CrawlReport): Readonly<Record<string, unknown>> {
  const { crawlId, state, pages, found, indexed, skipped, failed, pending, unchanged, gone } = report;
  const { inferences, skips, pageSkips = [], failures, unavailable } = report;
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
    pageSkips,
    rendered: report.rendered ?? null,
    notRendered: report.notRendered ?? null,
    refused: report.refused ?? null,
    missing: report.missing ?? null,
    pageChanges: report.pageChanges ?? null,
    isPartial: report.isPartial,
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
    ...renderedLine(report),
    ...partialLine(report),
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

export const partialLine = ({ isPartial }: CrawlReport): string[] =>
  isPartial
    ? [
        'Not all was seen: maxPages or maxImages was reached, or something could not be read. What was not seen stays as it was.',
      ]
    : [];

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
  pageSkips = [],
  failures,
}: CrawlReport): string[] {
  const rest = pending > 0 ? ` + ${pending} pending` : '';
  return [
    `${counted(found, 'image')} found = ${indexed} indexed + ${skipped} skipped + ${failed} failed${rest}`,
    ...columns([
      ...codeRows('skipped', skips),
      ...codeRows('failed', failures),
      ...codeRows('pages skipped', pageSkips),
    ]),
  ];
}

/** What is different from the crawl before; nothing for a first crawl, where all is new. */
function changeLine(report: CrawlReport): string[] {
  const { new: fresh = 0, changed = 0, gone, unchanged, missing = 0, refused = 0, pageChanges } = report;
  if (changed + gone + unchanged + missing === 0) return [];
  const waiting = missing === 0 ? '' : `, ${missing} missing but not gone yet`;
  const unwanted = refused === 0 ? '' : `, ${refused} refused`;
  const images = `${fresh} new, ${changed} changed, ${gone} gone, ${unchanged} unchanged${waiting}${unwanted}`;
  return [
    `Since the crawl before: ${images}.`,
    ...(pageChanges === undefined || report.pages === 0 ? [] : [`Pages: ${pageWords(pageChanges)}.`]),
  ];
}

/** Nothing for a site without scripts that make its pages. */
function renderedLine({ rendered = 0, notRendered = 0 }: CrawlReport): string[] {
  const opened = rendered === 0 ? [] : [`A browser opened ${counted(rendered, 'page')}.`];
  const missed = `${counted(notRendered, 'page')} that scripts make could not be opened in a browser: pictures may be missing.`;
  return notRendered === 0 ? opened : [...opened, missed];
}

/** Those that there are; `rested` in words that say why. */
export const pageWords = (counts: PageCounts): string =>
  (Object.entries(counts) as [keyof PageCounts, number][])
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name === 'rested' ? 'not due' : name}`)
    .join(', ');

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

const codeRows = (outcome: 'skipped' | 'failed' | 'pages skipped', codes: readonly CodeCount[]): string[][] =>
  codes.map(({ code, count }) => [`  ${outcome} ${code}`, String(count), about(code)]);

function about(code: string): string {
  if (code in skipCodes) return skipCodes[code as keyof typeof skipCodes].about;
  return code in failureCodes ? failureCodes[code as keyof typeof failureCodes].about : '';
}
