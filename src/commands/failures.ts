// `imagedex failures`: the pages and images that could not be processed, and another try at them.
import type { App } from '../app.ts';
import { columns } from './columns.ts';
import { crawlExitCode, crawlJson, crawlSummary } from './crawl-summary.ts';
import { openCrawlView } from './crawl-view.ts';
import { openExisting } from './existing-data.ts';
import { type Call, exitCodes, type Verb } from './verb.ts';

export const failures: Verb = {
  name: 'failures',
  words: '',
  leastWords: 0,
  mostWords: 0,
  doc: 'lists what could not be processed, with stage, code and reason',
  details: 'With --retry they are tried again. docs/reference/codes.md explains each code.',
  flags: { retry: { type: 'boolean', doc: 'tries them again' } },
  options: ['collection', 'dataDir'],
  examples: ['imagedex failures', 'imagedex failures --retry'],
  json: [
    '{"stage": "fetch", "code": "not_found", "reason": "404 Not Found", "subject": "image",',
    ' "url": "https://example.org/lost.jpg", "attempts": 1, "at": "2026-11-21T09:30:00.000Z"}',
  ].join('\n'),
  run: runFailures,
};

async function runFailures(call: Call): Promise<number> {
  const app = await openExisting(call);
  try {
    return call.flags['retry'] === true ? await retry(app, call) : await list(app, call);
  } finally {
    await app.close();
  }
}

async function list(app: App, { config, json, terminal }: Call): Promise<number> {
  const rows: string[][] = [];
  for (const { stage, code, reason, url, subject, attempts, at } of await app.failures(
    config.values.collection,
  )) {
    if (json) terminal.out(`${JSON.stringify({ stage, code, reason, subject, url, attempts, at })}\n`);
    else rows.push([stage, code, url, reason]);
  }
  if (json) return exitCodes.ok;
  const lines = rows.length === 0 ? [`Nothing failed in ${config.values.collection}.`] : columns(rows, 80);
  terminal.out(`${lines.join('\n')}\n`);
  return exitCodes.ok;
}

async function retry(app: App, call: Call): Promise<number> {
  const { config, json, terminal, signal } = call;
  const view = openCrawlView(terminal);
  const { collection } = config.values;
  const report = await app.retryFailures(collection, signal, view.update).finally(view.end);
  if (report === null) {
    terminal.out(json ? 'null\n' : `Nothing failed in ${collection}.\n`);
    return exitCodes.ok;
  }
  terminal.out(
    json ? `${JSON.stringify(crawlJson(report))}\n` : `${crawlSummary(report, call).join('\n')}\n`,
  );
  return crawlExitCode(report);
}
