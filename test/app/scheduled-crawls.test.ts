// Schedules in the real program, by the real clock.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import type { CrawlRecord, Stored } from '../../src/ledger.ts';
import { listAll } from '../../src/ledger.ts';
import { picture, pictureFolder } from '../pictures.ts';
import { openWebServer, type WebServer } from '../web-server.ts';
import { openWorld, stopAfter, testFolder, type World } from '../world.ts';

const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const never = new AbortController().signal;
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function newFolder(): Promise<string> {
  const folder = await testFolder();
  closing.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
async function worldIn(folder: string): Promise<World> {
  const world = await openWorld({ describers: 1 }, folder);
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= world.close();
    return closed;
  };
  closing.push(close);
  return { ...world, close };
}
async function slowSite(count: number, delayMs: number): Promise<WebServer> {
  const numbers = Array.from({ length: count }, (_, number) => number);
  const pages: Record<string, string | Buffer> = {
    '/': numbers.map((number) => `<img src="/${number}.jpg">`).join(''),
  };
  for (const number of numbers) pages[`/${number}.jpg`] = await picture(number);
  const server = await openWebServer(pages, { delayMs });
  closing.push(() => server.close());
  return server;
}
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await wait(10);
}

const command = (source: string) => ({
  sources: [source],
  collection: 'default',
  maxImages: null,
  fresh: false,
});
async function crawls({ parts }: World): Promise<Stored<'crawl'>[]> {
  const all: Stored<'crawl'>[] = [];
  for await (const crawl of listAll(parts.ledger, 'crawl', { collection: 'default' })) all.push(crawl);
  return all.sort((a, b) => (a.record.startedAt < b.record.startedAt ? -1 : 1));
}
const lastOf = async ({ app }: World) => (await app.schedules.get('default')).last;
/** A schedule whose last due time was missed. */
async function missed({ app, parts }: World): Promise<void> {
  await app.schedules.set({ collection: 'default', cron: '0 3 * * *', timeZone: 'UTC' });
  const [stored] = await parts.ledger.get('schedule', ['default']);
  const record = { ...stored!.record, handledAt: new Date(Date.now() - 86_400_000).toISOString() };
  await parts.ledger.change([{ kind: 'schedule', id: 'default', expect: stored!.version, record }]);
}

interface Line {
  readonly message: string;
  readonly dueAt?: string;
}
/** `serve` as a process, with what it logs. */
async function serve(folder: string): Promise<{ readonly child: ChildProcess; readonly lines: Line[] }> {
  const args = ['serve', '--port', '0', '--data-dir', join(folder, 'data'), '--describers', '1'];
  const child = spawn(process.execPath, [program, ...args, '--log-level', 'info'], { cwd: folder });
  const ended = once(child, 'close');
  closing.push(async () => {
    child.kill('SIGINT');
    await ended;
  });
  const lines: Line[] = [];
  createInterface({ input: child.stderr! }).on('line', (line) => lines.push(JSON.parse(line)));
  await once(child.stdout!, 'data');
  return { child, lines };
}

test('a job a second for 30 seconds, by two processes: none twice, none left behind', {
  timeout: 90_000,
}, async () => {
  const folder = await newFolder();
  const world = await worldIn(folder);
  await world.crawl(await pictureFolder(join(folder, 'pictures'), 2));
  const [one, two] = await Promise.all([serve(folder), serve(folder)]);
  await world.app.schedules.set({ collection: 'default', cron: '* * * * * *', timeZone: 'UTC' });
  const lines = () => [...one.lines, ...two.lines];
  const started = () => lines().filter(({ message }) => message.includes('was started by its schedule'));
  const scheduled = async () => (await crawls(world)).filter(({ record }) => record.startedBy === 'schedule');
  // The first seconds go by while models are loaded.
  await until(() => started().length > 0);
  await wait(30_000);
  await world.app.schedules.remove('default');
  await until(async () => (await scheduled()).every(({ record }) => record.state === 'complete'));
  await until(async () => (await scheduled()).length === started().length);
  const due = lines().flatMap(({ dueAt }) => dueAt ?? []);
  expect(new Set(due).size).toBe(due.length);
  expect(due.length).toBeGreaterThan(20);
  expect(due.length).toBeLessThan(40);
  expect(started().length).toBeGreaterThan(15);
});

