// Failures of a site that breaks in several ways: counted, narrowed down, and just those tried again.
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { picture } from '../pictures.ts';
import { openWebServer, type WebServer } from '../web-server.ts';
import { testFolder } from '../world.ts';
import { imagedex } from './surroundings.ts';

let place: string;
let site: WebServer;
/** Of a host that asks for patience nothing else is asked meanwhile: it is one of its own. */
let busy: WebServer;
const run = (...words: string[]) =>
  imagedex([...words, '--retries', '0', '--describers', '1', '--log-level', 'error'], { cwd: place });
const json = async (...words: string[]): Promise<Record<string, unknown>[]> =>
  (await run('failures', ...words, '--json')).out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

beforeAll(async () => {
  place = await testFolder();
  const broken = (await picture(1)).subarray(0, -40);
  site = await openWebServer({
    '/': '<img src="/ok.jpg"><img src="/lost.jpg"><img src="/lost2.jpg"><img src="/cut.jpg"><a href="/more.html">more</a>',
    '/ok.jpg': await picture(0),
    '/cut.jpg': broken,
    '/more.html': { status: 500, body: '' },
  });
  busy = await openWebServer({
    '/': '<img src="/busy.jpg">',
    '/busy.jpg': { status: 503, body: '', headers: { 'retry-after': '600' } },
  });
  await run('crawl', `${site.url}/`);
  await run('crawl', `${busy.url}/`);
});
afterAll(async () => {
  await site.close();
  await busy.close();
  await rm(place, { recursive: true, force: true });
});

test('are counted by code first, then listed with what comes next', async () => {
  const { code, out } = await run('failures');
  expect(code).toBe(0);
  const lines = out.split('\n');
  expect(lines[0]).toBe('5 failures in default:');
  expect(lines.slice(1, 4).map((line) => line.trim().split(/ {2,}/).slice(0, 2))).toEqual([
    ['not_found', '2'],
    ['server_error', '2'],
    ['undecodable', '1'],
  ]);
  expect(lines[5]).toMatch(/^stage +code +tries +next +where +why$/);
  expect(out).toMatch(/^find +server_error +1 +next crawl +.*more\.html/m);
  expect(out).toMatch(/^fetch +server_error +1 +from 20\d\d-\S+Z +.*busy\.jpg/m);
  expect((await run('failures', '--limit', '2')).out).toMatch(/… and 3 more: --limit 5\n$/);
});

test.each([
  [
    ['--code', 'not_found'],
    ['lost.jpg', 'lost2.jpg'],
  ],
  [
    ['--code', 'SERVER_ERROR'],
    ['busy.jpg', 'more.html'],
  ],
  [['--stage', 'describe'], ['cut.jpg']],
  [['--subject', 'page'], ['more.html']],
  [['--host', 'no.example'], []],
])('%j narrows them', async (flags, names) => {
  const found = (await json(...flags)).map(({ url }) => String(url).split('/').at(-1));
  expect(found.sort()).toEqual(names);
});

test('by host and by source, as they are typed', async () => {
  expect(await json('--host', site.host)).toHaveLength(4);
  expect(await json('--source', `${busy.url}/`)).toHaveLength(1);
  expect(await json('--source', 'https://elsewhere.example/')).toEqual([]);
  expect((await run('failures', '--stage', 'index')).out).toBe('Nothing of that kind failed in default.\n');
});

test('a code or stage that there is not is a mistake that is explained', async () => {
  const { code, err } = await run('failures', '--code', 'notfound');
  expect(code).toBe(2);
  expect(err).toContain('did you mean not_found?');
  expect((await run('failures', '--stage', 'fetched')).err).toContain('find, fetch, describe, index');
});

test('just those of a filter are tried again, and not before their host wants it', async () => {
  site.set('/lost.jpg', await picture(2));
  site.set('/lost2.jpg', await picture(3));
  busy.set('/busy.jpg', await picture(4));
  site.forget();
  busy.forget();
  expect((await run('failures', '--retry', '--subject', 'image', '--code', 'server_error')).out).toMatch(
    /^Nothing is tried again yet: the host of \S+busy\.jpg has asked not to be asked before 20\d\d-\S+Z\.\n$/,
  );
  expect(busy.asked).toEqual([]);
  const { code, out } = await run('failures', '--retry', '--code', 'not_found', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ found: 2, indexed: 2, failed: 0 });
  const asked = site.asked.map(({ path }) => path).filter((path) => path !== '/robots.txt');
  expect(asked.sort()).toEqual(['/lost.jpg', '/lost2.jpg']);
  expect((await run('failures')).out).toMatch(/^3 failures in default:/);
});
