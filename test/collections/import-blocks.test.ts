// An export that is older than a take-down, and one that is read while something is taken down: nothing of it comes back.
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { exportLines, importLines } from '../../src/app/move-collection.ts';
import type { Parts } from '../../src/app/parts.ts';
import { thumbnailKey } from '../../src/blobs/blobs.ts';
import { block } from '../../src/collections/blocks.ts';
import { forget } from '../../src/collections/forget.ts';
import type { ImportReport } from '../../src/collections/import-collection.ts';
import type { Change } from '../../src/ledger.ts';
import { sha256Of } from '../../src/record.ts';
import { picture, pictureFolder } from '../pictures.ts';
import { openWebServer, type WebServer } from '../web-server.ts';
import { documents, openWorld, type World } from '../world.ts';
import { traces } from './traces.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
const never = new AbortController().signal;
async function world(): Promise<World> {
  const opened = await openWorld({ hostDelayMs: 0, allowPrivateHosts: '127.0.0.1' });
  open.push(opened);
  return opened;
}

async function exported({ parts }: World, collection = 'default'): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of exportLines(parts, { collection, thumbnails: true }, never)) lines.push(line);
  return lines;
}
const read = (
  parts: Parts,
  lines: readonly string[],
  collection: string | null = null,
): Promise<ImportReport> =>
  importLines(parts, Readable.from(lines.map((line) => Buffer.from(line))), collection, { signal: never });

/** A page shows a small image that links to the page of the secret one, and names the secret one. */
async function crawledSite(): Promise<{ server: WebServer; lines: string[]; content: Buffer }> {
  const content = await picture(7);
  const server = await openWebServer({
    '/': '<title>Home</title><a href="/hidden.html"><img src="/small.jpg" alt="small"></a><a href="/hidden.jpg">the picture</a>',
    '/hidden.html':
      '<title>Hidden</title><img src="/hidden.jpg" alt="zebrafinch"><img src="/alone.jpg" alt="zebrafinch two">',
    '/hidden.jpg': content,
    '/alone.jpg': await picture(100),
    '/small.jpg': await picture(1),
  });
  open.push(server);
  const from = await world();
  await from.crawl(server.url);
  return { server, lines: await exported(from), content };
}

test('an older export: neither page nor image, nor a link to either, nor what nothing else shows', async () => {
  const { server, lines, content } = await crawledSite();
  const into = await world();
  const address = `${server.url}/hidden.html`;
  await block(into.parts.ledger, [
    { subject: 'address', value: address },
    { subject: 'address', value: `${server.url}/hidden.jpg` },
    { subject: 'content', value: sha256Of(content) },
  ]);
  expect(await read(into.parts, lines)).toMatchObject({ new: 1, takenDown: 2, badLines: 0 });
  const words = ['hidden', 'zebrafinch', 'alone.jpg', sha256Of(content)];
  expect(await traces(join(into.folder, 'data'), words)).toEqual([]);
  const [small] = await documents(into);
  expect(small!.appearances).toMatchObject([{ context: { alt: 'small' } }]);
  const [home] = await into.parts.ledger.list('page', {}, { limit: 9 });
  expect(home!.record.links).toEqual([]);
});

test('the host that counts is that of the address, not the one that a line tells', async () => {
  const { server, lines } = await crawledSite();
  const lying = lines.map((line) => line.replaceAll(`"host":"${server.host}"`, '"host":""'));
  expect(lying).not.toEqual(lines);
  const into = await world();
  await read(into.parts, lying);
  await forget(into.parts, server.host);
  expect(await documents(into)).toEqual([]);
  expect(await read(into.parts, lying)).toMatchObject({ new: 0, takenDown: 3, sources: [] });
  expect(await documents(into)).toEqual([]);
});

/** Does something once, just before the first change that is wanted is written. */
function before(parts: Parts, isWanted: (change: Change) => boolean, act: () => Promise<unknown>): Parts {
  let isDone = false;
  const ledger: Parts['ledger'] = {
    get: (kind, ids) => parts.ledger.get(kind, ids),
    list: (kind, where, page) => parts.ledger.list(kind, where, page),
    newestAppearances: (id, limit) => parts.ledger.newestAppearances(id, limit),
    tally: (kind, where, by) => parts.ledger.tally(kind, where, by),
    close: () => parts.ledger.close(),
    async change(changes) {
      if (!isDone && changes.some(isWanted)) {
        isDone = true;
        await act();
      }
      return parts.ledger.change(changes);
    },
  };
  return { ...parts, ledger };
}

test.each([
  ['the content', 'image', (_: WebServer, content: Buffer) => sha256Of(content)],
  ['the address of the image', 'image', ({ url }: WebServer) => `${url}/hidden.jpg`],
  ['the address of its page', 'image', ({ url }: WebServer) => `${url}/hidden.html`],
  ['the address of its page, before that is written', 'page', ({ url }: WebServer) => `${url}/hidden.html`],
  ['the site', 'image', ({ host }: WebServer) => host],
] as const)('taken down between looking at a line and writing it: %s', async (_, kind, target) => {
  const { server, lines, content } = await crawledSite();
  const into = await world();
  const typed = target(server, content);
  let count = 0;
  const parts = before(
    into.parts,
    (change) => change.kind === kind,
    async () => {
      count++;
      await forget(into.parts, typed);
    },
  );
  const report = await read(parts, lines);
  expect(count).toBe(1);
  expect(report.badLines).toBe(0);
  expect(report.new + report.takenDown).toBe(3);
  expect(await documents(into)).toHaveLength(report.new);
  expect(report.takenDown).toBeGreaterThan(0);
  const secret = sha256Of(content);
  // Blocked by its page alone, the bytes are known to nobody who could have blocked them.
  if (!typed.endsWith('.html')) expect(await into.parts.blobs.get(thumbnailKey(secret))).toBeNull();
  const pages = await into.parts.ledger.list('page', {}, { limit: 9 });
  const shown = JSON.stringify([await documents(into), pages]);
  expect(shown).not.toContain(typed.replace(/^https?:/, ''));
});

test('a line that names a blocked address for something of one’s own removes nothing', async () => {
  const into = await world();
  const pictures = await pictureFolder(join(into.folder, 'pictures'), 2);
  await into.crawl(pictures);
  await block(into.parts.ledger, [{ subject: 'address', value: 'https://down.example/a.jpg' }]);
  const lines = (await exported(into)).map((line) =>
    line.replaceAll(/"url":"[^"]*"/g, '"url":"https://down.example/a.jpg"'),
  );
  expect(await read(into.parts, lines)).toMatchObject({ new: 0, takenDown: 2 });
  expect(await documents(into)).toHaveLength(2);
});
