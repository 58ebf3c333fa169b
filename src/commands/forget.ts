// `imagedex forget TARGET`: takes an image, a page or a site down, in all collections, and keeps it from coming back.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { countBlocks } from '../collections/blocks.ts';
import type { Forgotten } from '../collections/forget.ts';
import type { Target } from '../collections/target.ts';
import { ImagedexError, messageOf } from '../errors.ts';
import { counted } from './counted.ts';
import { openData } from './existing-data.ts';
import { type Call, exitCodes, type Verb } from './verb.ts';

export const forget: Verb = {
  name: 'forget',
  words: 'TARGET',
  leastWords: 0,
  mostWords: 1,
  doc: 'takes an image, a page or a site down in all collections, and keeps it from coming back',
  details:
    'TARGET is the id of an image, the sha256 of its bytes, an address of an image or of a page that shows it, a file, or a\n' +
    'site such as example.org. Without --yes nothing is removed: it says what would be. docs/take-down.md says what goes\n' +
    'and what stays.',
  flags: {
    yes: { type: 'boolean', doc: 'does it; there is no way back' },
    'dry-run': { type: 'boolean', doc: 'says what would go' },
    list: { type: 'boolean', doc: 'counts the entries of the block list' },
  },
  options: ['dataDir'],
  examples: [
    'imagedex forget https://example.org/photo.jpg --dry-run',
    'imagedex forget https://example.org/photo.jpg --yes',
    'imagedex forget example.org --yes',
    'imagedex forget --list',
  ],
  json: [
    '{"target": "address", "done": true, "images": 1, "locations": 2, "pages": 0, "blobs": 1, "collections": ["default"],',
    ' "blocked": 3}',
  ].join('\n'),
  run: runForget,
};

async function runForget(call: Call): Promise<number> {
  const { words, flags } = call;
  const [typed] = words;
  const isList = flags['list'] === true;
  if (isList !== (typed === undefined)) {
    const wanted = isList ? '--list alone, without TARGET' : 'TARGET, or --list';
    throw new ImagedexError('usage', `forget: expected ${wanted}`);
  }
  if (flags['yes'] === true && flags['dry-run'] === true)
    throw new ImagedexError('usage', 'forget: expected --yes or --dry-run, but got both');
  const target = typed === undefined ? undefined : await asTarget(typed, call.cwd);
  const [{ countBlocks }, { forget: takeDown }, app] = await Promise.all([
    import('../collections/blocks.ts'),
    import('../collections/forget.ts'),
    openData(call),
  ]);
  try {
    if (target === undefined) return list(await countBlocks(app.parts.ledger), call);
    const isDone = flags['yes'] === true;
    const forgotten = await takeDown(app.parts, target.typed, { isDryRun: !isDone });
    report(forgotten, target.read, isDone, call);
    return isDone || flags['dry-run'] === true ? exitCodes.ok : exitCodes.usage;
  } finally {
    await app.close();
  }
}

/** A file that is there is meant before a site of that name. */
async function asTarget(
  typed: string,
  cwd: string,
): Promise<{ readonly typed: string; readonly read: Target }> {
  const { readTarget } = await import('../collections/target.ts');
  const isFile = !/^[a-z][a-z0-9+.-]*:\/\//i.test(typed) && existsSync(resolve(cwd, typed));
  const target = isFile ? resolve(cwd, typed) : typed;
  try {
    return { typed: target, read: readTarget(target) };
  } catch (error) {
    if (!isFile || !/^[^/\\]+\/?$/.test(typed)) throw error;
    throw new ImagedexError(
      'usage',
      `${messageOf(error)}. For a site of that name, start it in another folder`,
    );
  }
}

function list(counts: Awaited<ReturnType<typeof countBlocks>>, { json, terminal }: Call): number {
  const { content, address, site } = counts;
  terminal.out(
    json
      ? `${JSON.stringify({ contents: content, addresses: address, sites: site })}\n`
      : `Blocked: ${counted(content, 'content')}, ${counted(address, 'address', 'addresses')}, ${counted(site, 'site')}.\n`,
  );
  return exitCodes.ok;
}

/** What TARGET was taken for. */
function meant(target: Target): string {
  switch (target.kind) {
    case 'image':
      return `the image ${target.id}`;
    case 'content':
      return `the content ${target.sha256}`;
    case 'address':
      return `the address ${target.url}`;
    case 'site':
      return `the site ${target.host}`;
  }
}

function report(forgotten: Forgotten, read: Target, isDone: boolean, { json, terminal, flags }: Call): void {
  const { target, images, locations, pages, blobs, collections, blocked } = forgotten;
  if (json) {
    const counts = { images, locations, pages, blobs, collections, blocked };
    terminal.out(`${JSON.stringify({ target, done: isDone, ...counts })}\n`);
    return;
  }
  const parts = [
    counted(images, 'image'),
    counted(locations, 'location'),
    counted(pages, 'page'),
    counted(blobs, 'thumbnail'),
  ].join(', ');
  const where = collections.length === 0 ? 'nothing was known of it' : `in ${collections.join(', ')}`;
  terminal.out(
    isDone
      ? `Removed, for ${meant(read)}: ${parts} (${where}).\nIt is blocked: no crawl brings it back.\n`
      : `Would remove, for ${meant(read)}: ${parts} (${where}), and block it in all collections.\n`,
  );
  if (!isDone && flags['dry-run'] !== true)
    terminal.err('Nothing was removed: there is no way back, so add --yes to do it.\n');
}
