// `imagedex schedule add|list|remove|run`: when crawls of a collection start.
import type { App } from '../app.ts';
import { ImagedexError } from '../errors.ts';
import { suggest } from '../suggest.ts';
import { crawlExitCode, crawlJson, crawlSummary } from './crawl-summary.ts';
import { openCrawlView } from './crawl-view.ts';
import { openData } from './existing-data.ts';
import { hint } from './hint.ts';
import { type Call, exitCodes, type Verb } from './verb.ts';

export const schedule: Verb = {
  name: 'schedule',
  words: 'add COLLECTION CRON | list | remove COLLECTION | run COLLECTION',
  leastWords: 1,
  mostWords: Number.POSITIVE_INFINITY,
  doc: 'starts crawls of a collection at certain times, while serve runs',
  details:
    "CRON is one word in quotes: '0 3 * * *' is every night at three. A collection has one schedule: adding another\n" +
    'replaces it. What came due while nothing was running is caught up once. `run` crawls the collection now, like crawl.\n' +
    'docs/schedules.md lists the forms of CRON and says what happens when clocks change.',
  flags: {
    'time-zone': { type: 'text', value: 'ZONE', doc: 'reads CRON in this zone; without it in the machine’s' },
  },
  options: ['dataDir'],
  examples: [
    "imagedex schedule add photos '0 3 * * *' --time-zone Europe/Berlin",
    'imagedex schedule list',
    'imagedex schedule run photos',
  ],
  json: [
    '{"collection": "photos", "cron": "0 3 * * *", "timeZone": "Europe/Berlin", "createdAt": "2026-11-20T13:35:00.000Z",',
    ' "last": {"dueAt": "2026-11-21T02:00:00.000Z", "outcome": "started", "crawlId": "20261121T020000-4f21c8", "reason": null},',
    ' "inWords": "At 03:00, every day (Europe/Berlin)",',
    ' "nextTimes": ["2026-11-22T02:00:00.000Z", "2026-11-23T02:00:00.000Z", "2026-11-24T02:00:00.000Z"]}',
  ].join('\n'),
  run: runSchedule,
};

const actions: Readonly<
  Record<string, { readonly words: number; readonly run: (call: Call) => Promise<number> }>
> = {
  add: { words: 3, run: add },
  list: { words: 1, run: list },
  remove: { words: 2, run: remove },
  run: { words: 2, run: runNow },
};

async function runSchedule(call: Call): Promise<number> {
  const [name, ...words] = call.words as [string, ...string[]];
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) {
    const near = suggest(name, Object.keys(actions));
    const cure = near === undefined ? '' : `; did you mean ${near}?`;
    throw new ImagedexError('usage', `schedule: expected add, list, remove or run, but got ${name}${cure}`);
  }
  const wanted = action.words - 1;
  if (words.length === wanted) return action.run(call);
  if (name === 'add' && words.length > wanted) {
    throw new ImagedexError(
      'usage',
      `schedule add: expected CRON as one word in quotes, as in schedule add ${words[0]} '0 3 * * *', but got ${words.length - 1} words`,
    );
  }
  const named = ['nothing more', 'COLLECTION', 'COLLECTION CRON'][wanted];
  const came = words.length === 0 ? 'nothing' : words.join(' ');
  throw new ImagedexError('usage', `schedule ${name}: expected ${named}, but got ${came}`);
}

async function add(call: Call): Promise<number> {
  const [, collection, cron] = call.words as [string, string, string];
  const { flags, json, terminal } = call;
  const typedZone = typeof flags['time-zone'] === 'string' ? flags['time-zone'] : undefined;
  const { readTiming } = await import('../schedules/schedules.ts');
  const timing = readTiming(cron, typedZone, new Date());
  const { record, replaced } = await withOwnData(call, (app) => app.schedules.set({ collection, ...timing }));
  const { scheduleJson, scheduleLines } = await import('./schedule-text.ts');
  if (json) {
    const before = replaced === null ? null : { cron: replaced.cron, timeZone: replaced.timeZone };
    terminal.out(`${JSON.stringify({ ...scheduleJson(record), replaced: before })}\n`);
    return exitCodes.ok;
  }
  const lines = scheduleLines(record);
  if (typedZone === undefined) lines.push(`No --time-zone was given: the machine’s, ${record.timeZone}.`);
  if (replaced !== null) {
    lines.push(`In place of the schedule before: ${replaced.cron} (${replaced.timeZone}).`);
  }
  lines.push(`It starts crawls while \`${hint(call, 'serve', ['dataDir'])}\` runs.`);
  terminal.out(`${lines.join('\n')}\n`);
  return exitCodes.ok;
}

async function list(call: Call): Promise<number> {
  const { json, terminal } = call;
  return withData(call, async (app) => {
    const { scheduleJson, scheduleLines } = await import('./schedule-text.ts');
    const records = await app.schedules.list();
    for (const [index, record] of records.entries()) {
      if (json) terminal.out(`${JSON.stringify(scheduleJson(record))}\n`);
      else terminal.out(`${index === 0 ? '' : '\n'}${scheduleLines(record).join('\n')}\n`);
    }
    if (!json && records.length === 0) {
      terminal.out(
        `There is no schedule; \`${hint(call, "schedule add COLLECTION '0 3 * * *'", ['dataDir'])}\` makes one.\n`,
      );
    }
    return exitCodes.ok;
  });
}

async function remove(call: Call): Promise<number> {
  const [, collection] = call.words as [string, string];
  const { json, terminal } = call;
  return withData(call, async (app) => {
    const record = await app.schedules.remove(collection);
    const { scheduleJson, scheduleLines } = await import('./schedule-text.ts');
    terminal.out(
      json
        ? `${JSON.stringify({ removed: scheduleJson(record) })}\n`
        : `No more ${scheduleLines(record)[0]!.replace(/^C/, 'c')}. One that runs goes on.\n`,
    );
    return exitCodes.ok;
  });
}

async function runNow(call: Call): Promise<number> {
  const [, collection] = call.words as [string, string];
  const { json, terminal, signal } = call;
  return withData(call, async (app) => {
    await app.schedules.get(collection);
    const view = openCrawlView(terminal);
    const report = await app.runSchedule(collection, signal, view.update).finally(view.end);
    const { values, origins } = call.config;
    const told = {
      ...call.config,
      values: { ...values, collection },
      origins: { ...origins, collection: 'COLLECTION' },
    };
    terminal.out(
      json
        ? `${JSON.stringify(crawlJson(report))}\n`
        : `${crawlSummary(report, { ...call, config: told }).join('\n')}\n`,
    );
    return crawlExitCode(report);
  });
}

/** Makes the data directory for a collection of the configuration; others are in one that is there. */
async function withOwnData<Result>(call: Call, work: (app: App) => Promise<Result>): Promise<Result> {
  const configured = call.config.collections.get(call.words[1]!);
  if ((configured?.sources ?? []).length === 0) return withData(call, work);
  const { openApp } = await import('../app.ts');
  return closing(await openApp(call.config), work);
}

const withData = async <Result>(call: Call, work: (app: App) => Promise<Result>): Promise<Result> =>
  closing(await openData(call), work);

async function closing<Result>(app: App, work: (app: App) => Promise<Result>): Promise<Result> {
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}
