// `imagedex crawls list|show|cancel`: the crawls that there were, what one changed, and the end of one that runs.

import { type CrawlReport, crawlReport } from '../crawl-report.ts';
import { cancelCrawl } from '../crawls/claim.ts';
import { type Comparison, compareCrawl, listCrawls } from '../crawls/crawl-history.ts';
import { ImagedexError } from '../errors.ts';
import type { CrawlRecord, Ledger } from '../ledger.ts';
import { suggest } from '../suggest.ts';
import { columns } from './columns.ts';
import { countLines, crawlJson, unavailableLines } from './crawl-summary.ts';
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
    ' "new": 12, "changed": 3, "gone": 2, "unchanged": 285}',
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
async function wholeId(ledger: Ledger, typed: string, { config }: Call): Promise<string> {
  const ids = (await listCrawls(ledger)).map((crawl) => crawl.id);
  if (typed === 'last') {
    const [newest] = await listCrawls(ledger, config.values.collection);
    if (newest !== undefined) return newest.id;
    throw new ImagedexError('not_found', `there is no crawl of ${config.values.collection} yet`);
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

async function list(ledger: Ledger, { config, flags, json, terminal }: Call): Promise<number> {
  const { collection } = config.values;
  const limit = typeof flags['limit'] === 'number' ? flags['limit'] : 20;
  const all = await listCrawls(ledger, collection);
  const rows: string[][] = [];
  for (const { id, record } of all.slice(0, limit)) {
    const report = (await crawlReport(ledger, id))!;
    if (json) terminal.out(`${JSON.stringify(rowJson(report, record))}\n`);
    else rows.push(listRow(report, record));
  }
  if (json) return exitCodes.ok;
  const head = ['id', 'state', 'started by', 'took', 'found', 'indexed', 'new', 'changed', 'gone', 'failed'];
  const lines = rows.length === 0 ? [`There is no crawl of ${collection} yet.`] : columns([head, ...rows]);
  if (all.length > limit) lines.push(`… and ${all.length - limit} more: --limit ${all.length}`);
  terminal.out(`${lines.join('\n')}\n`);
  return exitCodes.ok;
}

const listRow = (report: CrawlReport, record: CrawlRecord): string[] => [
  report.crawlId,
  `${record.state}${record.isRetry ? ' (retry)' : ''}`,
  record.startedBy ?? 'command',
  duration(report.seconds),
  ...[report.found, report.indexed, report.new, report.changed, report.gone, report.failed].map((number) =>
    number === undefined ? '?' : String(number),
  ),
];

const rowJson = (report: CrawlReport, record: CrawlRecord) => ({
  ...crawlJson(report),
  collection: record.collection,
  sources: record.sources,
  startedBy: record.startedBy ?? 'command',
  isRetry: record.isRetry,
  isPartial: record.partial,
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

function showLines({ crawl, record, before }: Comparison): string[] {
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
    ...(record.partial
      ? ['A cap was hit or something could not be read: nothing was concluded from what it did not see.']
      : []),
    '',
    ...countLines(crawl),
    ...unavailableLines(crawl),
    '',
    ...changeLines(crawl, before),
  ];
}

function changeLines(crawl: CrawlReport, before: CrawlReport | null): string[] {
  const rows: (readonly [name: string, count: number | undefined, about: string])[] = [
    ['new', crawl.new, 'nothing lay there before'],
    ['changed', crawl.changed, 'other bytes lay there before'],
    ['gone', crawl.gone, 'left the search'],
    ['unchanged', crawl.unchanged, 'the source said so, and they were not fetched'],
  ];
  const title =
    before === null
      ? 'The first crawl of these sources:'
      : `Changed since crawl ${before.crawlId} (${before.startedAt}):`;
  const known = rows.filter(([, count]) => count !== undefined);
  const lines = columns(known.map(([name, count, about]) => [`  ${name}`, String(count), about]));
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
