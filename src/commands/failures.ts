// `imagedex failures`: the pages and images that could not be processed, counted, listed, and tried again.
import type { App } from '../app.ts';
import { countFailures, type FailureWhere, isDue, pageOfFailures } from '../crawls/failure-list.ts';
import { type FailureCode, failureCodes, ImagedexError, type Stage } from '../errors.ts';
import type { FailureFilter, FailureRecord } from '../ledger.ts';
import { suggest } from '../suggest.ts';
import { columns } from './columns.ts';
import { counted } from './counted.ts';
import { crawlExitCode, crawlJson, crawlSummary } from './crawl-summary.ts';
import { openCrawlView } from './crawl-view.ts';
import { openExisting } from './existing-data.ts';
import { type Call, exitCodes, type Verb } from './verb.ts';

const shown = 100;
const stages = ['find', 'fetch', 'describe', 'index'] as const satisfies readonly Stage[];
const subjects = ['page', 'image'] as const satisfies readonly FailureRecord['subject'][];

export const failures: Verb = {
  name: 'failures',
  words: '',
  leastWords: 0,
  mostWords: 0,
  doc: 'counts and lists what could not be processed, with stage, code and reason',
  details:
    'What is listed, and with --retry tried again, can be narrowed by code, stage, host, source and subject; the newest come\n' +
    'first. A later crawl tries all of it again by itself. docs/failures.md says more, docs/reference/codes.md explains each code.',
  flags: {
    retry: {
      type: 'boolean',
      doc: 'tries them again, and of what a page among them leads to only what nobody has read',
    },
    code: { type: 'text', value: 'CODE', doc: 'only those of this code, such as timed_out' },
    stage: { type: 'text', value: 'STAGE', doc: 'only those of this stage: find, fetch, describe or index' },
    host: {
      type: 'text',
      value: 'HOST',
      doc: 'only those of this host, with its port where that is no usual one',
    },
    source: { type: 'text', value: 'SOURCE', doc: 'only those of this source, as `crawl` is given it' },
    subject: { type: 'text', value: 'WHAT', doc: 'only pages (page) or only images (image)' },
    limit: { type: 'count', value: 'N', most: 1_000_000, doc: `lists so many; ${shown} without it` },
  },
  options: ['collection', 'dataDir'],
  examples: [
    'imagedex failures',
    'imagedex failures --code timed_out --host shop.example',
    'imagedex failures --retry --stage fetch',
  ],
  json: [
    '{"stage": "fetch", "code": "server_error", "reason": "… answered with status 503", "subject": "image",',
    ' "url": "https://example.org/late.jpg", "source": "web:https://example.org/", "attempts": 4,',
    ' "at": "2026-11-21T09:30:00.000Z", "notBefore": "2026-11-21T09:40:00.000Z", "crawlId": "20261121T093000-4f21c8"}',
  ].join('\n'),
  run: runFailures,
};

async function runFailures(call: Call): Promise<number> {
  const chosen = readFilter(call);
  const app = await openExisting(call);
  try {
    const { source } = call.flags;
    const filter = typeof source === 'string' ? { ...chosen, source: await app.sourceIdOf(source) } : chosen;
    return call.flags['retry'] === true ? await retry(app, call, filter) : await list(app, call, filter);
  } finally {
    await app.close();
  }
}

function readFilter({ flags }: Call): FailureFilter {
  const { code, stage, subject, host } = flags;
  return {
    ...(typeof code === 'string' && {
      code: oneOf('code', code, Object.keys(failureCodes) as FailureCode[]),
    }),
    ...(typeof stage === 'string' && { stage: oneOf('stage', stage, stages) }),
    ...(typeof subject === 'string' && { subject: oneOf('subject', subject, subjects) }),
    ...(typeof host === 'string' && { host: host.trim().toLowerCase() }),
  };
}

/** As GraphQL spells it, too. */
function oneOf<T extends string>(flag: string, typed: string, known: readonly T[]): T {
  const text = typed.trim().toLowerCase();
  const found = known.find((one) => one === text);
  if (found !== undefined) return found;
  const near = suggest(text, known);
  const cure = near === undefined ? '' : `; did you mean ${near}?`;
  throw new ImagedexError(
    'usage',
    `--${flag}: expected one of ${known.join(', ')}, but got ${JSON.stringify(typed)}${cure}`,
  );
}

async function list(
  app: App,
  { config, flags, json, terminal }: Call,
  filter: FailureFilter,
): Promise<number> {
  const { collection } = config.values;
  const { ledger } = app.parts;
  const where: FailureWhere = { collection, ...filter };
  const limit = typeof flags['limit'] === 'number' ? flags['limit'] : json ? 1_000_000 : shown;
  const counts = await countFailures(ledger, where);
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const { failures } = await pageOfFailures(ledger, where, 'newest', limit);
  if (json) {
    for (const { record } of failures) terminal.out(`${JSON.stringify(failureJson(record))}\n`);
    return exitCodes.ok;
  }
  if (total === 0) {
    terminal.out(`${nothing(filter, collection)}\n`);
    return exitCodes.ok;
  }
  const rows = failures.map(({ record }) => row(record));
  const lines = [
    `${counted(total, 'failure')} in ${collection}:`,
    ...columns(
      counts.map(({ code, count }) => [
        `  ${code}`,
        String(count),
        failureCodes[code as FailureCode]?.about ?? '',
      ]),
    ),
    '',
    ...columns([['stage', 'code', 'tries', 'next', 'where', 'why'], ...rows], 80),
  ];
  if (total > failures.length) lines.push(`… and ${total - failures.length} more: --limit ${total}`);
  terminal.out(`${lines.join('\n')}\n`);
  return exitCodes.ok;
}

const row = ({ stage, code, attempts, url, reason, notBefore }: FailureRecord): string[] => [
  stage,
  code,
  String(attempts),
  nextTry(notBefore),
  url,
  reason,
];

const nextTry = (notBefore: string | undefined): string =>
  notBefore === undefined || Date.parse(notBefore) <= Date.now() ? 'next crawl' : `from ${notBefore}`;

const nothing = (filter: FailureFilter, collection: string): string =>
  Object.keys(filter).length === 0
    ? `Nothing failed in ${collection}.`
    : `Nothing of that kind failed in ${collection}.`;

const failureJson = (record: FailureRecord) => {
  const { stage, code, reason, subject, url, source, attempts, at, notBefore = null, crawlId } = record;
  return { stage, code, reason, subject, url, source, attempts, at, notBefore, crawlId };
};

async function retry(app: App, call: Call, filter: FailureFilter): Promise<number> {
  const { config, json, terminal, signal } = call;
  const view = openCrawlView(terminal);
  const { collection } = config.values;
  const report = await app.retryFailures(collection, signal, view.update, filter).finally(view.end);
  if (report === null) {
    terminal.out(json ? 'null\n' : `${await whyNone(app, { collection, ...filter }, filter)}\n`);
    return exitCodes.ok;
  }
  terminal.out(
    json ? `${JSON.stringify(crawlJson(report))}\n` : `${crawlSummary(report, call).join('\n')}\n`,
  );
  return crawlExitCode(report);
}

async function whyNone(app: App, where: FailureWhere, filter: FailureFilter): Promise<string> {
  const { failures } = await pageOfFailures(app.parts.ledger, where, 'oldest', 1);
  const record = failures[0]?.record;
  return record === undefined || isDue(record)
    ? nothing(filter, where.collection)
    : `Nothing is tried again yet: the host of ${record.url} has asked not to be asked before ${record.notBefore}.`;
}
