// Take-down at the worst moments: while a crawl is at just that image, and killed between any two of its writes.
import { spawn } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { assembleApp } from '../../src/app.ts';
import { thumbnailKey } from '../../src/blobs/blobs.ts';
import { forget } from '../../src/collections/forget.ts';
import type { CrawlReport } from '../../src/crawl-report.ts';
import { amend, amendment, type Change } from '../../src/ledger.ts';
import { imageId, sha256Of } from '../../src/record.ts';
import { traces } from '../collections/traces.ts';
import { picture } from '../pictures.ts';
import { openWebServer, type WebServer } from '../web-server.ts';
import { addsUp, documents, openWorld, type World } from '../world.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
const never = new AbortController().signal;

const secret = await picture(7);
const names = [sha256Of(secret), imageId('default', sha256Of(secret)), 'secretfile', 'zebrafinch'];

async function openSite(): Promise<WebServer> {
  const figure = (src: string) => `<img src="${src}" alt="zebrafinch ${src.replace(/\W/g, ' ')}">`;
  const server = await openWebServer({
    '/': `<title>Home</title><a href="/1.html">1</a><a href="/2.html">2</a><img src="/first.jpg" alt="first">`,
    '/1.html': `<title>One</title>${figure('/secretfile.jpg')}<img src="/second.jpg" alt="second">`,
    '/2.html': `<title>Two</title>${figure('/copy-secretfile.jpg')}<img src="/third.jpg" alt="third">`,
    '/secretfile.jpg': secret,
    '/copy-secretfile.jpg': secret,
    '/first.jpg': await picture(1),
    '/second.jpg': await picture(2),
    '/third.jpg': await picture(3),
  });
  open.push(server);
  return server;
}

async function world(): Promise<World> {
  const opened = await openWorld();
  open.push(opened);
  return opened;
}

