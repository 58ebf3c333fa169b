import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { picture, pictureFolder } from '../pictures.ts';
import { openWorld, testFolder } from '../world.ts';
import { imagedex } from './surroundings.ts';

let place: string;
const ids: string[] = [];
beforeAll(async () => {
  place = await testFolder();
  const pictures = await pictureFolder(join(place, 'pictures'), 3);
  const world = await openWorld({ describers: 1 }, place);
  ids.push((await world.crawl(pictures)).crawlId);
  await writeFile(join(pictures, '1.jpg'), await picture(60));
  await rm(join(pictures, '0.jpg'));
  ids.push((await world.crawl(pictures)).crawlId);
  await world.close();
});
afterAll(() => rm(place, { recursive: true, force: true }));

const crawls = (...words: string[]) => imagedex(['crawls', ...words, '--data-dir', join(place, 'data')]);

it('lists crawls, the newest first, and says where there are more', async () => {
  const { code, out } = await crawls('list');
  expect(code).toBe(0);
  expect(out.split('\n')[0]).toMatch(
    /^id +state +started by +took +found +indexed +new +changed +unchanged +gone +failed$/,
  );
  expect(out).toMatch(
    new RegExp(`${ids[1]} +complete +command .* 2 +2 +0 +1 +1 +1 +0\n${ids[0]} .* 3 +3 +3 +0 +0 +0 +0\n`),
  );
  expect((await crawls('list', '--limit', '1')).out).toContain('… and 1 more: --limit 2');
  const rows = (await crawls('list', '--json')).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows.map(({ crawlId }) => crawlId)).toEqual([...ids].reverse());
  expect(rows[0]).toMatchObject({
    state: 'complete',
    startedBy: 'command',
    new: 0,
    changed: 1,
    gone: 1,
    unchanged: 1,
    same: 0,
  });
});

it('shows what a crawl changed, found by the beginning of its id or as the last', async () => {
  const { code, out } = await crawls('show', 'last');
  expect(code).toBe(0);
  expect(out).toContain(`Changed since crawl ${ids[0]}`);
  expect(out).toMatch(/new +0 .*\n +changed +1 .*\n +same +0 .*\n +unchanged +1 .*\n +gone +1 /);
  expect(out).toMatch(/found +2 +1 fewer/);
  const unique = ids[0]!.slice(0, -2);
  expect((await crawls('show', unique)).out).toContain('The first crawl of these sources:');
  expect(JSON.parse((await crawls('show', ids[1]!, '--json')).out)).toMatchObject({
    crawlId: ids[1],
    before: { crawlId: ids[0] },
  });
});

it('counts what was fetched again and is the same, and other sources are no first crawl', async () => {
  const own = await testFolder();
  const run = (...words: string[]) => imagedex([...words, '--data-dir', join(own, 'data')]);
  const [one, two] = [
    await pictureFolder(join(own, 'one'), 2),
    await pictureFolder(join(own, 'two'), 1),
  ] as const;
  await run('crawl', one);
  expect((await run('crawls', 'show', 'last')).out).toContain('The first crawl of these sources:');
  await run('crawl', one, two, '--fresh');
  const { out } = await run('crawls', 'show', 'last');
  expect(out).toContain('No complete crawl of exactly these sources before:');
  expect(out).toMatch(/new +1 .*\n +changed +0 .*\n +same +2 .*\n +unchanged +0 /);
  await rm(own, { recursive: true });
}, 60_000);

it('understands the ids of the API', async () => {
  expect((await crawls('show', `crawl_${ids[1]}`)).out).toBe((await crawls('show', ids[1]!)).out);
  expect((await crawls('cancel', `crawl_${ids[1]}`)).out).toContain(`Crawl ${ids[1]} is complete already.`);
});

it('names the collections that have crawls where this one has none', async () => {
  const none = 'here is no crawl of other yet; --collection NAME names another: default';
  expect((await crawls('show', 'last', '--collection', 'other')).err).toContain(none);
  expect((await crawls('list', '--collection', 'other')).out).toBe(`T${none}.\n`);
});

it.each([
  [['show', 'no-such'], 1, 'there is no crawl no-such'],
  [['show', '20'], 1, '2 crawls begin with 20'],
  [['cancel', 'last'], 1, ''],
  [['show'], 2, 'expected the id of a crawl'],
  [['list', 'x'], 2, 'expected nothing more'],
  [['cancle', 'x'], 2, 'did you mean cancel?'],
])('%j ends with %i', async (words, code, message) => {
  const outcome = await crawls(...words);
  expect(outcome.code).toBe(code);
  expect(outcome.err).toContain(message);
  if (words[0] === 'cancel') expect(outcome.out).toContain('is complete already');
});
