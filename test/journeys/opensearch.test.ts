// What people do with their data in OpenSearch, from the command line and from several machines.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { makeCrawlParts } from '../../src/app/crawl-parts.ts';
import { resumeCrawls } from '../../src/crawls/crawls.ts';
import { imagedex } from '../commands/surroundings.ts';
import { hasOpenSearch, lines } from '../opensearch/shared.ts';
import { picture, pictureFolder } from '../pictures.ts';
import { openWebServer } from '../web-server.ts';
import { addsUp, documents, onOpenSearch, openWorld, stopAfter, testFolder, type World } from '../world.ts';

const never = new AbortController().signal;
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
/** With `folder`, the world there again. Machines are worlds with the same flags. */
async function world(flags: Record<string, unknown>, folder?: string): Promise<World> {
  const made = await openWorld({ describers: 1, allowPrivateHosts: ['127.0.0.1'], ...flags }, folder);
  open.push(made);
  return made;
}
async function folder(): Promise<string> {
  const path = await testFolder();
  open.push({ close: () => rm(path, { recursive: true, force: true }) });
  return path;
}
const urls = (all: readonly { readonly locations: readonly { readonly url: string }[] }[]): string[] =>
  all.flatMap(({ locations }) => locations.map(({ url }) => url.replace(/^.*\//, ''))).sort();

describe.skipIf(!hasOpenSearch).each(lines)('data in OpenSearch %s.x', { timeout: 240_000 }, (line) => {
  test('every verb that reads or changes data does so there, from any machine', async () => {
    const flags = await onOpenSearch(line);
    // Keeps the indices, and removes them.
    const owner = await world(flags);
    const env = {
      IMAGEDEX_STORE: 'opensearch',
      IMAGEDEX_OPENSEARCH_URLS: String(flags['opensearchUrls']),
      IMAGEDEX_OPENSEARCH_PREFIX: String(flags['opensearchPrefix']),
      IMAGEDEX_LOG_LEVEL: 'error',
      IMAGEDEX_DESCRIBERS: '1',
    };
    const photos = await pictureFolder(join(owner.folder, 'photos'), 4);
    const there = join(await folder(), 'data');
    const run = async (dataDir: string, ...argv: string[]) => {
      const outcome = await imagedex([...argv, '--data-dir', dataDir], { cwd: owner.folder, env });
      expect(outcome.err, argv.join(' ')).not.toContain('data directory');
      return outcome;
    };
    const json = async (dataDir: string, ...argv: string[]) => {
      const { code, out, err } = await run(dataDir, ...argv, '--json');
      expect(code, `${argv.join(' ')}: ${err}`).toBe(0);
      return out
        .split('\n')
        .filter((row) => row !== '')
        .map((row) => JSON.parse(row));
    };
    const found = async (dataDir: string, ...more: string[]) =>
      (await json(dataDir, 'search', ...more))[0].totalCount.value;
    const here = join(owner.folder, 'data');
    expect((await run(there, 'search', 'anything')).err).toContain('there is no collection default');
    await json(here, 'crawl', photos);
    expect(await found(there)).toBe(4);
    expect(await json(there, 'failures')).toEqual([]);
    expect((await json(there, 'collections', 'list'))[0]).toMatchObject({ name: 'default', images: 4 });
    expect((await json(there, 'collections', 'show', 'default'))[0]).toMatchObject({ images: 4 });
    expect((await json(there, 'crawls', 'list'))[0]).toMatchObject({ state: 'complete' });
    const file = join(owner.folder, 'all.jsonl');
    await run(here, 'export', file);
    await json(there, 'import', file, '--collection', 'copy');
    expect(await found(here, '--collection', 'copy')).toBe(4);
    await json(there, 'prune', '--dry-run');
    const refused = await imagedex(['backup', join(owner.folder, 'backup'), '--data-dir', here], { env });
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('snapshot') });
    await json(there, 'forget', join(photos, '1.jpg'), '--yes');
    expect(await found(here)).toBe(3);
    expect(await found(here, '--collection', 'copy')).toBe(3);
    await json(there, 'collections', 'delete', 'copy', '--yes');
    expect((await run(here, 'search', '--collection', 'copy')).err).toContain('no collection copy');
    expect(await found(here)).toBe(3);
  });

  test('pictures that change, move and go are followed, on disk and on the web', async () => {
    const here = await world(await onOpenSearch(line));
    const photos = await pictureFolder(join(here.folder, 'photos'), 5);
    addsUp(await here.crawl(photos));
    await writeFile(join(photos, '0.jpg'), await picture(50));
    await rm(join(photos, '1.jpg'));
    await writeFile(join(photos, 'again.jpg'), await picture(2));
    const second = await here.crawl(photos);
    addsUp(second);
    expect(second).toMatchObject({ found: 5, new: 1, changed: 1, unchanged: 3, gone: 1, inferences: 1 });
    const inFolder = await documents(here);
    expect(inFolder).toHaveLength(4);
    expect(urls(inFolder)).toEqual(['0.jpg', '2.jpg', '3.jpg', '4.jpg', 'again.jpg']);
    const server = await openWebServer({
      '/': '<a href="/more">more</a><img src="/barn.jpg" alt="a red barn">',
      '/more': '<figure><img src="/boat.jpg"><figcaption>an old boat</figcaption></figure>',
      '/barn.jpg': await picture(3),
      '/boat.jpg': await picture(90),
    });
    open.push(server);
    const crawl = await here.crawl(`${server.url}/`);
    addsUp(crawl);
    expect(crawl).toMatchObject({ pages: 2, found: 2, indexed: 2 });
    const find = async (words: string) =>
      (await here.app.search({ collection: 'default', words, labels: [], first: 9 })).hits;
    expect(urls((await find('red barn')).map(({ document }) => document))).toEqual(['3.jpg', 'barn.jpg']);
    expect(urls((await find('old boats')).map(({ document }) => document))).toEqual(['boat.jpg']);
    server.set('/', '<p>nothing more</p>');
    const last = await here.crawl(`${server.url}/`);
    addsUp(last);
    expect(last).toMatchObject({ pages: 1, found: 0, gone: 2 });
    expect(await find('red barn')).toEqual([]);
    expect(await documents(here)).toHaveLength(4);
  });
});

describe.skipIf(!hasOpenSearch)('two machines with one OpenSearch', { timeout: 240_000 }, () => {
  test('a crawl is carried on where its items lie, and begun anew only when asked', async () => {
    const flags = await onOpenSearch('3');
    const here = await world(flags);
    const pages: Record<string, string | Buffer> = {
      '/': Array.from({ length: 12 }, (_, number) => `<img src="/${number}.jpg">`).join(''),
    };
    for (let number = 0; number < 12; number++) pages[`/${number}.jpg`] = await picture(number);
    const server = await openWebServer(pages, { delayMs: 60 });
    open.push(server);
    const command = { sources: [`${server.url}/`], collection: 'default', maxImages: null, fresh: false };
    const first = await here.app.crawl(command, stopAfter(server, 5));
    expect(first.state).toBe('running');
    const there = await world(flags, await folder());
    const parts = await makeCrawlParts(there.parts);
    expect(await resumeCrawls(parts, { signal: never })).toEqual([]);
    await expect(there.app.crawl(command, never)).rejects.toThrow(/another data directory.*--fresh/);
    const second = await here.app.crawl(command, never);
    addsUp(second);
    expect(second).toMatchObject({ crawlId: first.crawlId, indexed: 12, gone: 0 });
    // Cut off here once more, and begun anew there.
    const third = await here.app.crawl(command, stopAfter(server, server.asked.length + 4));
    expect(third.state).toBe('running');
    const anew = await there.app.crawl({ ...command, fresh: true }, never);
    addsUp(anew);
    expect(anew).toMatchObject({ indexed: 12, gone: 0 });
    const unpurged = async () => (await here.parts.ledger.get('collection', ['default']))[0]!.record.unpurged;
    expect(await unpurged()).toEqual([third.crawlId]);
    const queue = await here.parts.openQueue();
    expect((await queue.counts(third.crawlId)).pending).toBeGreaterThan(0);
    addsUp(await here.app.crawl(command, never));
    expect(await unpurged()).toEqual([]);
    expect(await queue.counts(third.crawlId)).toMatchObject({ pending: 0, done: 0 });
    expect(await documents(there)).toHaveLength(12);
  });

  test('two of them crawl into one collection at once, with pictures that both have', async () => {
    const flags = await onOpenSearch('3');
    const [here, there] = [await world(flags), await world(flags, await folder())];
    const sources = [
      await pictureFolder(join(here.folder, 'a'), 25),
      await pictureFolder(join(here.folder, 'b'), 20),
    ];
    const [a, b] = await Promise.all([here.crawl(sources[0]!), there.crawl(sources[1]!)]);
    addsUp(a!);
    addsUp(b!);
    expect([a!.indexed, b!.indexed]).toEqual([25, 20]);
    const all = await documents(here);
    expect(all).toHaveLength(25);
    expect(all.map(({ locations }) => locations.length).sort()).toEqual([
      ...Array(5).fill(1),
      ...Array(20).fill(2),
    ]);
    expect(await here.parts.ledger.list('image', { dirty: true }, { limit: 10 })).toEqual([]);
  });
});