const urls = async (at: World): Promise<string[]> =>
  (await documents(at))
    .flatMap(({ locations }) => locations.map(({ url }) => url.replace(/^.*\//, '')))
    .sort();

/** Where in an image's or page's way another process takes it down. */
const points: Readonly<Record<string, (changes: readonly Change[]) => boolean>> = {
  'its locations are written': (changes) => has(changes, 'location', 'found'),
  'its page is written': (changes) => has(changes, 'page', 'expanded'),
  'its description is written': (changes) => changes.some(({ kind }) => kind === 'description'),
  'its location is described': (changes) => has(changes, 'location', 'described'),
  'its image is marked clean': (changes) => changes.every(({ kind }) => kind === 'image'),
  'its location is indexed': (changes) => has(changes, 'location', 'indexed'),
};
const has = (changes: readonly Change[], kind: string, state: string) =>
  changes.some((one) => one.kind === kind && (one.record as { state?: string } | null)?.state === state);

/** The changes of descriptions and images say nothing but hashes. */
const isOfSecret = (changes: readonly Change[]): boolean => {
  const text = JSON.stringify(changes);
  return ['secretfile', ...names].some((name) => text.includes(name));
};

describe('while a crawl is at it', () => {
  const cases = Object.keys(points).flatMap((point) => [
    ...(['address', 'content', 'site'] as const).map((by) => ['after', point, by] as const),
    ['before', point, 'content'] as const,
  ]);
  test.each(cases)('%s %s, by %s', { timeout: 60_000 }, async (when, point, by) => {
    const [taken, server] = [await world(), await openSite()];
    const target = {
      address: `${server.url}/secretfile.jpg`,
      content: sha256Of(secret),
      site: server.host,
    }[by];
    const { ledger } = taken.parts;
    let done: Promise<unknown> | undefined;
    const app = assembleApp({
      ...taken.parts,
      ledger: {
        ...ledger,
        change: async (changes) => {
          const isIt = done === undefined && points[point]!(changes) && isOfSecret(changes);
          const takeDown = () => {
            done = forget(taken.parts, target);
            return done;
          };
          if (isIt && when === 'before') await takeDown();
          const answer = await ledger.change(changes);
          if (isIt && when === 'after') await takeDown();
          return answer;
        },
      },
      close: async () => {},
    });
    const command = { sources: [`${server.url}/`], collection: 'default', maxImages: null, fresh: false };
    const report: CrawlReport = await app.crawl(command, never);
    expect(done).toBeDefined();
    await done;
    addsUp(report);
    // By its address nothing but this address is known before the bytes have been seen.
    const known = by === 'site' ? [...names, server.host] : by === 'content' ? names : ['/secretfile.jpg'];
    const found = (await traces(join(taken.folder, 'data'), known)).filter(
      (where) => !/^(ledger_crawl|ledger_collection)\./.test(where),
    );
    expect(found).toEqual([]);
    const left = by === 'site' ? [] : ['first.jpg', 'second.jpg', 'third.jpg'];
    expect((await urls(taken)).filter((url) => url !== 'copy-secretfile.jpg')).toEqual(left);
    if (by !== 'address') expect(await urls(taken)).toEqual(left);
  });
});

test('what a killed crawl has left of it goes when that crawl is carried on', async () => {
  const [taken, server] = [await world(), await openSite()];
  const { ledger, index, blobs } = taken.parts;
  const command = { sources: [`${server.url}/`], collection: 'default', maxImages: null, fresh: false };
  await taken.app.crawl(command, never);
  const [document] = await index.get([names[1]!]);
  const thumbnail = (await blobs.get(thumbnailKey(names[0]!)))!;
  const [description] = await ledger.list('description', { sha256: names[0]! }, { limit: 1 });
  const [crawl] = await ledger.list('crawl', {}, { limit: 1 });
  await forget(taken.parts, names[0]!);
  // As if another process had been killed right after it wrote these.
  await blobs.put(thumbnailKey(names[0]!), thumbnail);
  await index.put([document!]);
  await amend(ledger, [
    amendment('description', description!.id, () => description!.record),
    amendment('crawl', crawl!.id, (old) => old && { ...old, state: 'running', endedAt: null, counts: null }),
    amendment(
      'collection',
      'default',
      (old) => old && { ...old, unfinished: { [`web:${server.url}/`]: crawl!.id } },
    ),
  ]);
  expect(await traces(join(taken.folder, 'data'), names)).not.toEqual([]);
  const report = await taken.app.crawl(command, never);
  addsUp(report);
  expect(report.crawlId).toBe(crawl!.id);
  expect(await traces(join(taken.folder, 'data'), names)).toEqual([]);
});

const program = fileURLToPath(new URL('./forget-with-fault.ts', import.meta.url));

const killed = (dataDir: string, target: string, count: number): Promise<boolean> =>
  new Promise((ended) => {
    const child = spawn(process.execPath, ['--import', 'tsx', program, dataDir, target, String(count)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.once('close', (_, signal) => ended(signal === 'SIGKILL'));
  });

describe('kill -9 before each of its writes, then again', () => {
  test.each(['page', 'site'] as const)('by %s', { timeout: 300_000 }, async (by) => {
    const [made, server] = [await world(), await openSite()];
    addsUp(await made.crawl(`${server.url}/`));
    const target = by === 'page' ? `${server.url}/1.html` : server.host;
    await made.parts.close();
    open.splice(open.indexOf(made), 1);
    let kills = 0;
    try {
      for (let isKilled = true; isKilled; ) {
        const copy = join(made.folder, `copy-${kills}`);
        await cp(join(made.folder, 'data'), copy, { recursive: true });
        isKilled = await killed(copy, target, kills + 1);
        if (isKilled) kills++;
        const again = await openWorld({ dataDir: copy }, made.folder);
        await forget(again.parts, target);
        const known = by === 'site' ? [...names, server.host] : names;
        const found = (await traces(copy, known)).filter(
          (where) => !/^(ledger_crawl|ledger_collection)\./.test(where),
        );
        expect(found, `killed before write ${kills}`).toEqual([]);
        expect(await urls(again)).toEqual(by === 'page' ? ['first.jpg', 'third.jpg'] : []);
        await again.close();
        await rm(copy, { recursive: true });
      }
      expect(kills).toBeGreaterThan(5);
      process.stdout.write(`${kills} kills of a take-down by ${by}\n`);
    } finally {
      await rm(made.folder, { recursive: true, force: true });
    }
  });
});
