// Crawls of nothing but what a watch has seen.
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { makeCrawlParts } from '../../src/app/crawl-parts.ts';
import type { ImageSighting } from '../../src/crawler/source.ts';
import { type CrawlRequest, runCrawl } from '../../src/crawls/crawls.ts';
import { pictureFolder } from '../pictures.ts';
import { addsUp, documents, openWorld, type World } from '../world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.close();
});
const signal = new AbortController().signal;

test('one finds as many images as maxImages says', async () => {
  const here = await openWorld({ describers: 1 });
  world = here;
  const id = `folder:${await pictureFolder(join(here.folder, 'pictures'), 3)}`;
  const parts = await makeCrawlParts(here.parts);
  const source = await parts.openSource('default', id, await parts.settingsOf('default', id));
  const found: ImageSighting[] = [];
  const lookout = source.lookout!('default', { onChange() {}, onDeaf() {} });
  for await (const { images } of lookout.look(null, signal))
    found.push(...images.map(({ sighting }) => sighting));
  lookout.close();
  await source.close();
  expect(found).toHaveLength(3);
  const request: CrawlRequest = {
    ...{ collection: 'default', sources: [id], maxImages: 2, fresh: false, startedBy: 'watch' },
    changes: { found, gone: [] },
  };
  const report = await runCrawl(parts, request, { signal });
  addsUp(report);
  expect(report.found).toBe(2);
  expect(await documents(here)).toHaveLength(2);
});