test('a schedule that another process sets or removes holds while serve runs', {
  timeout: 60_000,
}, async () => {
  const folder = await newFolder();
  const world = await worldIn(folder);
  await world.crawl(await pictureFolder(join(folder, 'pictures'), 2));
  const { lines } = await serve(folder);
  const imagedex = async (...args: string[]) => {
    const child = spawn(process.execPath, [program, ...args, '--data-dir', join(folder, 'data')]);
    expect((await once(child, 'close'))[0]).toBe(0);
  };
  await imagedex('schedule', 'add', 'default', '* * * * * *');
  await until(() => lines.some(({ message }) => message.includes('was started by its schedule')));
  await imagedex('schedule', 'remove', 'default');
  const before = (await crawls(world)).length;
  await wait(3_000);
  // One may have been on its way.
  expect((await crawls(world)).length).toBeLessThanOrEqual(before + 1);
});

test('nothing is started while a crawl of the collection runs, of whichever source', async () => {
  const folder = await newFolder();
  const world = await worldIn(folder);
  const other = await worldIn(folder);
  await world.crawl(await pictureFolder(join(folder, 'pictures'), 2));
  const site = await slowSite(20, 100);
  const running = other.app.crawl(command(`${site.url}/`), never);
  await until(async () => (await crawls(world)).length === 2);
  await missed(world);
  await expect(world.app.runSchedule('default', never)).rejects.toMatchObject({ code: 'crawl_running' });
  await world.app.serve(0, never);
  await until(async () => (await lastOf(world))?.outcome === 'skipped');
  expect((await lastOf(world))?.reason).toMatch(/^crawl \S+ of default is still running$/);
  expect((await running).state).toBe('complete');
  expect(await crawls(world)).toHaveLength(2);
});

test('a crawl that was cut off is carried on by what is due, not doubled', async () => {
  const folder = await newFolder();
  const first = await worldIn(folder);
  const site = await slowSite(20, 60);
  const cut = await first.app.crawl(command(`${site.url}/`), stopAfter(site, 8));
  expect(cut.state).toBe('running');
  await missed(first);
  await first.close();
  const world = await worldIn(folder);
  await world.app.serve(0, never);
  const record = async (): Promise<CrawlRecord> => (await crawls(world))[0]!.record;
  await until(async () => (await record()).state === 'complete');
  expect(await lastOf(world)).toMatchObject({ outcome: 'started', crawlId: cut.crawlId });
  await world.close();
  const after = await worldIn(folder);
  expect((await crawls(after)).map(({ id }) => id)).toEqual([cut.crawlId]);
  const times = Array.from({ length: 20 }, (_, number) => site.count(`/${number}.jpg`));
  // One request may have been on its way when the first was stopped.
  expect(times.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(21);
});

test('a scheduled crawl that Ctrl-C cuts off is carried on by the next start', async () => {
  const folder = await newFolder();
  const first = await worldIn(folder);
  const site = await slowSite(20, 60);
  const begun = await first.app.crawl({ ...command(`${site.url}/`), maxImages: 1 }, never);
  expect(begun.state).toBe('complete');
  await missed(first);
  const stop = new AbortController();
  await first.app.serve(0, stop.signal);
  await until(() => site.asked.length > 10);
  stop.abort();
  await first.close();
  const world = await worldIn(folder);
  const last = await lastOf(world);
  expect(last).toMatchObject({ outcome: 'started' });
  const [, cut] = await crawls(world);
  expect(cut).toMatchObject({
    id: last!.crawlId,
    record: { state: 'running', startedBy: 'schedule', owner: null },
  });
  await world.app.serve(0, never);
  await until(async () => (await crawls(world))[1]!.record.state === 'complete');
  expect(await crawls(world)).toHaveLength(2);
  expect((await lastOf(world))?.dueAt).toBe(last!.dueAt);
});
