// `imagedex crawl SOURCE…`: finds, fetches, describes and indexes the images of the sources.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App, CrawlCommand } from '../app.ts';
import { ImagedexError, TemporaryError } from '../errors.ts';
import { crawlExitCode, crawlJson, crawlSummary } from './crawl-summary.ts';
import { openCrawlView } from './crawl-view.ts';
import { showDryRun } from './dry-run-view.ts';
import { type Call, exitCodes, type Verb } from './verb.ts';

export const crawl: Verb = {
  name: 'crawl',
  words: '[SOURCE…]',
  leastWords: 0,
  mostWords: Number.POSITIVE_INFINITY,
  doc: 'finds the images of folders, web sites, buckets and lists, says what is on them, and indexes them',
  details:
    'SOURCE is a folder (with all folders in it), an http(s) address, s3://bucket/prefix or a list\n' +
    'of addresses: list:FILE-OR-ADDRESS, a file .json, .jsonl, .csv or .tsv, - for standard input. Without any,\n' +
    'the sources that the configuration names for the collection are crawled, else those of its crawls before. What the\n' +
    'configuration says of a source holds for a typed one, too; a flag wins over it. What is indexed can be searched while\n' +
    'the crawl runs. Ctrl-C is safe: the same command carries on where it stopped.',
  flags: {
    'max-images': { type: 'count', value: 'N', doc: 'stops finding after so many images' },
    'dry-run': {
      type: 'boolean',
      doc: 'says what would be fetched: looks into pages and listings, asks for no image and writes nothing',
    },
    due: {
      type: 'boolean',
      doc: 'asks only for pages of web sites that are due by how often they change, as scheduled crawls do',
    },
    fresh: {
      type: 'boolean',
      doc: 'abandons an unfinished crawl and looks at everything anew; deletes nothing',
    },
  },
  options: [
    'collection',
    'dataDir',
    'model',
    'include',
    'exclude',
    'maxPages',
    'maxDepth',
    'hostDelayMs',
    'allowPrivateHosts',
    'connectTo',
    'caFile',
    'render',
    'browser',
    'renderConcurrency',
    'renderTimeoutMs',
    'listMap',
    's3Endpoint',
    's3Region',
    's3Anonymous',
  ],
  examples: [
    'imagedex crawl ~/Pictures',
    'imagedex crawl https://example.org/gallery/ --collection gallery --max-images 500',
    "imagedex crawl https://example.org/ --include '*.{jpg,png}' --exclude private --depth 3 --delay 2000",
    'imagedex crawl s3://photos/2026/ --s3-endpoint https://s3.example.org',
    'imagedex crawl list:https://shop.example/products.json',
    'imagedex crawl photos.csv --map url=Photo,title=Name,date=Taken',
    'imagedex crawl --collection shop --due',
  ],
  json: [
    '{"crawlId": "20261121T093000-4f21c8", "state": "complete", "pages": 12, "found": 302, "indexed": 300, "skipped": 1,',
    ' "failed": 1, "pending": 0, "unchanged": 0, "new": 300, "changed": 0, "gone": 0, "inferences": 300, "seconds": 9.5,',
    ' "skips": [{"code": "unsupported_format", "count": 1}], "failures": [{"code": "not_found", "count": 1}],',
    ' "unavailable": [{"source": "web:https://example.org/", "reason": "503 Service Unavailable"}],',
    ' "pageSkips": [{"code": "opted_out", "count": 2}], "refused": 1, "missing": 0, "pageChanges": {"new": 12, "changed": 0,',
    ' "unchanged": 0, "rested": 0, "missing": 0, "gone": 0, "refused": 0, "skipped": 0, "failed": 0}}',
  ].join('\n'),
  run: runCrawl,
};

async function runCrawl(call: Call): Promise<number> {
  const { words, flags, config, json, terminal, signal } = call;
  const [{ openApp }, { fromHome }] = await Promise.all([
    import('../app.ts'),
    import('../config/config-file.ts'),
  ]);
  const maxImages = typeof flags['max-images'] === 'number' ? flags['max-images'] : null;
  const { collection } = config.values;
  if (words.length === 0) await mustHaveSources(call);
  const [fresh, onlyDue] = [flags['fresh'] === true, flags['due'] === true];
  const sources = words.map(fromHome);
  const request = { sources, collection, maxImages, fresh, ...(onlyDue && { onlyDue }) };
  if (flags['dry-run'] === true) return runDryRun(call, request);
  let app: App | undefined;
  try {
    app = await openApp(config, signal);
    const view = openCrawlView(terminal);
    const report = await app.crawl(request, signal, view.update).finally(view.end);
    if (json) terminal.out(`${JSON.stringify(crawlJson(report))}\n`);
    else {
      const failures = await app.failures(collection);
      const unread = failures.filter((one) => one.subject === 'page' && one.crawlId === report.crawlId);
      terminal.out(`${crawlSummary(report, call, unread.length).join('\n')}\n`);
    }
    return crawlExitCode(report);
  } catch (error) {
    if (!signal.aborted || !(error instanceof TemporaryError)) throw error;
    terminal.err(`Stopped while it waited for the store: ${error.message}. The same command carries on.\n`);
    return exitCodes.interrupted;
  } finally {
    await app?.close();
  }
}

/** Where neither the configuration nor data of before can name any, nothing is made by asking. */
async function mustHaveSources({ config }: Call): Promise<void> {
  const { collection, dataDir, store } = config.values;
  const configured = config.collections.get(collection)?.sources ?? [];
  if (configured.length > 0 || store !== 'sqlite' || existsSync(join(dataDir, 'imagedex.db'))) return;
  const { usage } = await import('./help.ts');
  throw new ImagedexError(
    'usage',
    `SOURCE… is missing, and the configuration names no sources of collection ${collection}. Usage: imagedex ${usage(crawl)}`,
  );
}

/** Without data there is nothing known of before, and none is made. */
async function runDryRun(call: Call, request: CrawlCommand): Promise<number> {
  const { config, signal } = call;
  const { dataDir } = config.values;
  const empty = existsSync(dataDir) ? null : await mkdtemp(join(tmpdir(), 'imagedex-dry-run-'));
  const { openApp } = await import('../app.ts');
  const app = await openApp({ ...config, values: { ...config.values, dataDir: empty ?? dataDir } });
  try {
    return await showDryRun(app.dryRun(request, signal), call);
  } catch (error) {
    if (!signal.aborted) throw error;
    return exitCodes.interrupted;
  } finally {
    await app.close();
    if (empty !== null) await rm(empty, { recursive: true, force: true });
  }
}
