// `npm run demo`: a small gallery on this machine, crawled, summed up and searchable until Ctrl-C.
// `-- --once` ends after the summary; `-- ~/Pictures` or an address shows something else than the gallery.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type App, openApp } from '../src/app.ts';
import { openCrawlView } from '../src/commands/crawl-view.ts';
import { exitCodes } from '../src/commands/verb.ts';
import { loadConfig } from '../src/config/config.ts';
import { fromHome } from '../src/config/config-file.ts';
import type { CrawlReport } from '../src/crawl-report.ts';
import { ImagedexError, messageOf } from '../src/errors.ts';
import { type Gallery, startGallery } from './site.ts';
import { addresses, askApi, summary, wrongs } from './summary.ts';

const usualPort = 4000;
const stop = new AbortController();
// The first Ctrl-C ends in order, a second one at once.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => (stop.signal.aborted ? process.exit(1) : stop.abort()));
}

const usage = `Usage: npm run demo -- [SOURCE…] [--once]

Crawls a small gallery on this machine, or SOURCE (a folder or an http(s) address), sums it up, and serves the search
page and GraphQL until Ctrl-C. With --once it ends after the summary.
`;
const print = (lines: readonly string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);

// A state of its own for each run: what the demo shows is what a first crawl does.
let dataDir = '';
try {
  const { once: isOnce, help, sources } = readArguments();
  if (help) process.stdout.write(usage);
  else {
    dataDir = await mkdtemp(join(tmpdir(), 'imagedex-demo-'));
    process.exitCode = await runDemo(sources, isOnce);
  }
} catch (error) {
  if (!(error instanceof ImagedexError)) throw error;
  process.stderr.write(`demo: ${error.message}\n${error.code === 'usage' ? `\n${usage}` : ''}`);
  process.exitCode = error.code === 'usage' ? exitCodes.usage : exitCodes.error;
} finally {
  if (dataDir !== '') await rm(dataDir, { recursive: true, force: true });
}

function readArguments() {
  const flag = { type: 'boolean', default: false } as const;
  try {
    const { values, positionals } = parseArgs({
      options: { once: flag, help: { ...flag, short: 'h' } },
      allowPositionals: true,
    });
    return { ...values, sources: positionals.map(fromHome) };
  } catch (error) {
    // Node's further sentences are about the code that calls it.
    throw new ImagedexError('usage', messageOf(error).split('. ')[0]!);
  }
}

async function runDemo(typed: readonly string[], isOnce: boolean): Promise<number> {
  const gallery = typed.length === 0 ? await startGallery() : undefined;
  const app = await openApp(await loadConfig({ flags: { dataDir }, cwd: dataDir }));
  try {
    const sources = gallery === undefined ? typed : [gallery.url];
    print([`Crawling ${sources.join(', ')}`]);
    const url = await serve(app, isOnce);
    const report = await crawl(app, sources);
    return await conclude(app, url, report, gallery, isOnce);
  } finally {
    await app.close();
    await gallery?.close();
  }
}

/** On the usual port if it is free. */
async function serve(app: App, isOnce: boolean): Promise<string> {
  try {
    return (await app.serve(isOnce ? 0 : usualPort, stop.signal)).url;
  } catch (error) {
    if (!(error instanceof ImagedexError) || error.code !== 'address_in_use') throw error;
    return (await app.serve(0, stop.signal)).url;
  }
}

function crawl(app: App, sources: readonly string[]): Promise<CrawlReport> {
  const { isTTY, columns = 80 } = process.stderr;
  const err = (text: string) => void process.stderr.write(text);
  const view = openCrawlView({ isTerminal: isTTY === true, columns, out: err, err });
  const request = { sources, collection: 'default', maxImages: null, fresh: false };
  return app.crawl(request, stop.signal, view.update).finally(view.end);
}

async function conclude(
  app: App,
  url: string,
  report: CrawlReport,
  gallery: Gallery | undefined,
  isOnce: boolean,
): Promise<number> {
  const [failures, state] = await Promise.all([app.failures('default'), askApi(url)]);
  // The server of one that ends at once is gone before anybody can ask it.
  const later = isOnce ? ['Without --once, `npm run demo` goes on to serve:', ''] : [];
  const served = isOnce ? `http://localhost:${usualPort}` : url;
  print([...summary(report, failures, state), '', ...later, ...addresses(served, state, gallery)]);
  const wrong = stop.signal.aborted ? ['it was stopped'] : wrongs(report, failures, state, gallery);
  for (const one of wrong) process.stderr.write(`demo: ${one}\n`);
  if (isOnce || stop.signal.aborted) return wrong.length === 0 ? 0 : 1;
  print(['', ...(gallery === undefined ? [] : [`The gallery itself: ${gallery.url}`]), 'Ctrl-C ends.']);
  await once(stop.signal, 'abort');
  return wrong.length === 0 ? 0 : 1;
}
