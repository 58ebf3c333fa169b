// What runs beside searches, in a program that goes on while its configuration changes.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listAll, type ScheduleRecord, type Stored } from '../../src/ledger.ts';
import { answer } from '../api/world.ts';
import { picture } from '../pictures.ts';
import { openWebServer, type WebServer } from '../web-server.ts';
import { openWorld, type World } from '../world.ts';

let world: World;
let site: WebServer;
let url: string;
beforeEach(async () => {
  const pages: Record<string, string | Buffer> = {
    '/': '<img src="/a.jpg"><img src="/b.jpg"><img src="/thumbs/c.jpg">',
  };
  for (const [number, path] of ['/a.jpg', '/b.jpg', '/thumbs/c.jpg'].entries())
    pages[path] = await picture(number);
  site = await openWebServer(pages);
  world = await openWorld({ describers: 1, retries: 0 });
  ({ url } = await world.app.serve(0, new AbortController().signal));
});
afterEach(async () => {
  await world.close();
  await site.close();
});

const configFile = () => join(world.folder, 'imagedex.config.yaml');
const configure = (...lines: string[]) =>
  writeFile(
    configFile(),
    [
      'collections:',
      '  shop:',
      '    exclude: [thumbs]',
      ...lines.map((line) => `    ${line}`),
      '    sources:',
      `      - source: ${site.url}/`,
      '        headers: { x-key: secret }',
    ].join('\n'),
  );
const until = (holds: () => unknown) => expect.poll(holds, { timeout: 20_000 }).toBeTruthy();

async function crawls(): Promise<Stored<'crawl'>[]> {
  const all: Stored<'crawl'>[] = [];
  for await (const crawl of listAll(world.parts.ledger, 'crawl', { collection: 'shop' })) all.push(crawl);
  return all.sort((a, b) => (a.record.startedAt < b.record.startedAt ? -1 : 1));
}
const ended = () => until(async () => (await crawls()).every(({ record }) => record.state === 'complete'));

interface Started {
  readonly crawl: { readonly id: string } | null;
  readonly errors: readonly { readonly code: string; readonly message: string }[];
}
async function start(mutation = 'startCrawl'): Promise<Started> {
  const document = `mutation { ${mutation}(input: { collection: "shop" }) { crawl { id } errors { code message } } }`;
  return (await answer<Record<string, Started>>(url, document, {}))[mutation]!;
}
/** Since it was last asked. */
function asked(): { readonly path: string; readonly key: unknown }[] {
  const paths = site.asked.map(({ path, headers }) => ({ path, key: headers['x-key'] }));
  site.forget();
  return paths;
}

async function dueNow(): Promise<void> {
  await world.app.schedules.set({ collection: 'shop', cron: '0 3 * * *', timeZone: 'UTC' });
  const [stored] = await world.parts.ledger.get('schedule', ['shop']);
  const record = { ...stored!.record, handledAt: new Date(Date.now() - 86_400_000).toISOString() };
  await world.parts.ledger.change([{ kind: 'schedule', id: 'shop', expect: stored!.version, record }]);
}
async function lastOfSchedule(): Promise<NonNullable<ScheduleRecord['last']>> {
  await until(async () => {
    const { last } = await world.app.schedules.get('shop');
    return last !== null && (last.outcome !== 'started' || last.crawlId !== null);
  });
  return (await world.app.schedules.get('shop')).last!;
}

test('a crawl that is started is by the configuration of now: its file may have come or changed', async () => {
  await world.app.crawl(
    { sources: [`${site.url}/`], collection: 'shop', maxImages: null, fresh: false },
    new AbortController().signal,
  );
  expect(asked()).toContainEqual({ path: '/thumbs/c.jpg', key: undefined });
  await configure();
  expect((await start()).errors).toEqual([]);
  await ended();
  const after = asked();
  expect(after).toContainEqual({ path: '/a.jpg', key: 'secret' });
  expect(after.map(({ path }) => path)).not.toContain('/thumbs/c.jpg');
  await configure('maxImages: 1');
  await start();
  await ended();
  const [, second, third] = await crawls();
  expect(second!.record).toMatchObject({ maxImages: null, counts: { skipped: 1 } });
  expect(third!.record).toMatchObject({ maxImages: 1 });
});

test('a schedule is set and its crawl started by a file that came after `serve`', async () => {
  const wanted = { collection: 'shop', cron: '@daily', timeZone: 'UTC' };
  await expect(world.app.schedules.set(wanted)).rejects.toMatchObject({ code: 'not_found' });
  await configure('maxImages: 1');
  await dueNow();
  expect(await lastOfSchedule()).toMatchObject({ outcome: 'started' });
  await ended();
  expect(asked()).toContainEqual({ path: '/', key: 'secret' });
  expect((await crawls()).map(({ record }) => record)).toMatchObject([
    { startedBy: 'schedule', maxImages: 1, counts: { found: 1 } },
  ]);
});

test.each([
  ['a mistake', () => writeFile(configFile(), 'maxPages: many'), /config\.yaml:1: .*maxPages/],
  ['its file gone', () => rm(configFile()), /is gone: put it back/],
])('with %s in the configuration nothing is crawled, and the reason is told', async (_, spoil, says) => {
  await configure();
  expect((await start()).errors).toEqual([]);
  await ended();
  await dueNow();
  await lastOfSchedule();
  await ended();
  const before = await crawls();
  asked();
  await spoil();
  for (const mutation of ['startCrawl', 'retryFailures']) {
    expect(await start(mutation)).toMatchObject({
      crawl: null,
      errors: [{ code: 'CONFIG_INVALID', message: expect.stringMatching(says) }],
    });
  }
  const [stored] = await world.parts.ledger.get('schedule', ['shop']);
  const record = {
    ...stored!.record,
    last: null,
    handledAt: new Date(Date.now() - 86_400_000).toISOString(),
  };
  await world.parts.ledger.change([{ kind: 'schedule', id: 'shop', expect: stored!.version, record }]);
  expect(await lastOfSchedule()).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(says) });
  expect(await crawls()).toHaveLength(before.length);
  expect(asked()).toEqual([]);
});
