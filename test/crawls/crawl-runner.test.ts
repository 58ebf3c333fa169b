import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { makeCrawlParts } from '../../src/app/crawl-parts.ts';
import { cancelCrawl } from '../../src/crawls/claim.ts';
import { openCrawlRunner } from '../../src/crawls/crawl-runner.ts';
import type { CrawlRequest } from '../../src/crawls/crawls.ts';
import { picture, pictureFolder } from '../pictures.ts';
import { openWebServer } from '../web-server.ts';
import { addsUp, openWorld } from '../world.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function runner() {
  const world = await openWorld({ describers: 1, retries: 0 });
  let opened = 0;
  const made = openCrawlRunner(world.parts.log);
  const parts = async () => {
    opened++;
    return makeCrawlParts(world.parts);
  };
  open.push(world, made);
  const runner = {
    start: (request: CrawlRequest) => made.start(parts, request),
    retry: (request: Pick<CrawlRequest, 'collection' | 'startedBy'>) => made.retry(parts, request),
    close: () => made.close(),
  };
  return { world, runner, opened: () => opened };
}
async function slowSite(): Promise<string> {
  const numbers = Array.from({ length: 20 }, (_, number) => number);
  const pages: Record<string, string | Buffer> = {
    '/': numbers.map((number) => `<img src="/${number}.jpg">`).join(''),
  };
  for (const number of numbers) pages[`/${number}.jpg`] = await picture(number);
  const server = await openWebServer(pages, { delayMs: 100 });
  open.push(server);
  return `web:${server.url}/`;
}
const request = (source: string, collection = 'default') => ({
  collection,
  sources: [source],
  maxImages: null,
  fresh: false,
  startedBy: 'api' as const,
});

test('a crawl has begun when its id is told, and goes on beside others', async () => {
  const { world, runner: crawls } = await runner();
  const folder = await pictureFolder(join(world.folder, 'pictures'), 4);
  const slow = await crawls.start(request(await slowSite(), 'slow'));
  const quick = await crawls.start(request(`folder:${folder}`));
  addsUp(await quick.ended);
  const [record] = await world.parts.ledger.get('crawl', [slow.crawlId]);
  expect(record!.record).toMatchObject({ state: 'running', startedBy: 'api', collection: 'slow' });
  addsUp(await slow.ended);
});

test('what cannot begin is refused, and does not hinder the next', async () => {
  const { world, runner: crawls } = await runner();
  await expect(crawls.start(request('folder:/no/such'))).rejects.toMatchObject({
    code: 'source_unavailable',
  });
  const source = await slowSite();
  const first = await crawls.start(request(source));
  await expect(crawls.start(request(source))).rejects.toMatchObject({ code: 'crawl_running' });
  await cancelCrawl(world.parts.ledger, first.crawlId);
  expect(await first.ended).toMatchObject({ state: 'cancelled' });
  const again = await crawls.start(request(source));
  addsUp(await again.ended);
});

test('closing stops crawls so that they can be carried on', async () => {
  const { world, runner: crawls } = await runner();
  const begun = await crawls.start(request(await slowSite()));
  await crawls.close();
  expect(await begun.ended).toMatchObject({ state: 'running' });
  const [record] = await world.parts.ledger.get('crawl', [begun.crawlId]);
  expect(record!.record).toMatchObject({ state: 'running', owner: null });
});

test('a retry begins only where something has failed, and nothing is opened before the first crawl', async () => {
  const { world, runner: crawls, opened } = await runner();
  expect(opened()).toBe(0);
  expect(await crawls.retry({ collection: 'default', startedBy: 'api' })).toBe(null);
  const folder = await pictureFolder(join(world.folder, 'pictures'), 2);
  await writeFile(join(folder, 'broken.jpg'), (await picture(9)).subarray(0, -40));
  await (await crawls.start(request(`folder:${folder}`))).ended;
  await rm(join(folder, 'broken.jpg'));
  await writeFile(join(folder, 'broken.jpg'), await picture(9));
  const retry = (await crawls.retry({ collection: 'default', startedBy: 'api' }))!;
  expect(await retry.ended).toMatchObject({ found: 1, indexed: 1, failed: 0 });
});
