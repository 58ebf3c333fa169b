// `imagedex crawls list|show|cancel`: the crawls that there were, what one changed, and the end of one that runs.

import { type CrawlReport, crawlReport } from '../crawl-report.ts';
import { cancelCrawl } from '../crawls/claim.ts';
import { type Comparison, compareCrawl, listCrawls } from '../crawls/crawl-history.ts';
import { ImagedexError } from '../errors.ts';
import type { CrawlRecord, Ledger, Stored } from '../ledger.ts';
import { suggest } from '../suggest.ts';
import { columns } from './columns.ts';
import { countLines, crawlJson, pageWords, partialLine, unavailableLines } from './crawl-summary.ts';
import { duration } from './crawl-view.ts';
import { openData } from './existing-data.ts';
import { type Call, exitCodes, type Verb } from './verb.ts';

export const crawls: Verb = {
  name: 'crawls',
  words: 'list | show ID | cancel ID',
  leastWords: 1,
  mostWords: 2,
  doc: 'lists the crawls of a collection, shows one with what it changed, or cancels one that runs',
  details:
    'ID is a crawl’s id; its beginning is enough where only one crawl has it, and `last` is the newest. What a cancelled\n' +
    'crawl has indexed stays; a crawl that is only to pause is stopped with Ctrl-C and carried on by the same command.',
  flags: {
    limit: { type: 'count', value: 'N', most: 1000, doc: 'lists so many, the newest; 20 without it' },
  },
  options: ['collection', 'dataDir'],
  examples: ['imagedex crawls list', 'imagedex crawls show last', 'imagedex crawls cancel 20261121T0930'],
  json: [
    '{"crawlId": "20261121T093000-4f21c8", "collection": "default", "state": "complete", "startedBy": "schedule",',
    ' "startedAt": "2026-11-21T09:30:00.000Z", "endedAt": "2026-11-21T09:30:12.000Z", "found": 302, "indexed": 300,',
    ' "new": 12, "changed": 3, "same": 0, "unchanged": 285, "gone": 2}',
  ].join('\n'),
  run: runCrawls,
};

async function runCrawls(call: Call): Promise<number> {
  const [verb, id] = call.words as [string, string | undefined];
  if (verb !== 'list' && verb !== 'show' && verb !== 'cancel') {
    const near = suggest(verb, ['list', 'show', 'cancel']);
    throw new ImagedexError(
      'usage',
      `crawls: expected list, show or cancel, but got ${verb}${near === undefined ? '' : `; did you mean ${near}?`}`,
    );
  }
  if ((verb === 'list') !== (id === undefined)) {
    throw new ImagedexError(
      'usage',
      verb === 'list' ? 'crawls list: expected nothing more' : `crawls ${verb}: expected the id of a crawl`,
    );
  }
  const app = await openData(call);
  try {
    const { ledger } = app.parts;
    if (id === undefined) return await list(ledger, call);
    const whole = await wholeId(ledger, id, call);
    return verb === 'show' ? await show(ledger, whole, call) : await cancel(ledger, whole, call);
  } finally {
    await app.close();
  }
}

/** The id that begins so. */
async function wholeId(ledger: Ledger, given: string, { config }: Call): Promise<string> {
  // The API's ids say of what type they are.
  const typed = given.replace(/^crawl_/, '');
  const all = await listCrawls(ledger);
  const ids = all.map((crawl) => crawl.id);
  if (typed === 'last') {
    const { collection } = config.values;
    const newest = all.find(({ record }) => record.collection === collection);
    if (newest !== undefined) return newest.id;
    throw new ImagedexError('not_found', `there is ${noCrawl(all, collection)}`);
  }
  if (ids.includes(typed)) return typed;
  const fitting = ids.filter((id) => id.startsWith(typed));
  if (fitting.length === 1) return fitting[0]!;
  throw new ImagedexError(
    'not_found',
    fitting.length === 0
      ? `there is no crawl ${typed}; \`imagedex crawls list\` lists them`
      : `${fitting.length} crawls begin with ${typed}: ${fitting.slice(0, 3).join(', ')}${fitting.length > 3 ? ' …' : ''}`,
  );
}

function noCrawl(all: readonly Stored<'crawl'>[], collection: string): string {
  const others = [...new Set(all.map(({ record }) => record.collection))].sort();
  const those = others.length === 0 ? '' : `; --collection NAME names another: ${others.join(', ')}`;
  return `no crawl of ${collection} yet${those}`;
}

const listHead = [
  ...['id', 'state', 'started by', 'took', 'found', 'indexed'],
  ...['new', 'changed', 'unchanged', 'gone', 'failed'],
];

async function list(ledger: Ledger, { config, flags, json, terminal }: Call): Promise<number> {
  const { collection } = config.values;
  const limit = typeof flags['limit'] === 'number' ? flags['limit'] : 20;
  const every = await listCrawls(ledger);
  const all = every.filter(({ record }) => record.collection === collection);
  const rows: string[][] = [];
  for (const { id, record } of all.slice(0, limit)) {
    const report = (await crawlReport(ledger, id))!;
    if (json) terminal.out(`${JSON.stringify(rowJson(report, record))}\n`);
    else rows.push(listRow(report, record));
  }
  if (json) return exitCodes.ok;
  const lines =
    rows.length === 0 ? [`There is ${noCrawl(every, collection)}.`] : columns([listHead, ...rows]);
  if (all.length > limit) lines.push(`… and ${all.length - limit} more: --limit ${all.length}`);
  terminal.out(`${lines.join('\n')}\n`);
  return exitCodes.ok;
}

