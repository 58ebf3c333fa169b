// `imagedex forget TARGET`: takes an image, a page or a site down, in all collections, and keeps it from coming back.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { countBlocks } from '../collections/blocks.ts';
import type { Forgotten } from '../collections/forget.ts';
import type { Target } from '../collections/target.ts';
import { ImagedexError } from '../errors.ts';
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
  const { words, flags, config } = call;
  const [typed] = words;
  const isList = flags['list'] === true;
  if (isList !== (typed === undefined)) {
    const wanted = isList ? '--list alone, without TARGET' : 'TARGET, or --list';
    throw new ImagedexError('usage', `forget: expected ${wanted}`);
  }
  if (flags['yes'] === true && flags['dry-run'] === true)
    throw new ImagedexError('usage', 'forget: expected --yes or --dry-run, but got both');
  const target = typed === undefined ? undefined : await asTarget(typed);
  // Before there is any data, too: what is blocked now is not found later.
  const [{ openApp }, { countBlocks }, { forget: takeDown }] = await Promise.all([
    import('../app.ts'),
    import('../collections/blocks.ts'),
    import('../collections/forget.ts'),
  ]);
  const app = await openApp(config);
  try {
    if (target === undefined) return list(await countBlocks(app.parts.ledger), call);
    const isDone = flags['yes'] === true;
    const forgotten = await takeDown(app.parts, target, { isDryRun: !isDone });
    report(forgotten, isDone, call);
    return isDone || flags['dry-run'] === true ? exitCodes.ok : exitCodes.usage;
  } finally {
    await app.close();
  }
}

/** A file that is there is meant before a site of that name. */
async function asTarget(typed: string): Promise<string> {
  const { readTarget } = await import('../collections/target.ts');
  const isFile = !/^[a-z][a-z0-9+.-]*:\/\//i.test(typed) && existsSync(typed);
  const target = isFile ? resolve(typed) : typed;
  readTarget(target);
  return target;
}

function list(counts: Awaited<ReturnType<typeof countBlocks>>, { json, terminal }: Call): number {
  const { content, address, site } = counts;
  terminal.out(
    json
      ? `${JSON.stringify({ contents: content, addresses: address, sites: site })}\n`
      : `Blocked: ${number(content, 'content')}, ${number(address, 'address', 'addresses')}, ${number(site, 'site')}.\n`,
  );
  return exitCodes.ok;
}

const kinds: { readonly [K in Target['kind']]: string } = {
  image: 'The image',
  content: 'The content',
  address: 'The address',
  site: 'The site',
};

function report(forgotten: Forgotten, isDone: boolean, { json, terminal, flags }: Call): void {
  const { target, images, locations, pages, blobs, collections, blocked } = forgotten;
  if (json) {
    const counts = { images, locations, pages, blobs, collections, blocked };
    terminal.out(`${JSON.stringify({ target, done: isDone, ...counts })}\n`);
    return;
  }
  const parts = [
    number(images, 'image'),
    number(locations, 'location'),
    number(pages, 'page'),
    number(blobs, 'thumbnail'),
  ].join(', ');
  const where = collections.length === 0 ? 'nothing was known of it' : `in ${collections.join(', ')}`;
  terminal.out(
    isDone
      ? `Removed: ${parts} (${where}).\n${kinds[target]} is blocked: no crawl brings it back.\n`
      : `Would remove: ${parts} (${where}), and block it in all collections.\n`,
  );
  if (!isDone && flags['dry-run'] !== true)
    terminal.err('Nothing was removed: there is no way back, so add --yes to do it.\n');
}

const number = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
