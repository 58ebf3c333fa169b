// `imagedex import FILE|-`: reads what `export` wrote into a collection.
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ImportReport } from '../collections/import-collection.ts';
import { ImagedexError, messageOf } from '../errors.ts';
import { plainValue } from '../plain-text.ts';
import { counted } from './counted.ts';
import { hint, quoted } from './hint.ts';
import { openStatusLine } from './status-line.ts';
import { type Call, exitCodes, type Verb } from './verb.ts';

export const importVerb: Verb = {
  name: 'import',
  words: 'FILE|-',
  leastWords: 1,
  mostWords: 1,
  doc: 'reads what `export` wrote into a collection, which it makes or merges with',
  details:
    'Without --collection it is the collection that the file names. Nothing is fetched and nothing classified. What a line\n' +
    'has wrong is told with its number, and the rest is read; the exit code is 1 then. To import twice changes nothing.',
  flags: {},
  options: ['collection', 'dataDir', 'model'],
  defaults: { collection: 'the collection that the file names' },
  examples: [
    'imagedex import default.jsonl',
    'gunzip < gallery.jsonl.gz | imagedex import - --collection old-gallery',
  ],
  json: '{"collection": "default", "sources": ["web:https://example.org/"], "new": 300, "changed": 0, "same": 0, "takenDown": 0, "lines": 316, "badLines": 0, "isCutOff": false}',
  run: runImport,
};

/** More are counted, not shown. */
const maxShown = 100;
const maxSources = 10;

async function runImport(call: Call): Promise<number> {
  const { words, config, json, terminal, signal } = call;
  const [{ importLines }, { openApp }, { fromHome }] = await Promise.all([
    import('../app/move-collection.ts'),
    import('../app.ts'),
    import('../config/config-file.ts'),
  ]);
  const bytes = words[0] === '-' ? process.stdin : await readable(resolve(fromHome(words[0]!)));
  const app = await openApp(config);
  const status = openStatusLine(terminal);
  let shown = 0;
  try {
    const collection = config.origins.collection === 'default' ? null : config.values.collection;
    const report = await importLines(app.parts, bytes, collection, {
      signal,
      onProgress: (counts) => status.show(`line ${counts.lines}: ${counted(imagesOf(counts), 'image')}`),
      onBadLine: (number, reason) => {
        status.end();
        if (shown++ < maxShown) terminal.err(`line ${number}: ${plainValue(reason)}\n`);
      },
    });
    status.end();
    terminal.out(json ? `${JSON.stringify(report)}\n` : `${summary(report, call).join('\n')}\n`);
    return report.badLines > 0 || report.isCutOff ? exitCodes.error : exitCodes.ok;
  } catch (error) {
    if (signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    status.end();
    bytes.destroy();
    await app.close();
  }
}

const imagesOf = ({ new: added, changed, same }: ImportReport): number => added + changed + same;

function summary(report: ImportReport, call: Call): string[] {
  const { collection, sources, new: added, changed, same, takenDown, badLines, isCutOff } = report;
  const lines = [`${collection}: ${counted(added, 'new image')}, ${changed} changed, ${same} as they were.`];
  if (takenDown > 0) lines.push(`Left out: ${counted(takenDown, 'image')} taken down here.`);
  if (badLines > 0) lines.push(`Left out: ${counted(badLines, 'line')} that could not be read.`);
  if (isCutOff) lines.push('The file is cut off: what came before its end was read. Export it again.');
  if (imagesOf(report) > 0)
    lines.push(`Search with: ${hint(call, 'search WORDS', ['dataDir'], { collection })}`);
  return sources.length === 0 ? lines : [...lines, ...sourceLines(report, call)];
}

/** Whoever made the file has chosen them: they are crawled when somebody here asks for them. */
function sourceLines({ sources, collection }: ImportReport, call: Call): string[] {
  const [first] = sources.map((source) => source.slice(source.indexOf(':') + 1));
  const more = sources.length - maxSources;
  return [
    'Sources that the file names, which are crawled only when you name them:',
    ...sources.slice(0, maxSources).map((source) => `  ${source}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    `To crawl one: ${hint(call, `crawl ${quoted(first!)}`, ['dataDir'], { collection })}`,
  ];
}

async function readable(
  file: string,
): Promise<NodeJS.ReadableStream & AsyncIterable<Uint8Array> & { destroy(): unknown }> {
  try {
    await (await open(file)).close();
    return createReadStream(file, { highWaterMark: 256 * 1024 });
  } catch (error) {
    throw new ImagedexError('not_found', `${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