const listRow = (report: CrawlReport, record: CrawlRecord): string[] => [
  report.crawlId,
  `${record.state}${record.isRetry ? ' (retry)' : ''}`,
  record.startedBy ?? 'command',
  duration(report.seconds),
  ...[
    report.found,
    report.indexed,
    report.new,
    report.changed,
    report.unchanged,
    report.gone,
    report.failed,
  ].map((number) => (number === undefined ? '?' : String(number))),
];

const rowJson = (report: CrawlReport, record: CrawlRecord) => ({
  ...crawlJson(report),
  same: sameOf(report) ?? null,
  collection: record.collection,
  sources: record.sources,
  startedBy: record.startedBy ?? 'command',
  isRetry: record.isRetry,
  startedAt: record.startedAt,
  endedAt: record.endedAt,
});

async function show(ledger: Ledger, id: string, { json, terminal }: Call): Promise<number> {
  const comparison = (await compareCrawl(ledger, id))!;
  const { crawl, record, before } = comparison;
  if (json) {
    const earlier = before === null ? null : crawlJson(before);
    terminal.out(`${JSON.stringify({ ...rowJson(crawl, record), before: earlier })}\n`);
  } else terminal.out(`${showLines(comparison).join('\n')}\n`);
  return exitCodes.ok;
}

function showLines(comparison: Comparison): string[] {
  const { crawl, record } = comparison;
  const state = record.state === 'running' && record.owner === null ? 'unfinished' : record.state;
  return [
    `Crawl ${crawl.crawlId} of ${crawl.collection}: ${state}`,
    ...columns([
      [
        'started',
        `${crawl.startedAt} by ${record.startedBy ?? 'command'}${record.isRetry ? ', of what had failed' : ''}`,
      ],
      ['ended', crawl.endedAt ?? 'not yet'],
      ['took', duration(crawl.seconds)],
      ...record.sources.map((source, index) => [index === 0 ? 'sources' : '', source]),
    ]),
    ...partialLine(crawl),
    '',
    ...countLines(crawl),
    ...unavailableLines(crawl),
    '',
    ...changeLines(comparison),
  ];
}

/** Fetched again, and no different; undefined for crawls of which it is not known. */
const sameOf = ({ indexed, new: added, changed, unchanged }: CrawlReport): number | undefined =>
  added === undefined || changed === undefined ? undefined : indexed - added - changed - unchanged;

function changeLines({ crawl, record, before, isFirst }: Comparison): string[] {
  const rows: (readonly [name: string, count: number | undefined, about: string])[] = [
    ['new', crawl.new, 'nothing lay there before'],
    ['changed', crawl.changed, 'other bytes lay there before'],
    ['same', sameOf(crawl), 'fetched again, and the bytes were the same'],
    [
      'unchanged',
      crawl.unchanged,
      'nothing had changed: as the source said, by its bytes, or its page was not due',
    ],
    ['gone', crawl.gone, 'left the search'],
    ['missing', crawl.missing, 'answered 404, but not in as many crawls as goneAfter says: still found'],
    ['refused', crawl.refused, 'their owners do not want them to be indexed'],
  ];
  const title =
    before === null
      ? isFirst
        ? 'The first crawl of these sources:'
        : record.isRetry || record.changesOnly === true
          ? 'Of what it was to look at:'
          : 'No complete crawl of exactly these sources before:'
      : `Changed since crawl ${before.crawlId} (${before.startedAt}):`;
  const known = rows.filter(([, count]) => count !== undefined);
  const { pageChanges } = crawl;
  const lines = [
    ...columns(known.map(([name, count, about]) => [`  ${name}`, String(count), about])),
    ...(pageChanges === undefined || crawl.pages === 0 ? [] : [`Pages: ${pageWords(pageChanges)}`]),
  ];
  if (before === null) return [title, ...lines];
  const compared = (['found', 'indexed', 'skipped', 'failed', 'pages'] as const).map((name) => [
    `  ${name}`,
    String(crawl[name]),
    signed(crawl[name] - before[name]),
  ]);
  return [title, ...lines, 'Compared with it:', ...columns(compared)];
}

const signed = (difference: number): string =>
  difference === 0 ? 'as before' : difference > 0 ? `${difference} more` : `${-difference} fewer`;

async function cancel(ledger: Ledger, id: string, { json, terminal }: Call): Promise<number> {
  const answer = await cancelCrawl(ledger, id);
  const report = (await crawlReport(ledger, id))!;
  if (json) terminal.out(`${JSON.stringify({ ...crawlJson(report), isCancelled: answer === true })}\n`);
  else if (answer === true) {
    terminal.out(
      `Crawl ${id} is cancelled. Whoever runs it stops within seconds; what it has indexed stays.\n`,
    );
  } else terminal.out(`Crawl ${id} is ${report.state} already.\n`);
  return answer === true ? exitCodes.ok : exitCodes.error;
}
