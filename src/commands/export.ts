// `imagedex export [FILE]`: a collection as JSON Lines, on standard output or in a file.
import { randomBytes } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ImagedexError, messageOf } from '../errors.ts';
import { counted } from './counted.ts';
import { openExisting } from './existing-data.ts';
import { openStatusLine } from './status-line.ts';
import { type Call, exitCodes, type Terminal, type Verb } from './verb.ts';

export const exportVerb: Verb = {
  name: 'export',
  words: '[FILE]',
  leastWords: 0,
  mostWords: 1,
  doc: 'writes a collection as JSON Lines, to standard output or into a file',
  details:
    'What was written can be read back with `import`, here or elsewhere, with nothing fetched and nothing classified\n' +
    'again. A crawl may run meanwhile. FILE is there whole at the end, or not at all. docs/export-format.md explains it.',
  flags: {
    'without-thumbnails': { type: 'boolean', doc: 'leaves thumbnails out, which are most of the file' },
    force: { type: 'boolean', doc: 'replaces FILE where there is one' },
  },
  options: ['collection', 'dataDir'],
  examples: [
    'imagedex export default.jsonl',
    'imagedex export --collection gallery | gzip > gallery.jsonl.gz',
  ],
  json: '{"file": "/srv/default.jsonl", "collection": "default", "images": 300, "locations": 302, "pages": 12, "appearances": 310, "lines": 316}',
  run: runExport,
};

/** Takes a piece of text, and resolves when there is room for more. */
type Write = (text: string) => Promise<void>;

async function runExport(call: Call): Promise<number> {
  const { words, flags, config, json, terminal, signal } = call;
  const { collection } = config.values;
  const [{ exportLines }, { fromHome }] = await Promise.all([
    import('../app/move-collection.ts'),
    import('../config/config-file.ts'),
  ]);
  const file = words[0] === undefined || words[0] === '-' ? null : resolve(fromHome(words[0]));
  if (file !== null && flags['force'] !== true) await mustBeFree(file);
  const app = await openExisting(call);
  const status = openStatusLine(terminal);
  let last = { lines: 0, pages: 0, images: 0, locations: 0, appearances: 0 };
  const writeAll = async (write: Write) => {
    const request = { collection, thumbnails: flags['without-thumbnails'] !== true };
    const lines = exportLines(app.parts, request, signal, (counts) => {
      last = counts;
      status.show(`${counted(counts.images, 'image')}, ${counted(counts.pages, 'page')}`);
    });
    for await (const line of lines) await write(line);
  };
  try {
    await (file === null ? writeAll(toTerminal(terminal)) : writeFileWhole(file, writeAll));
    status.end();
    const report = { file, collection, ...last, lines: last.lines + 1 };
    const told = json
      ? JSON.stringify(report)
      : `Exported ${counted(last.images, 'image')} of ${collection} to ${file}.`;
    if (file !== null) terminal.out(`${told}\n`);
    return exitCodes.ok;
  } catch (error) {
    if (signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    status.end();
    await app.close();
  }
}

const toTerminal =
  ({ out, drained }: Terminal): Write =>
  async (text) => {
    out(text);
    await drained?.();
  };

async function mustBeFree(file: string): Promise<void> {
  if ((await stat(file).catch(() => undefined)) === undefined) return;
  throw new ImagedexError(
    'file_exists',
    `${file} is there already; name another, or replace it with --force`,
  );
}

/** Under another name until it is whole. */
async function writeFileWhole(file: string, writeAll: (write: Write) => Promise<void>): Promise<void> {
  const partial = `${file}.partial-${randomBytes(3).toString('hex')}`;
  try {
    const handle = await open(partial, 'wx', 0o600);
    try {
      await writeAll(async (text) => void (await handle.writeFile(text)));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {});
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    const why = code === 'ENOSPC' ? 'the disk is full' : messageOf(error);
    throw new ImagedexError('data_unavailable', `${file} cannot be written: ${why}; name another file`, {
      cause: error,
    });
  }
}
