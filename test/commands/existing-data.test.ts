// Verbs that only read: they say what is not there, and make nothing.
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { hasOpenSearch, openSearchUrl, ownPrefix } from '../opensearch/shared.ts';
import { unprivileged } from '../unprivileged.ts';
import { openWorld, testFolder } from '../world.ts';
import { imagedex } from './surroundings.ts';

let cwd: string;
/** Holds a data directory `data` with one collection and no images. */
let crawled: string;
beforeAll(async () => {
  [cwd, crawled] = [await testFolder(), await testFolder()];
  await mkdir(join(crawled, 'images'));
  const world = await openWorld({}, crawled);
  await world.crawl(join(crawled, 'images'));
  await world.close();
}, 60_000);
afterAll(() => Promise.all([cwd, crawled].map((folder) => rm(folder, { recursive: true }))));

describe.each([[['search', 'dog']], [['failures']], [['failures', '--retry']], [['export']]])(
  '%j',
  { timeout: 60_000 },
  (argv) => {
    it('says that there is no data directory yet, and how to make one', async () => {
      const { code, out, err } = await imagedex(argv, { cwd });
      expect([code, out]).toEqual([1, '']);
      expect(err).toBe(
        `imagedex: there is no data directory ${join(cwd, '.imagedex')} yet; \`imagedex crawl SOURCE\` makes it\n`,
      );
      expect(await readdir(cwd)).toEqual([]);
    });

    it('says which collections there are where it is asked about another', async () => {
      const of = (collection: string) =>
        imagedex([...argv, '--data-dir', 'data', '--collection', collection, '--json'], { cwd: crawled });
      const near = await of('defualt');
      expect(near.code).toBe(1);
      expect(JSON.parse(near.out).error).toEqual({
        code: 'not_found',
        message: 'there is no collection defualt (there is default); did you mean default?',
      });
      const { message } = JSON.parse((await of('elephants')).out).error;
      expect(message).toContain('crawl SOURCE --collection elephants --data-dir ');
      expect((await of('default')).code).toBe(0);
    });

    it('says how to crawl a collection that is configured and was never crawled', async () => {
      const configured = await testFolder();
      await writeFile(
        join(configured, 'imagedex.config.yaml'),
        `dataDir: ${join(crawled, 'data')}\ncollections:\n  pets:\n    sources: [./pets]\n`,
      );
      const of = (...more: string[]) =>
        imagedex([...argv, '--collection', 'pets', ...more], { cwd: configured });
      const cure = 'collection pets is configured, but not crawled yet; `imagedex crawl --collection pets';
      expect((await of()).err).toContain(`imagedex: ${cure}`);
      expect((await of('--data-dir', 'none')).err).toMatch(/there is no data directory .*none yet, and coll/);
      expect((await of('--data-dir', 'none')).err).toContain(cure);
      expect(await readdir(configured)).toEqual(['imagedex.config.yaml']);
      await rm(configured, { recursive: true });
    });

    it('says what is wrong with a database that cannot be opened', async () => {
      const broken = join(crawled, 'broken');
      await mkdir(join(broken, '.imagedex'), { recursive: true });
      await writeFile(join(broken, '.imagedex', 'imagedex.db'), 'garbage\n');
      const { code, err } = await imagedex(argv, { cwd: broken });
      expect(code).toBe(1);
      expect(err).toBe(
        `imagedex: ${join(broken, '.imagedex', 'imagedex.db')}: expected a database, but the file is not one: move it away, or name another data directory\n`,
      );
    });

    it("says that somebody else's data directory is closed", async () => {
      await chmod(crawled, 0o755);
      await chmod(join(crawled, 'data'), 0o700);
      const locked = await unprivileged(() => imagedex([...argv, '--data-dir', 'data'], { cwd: crawled }));
      expect(locked.code).toBe(1);
      expect(locked.err).toMatch(/data\/imagedex\.db: it cannot be opened or made: .*another data directory/);
      await chmod(join(crawled, 'data'), 0o755);
      const files = await readdir(join(crawled, 'data'));
      for (const file of files.filter((name) => name.startsWith('imagedex.db')))
        await chmod(join(crawled, 'data', file), 0o644);
      const readOnly = await unprivileged(() => imagedex([...argv, '--data-dir', 'data'], { cwd: crawled }));
      expect(readOnly.code).toBe(1);
      expect(readOnly.err).toMatch(/data\/imagedex\.db: it cannot be written with the rights of this user/);
    });
  },
);

test.skipIf(!hasOpenSearch)('in OpenSearch nothing is made by asking', async () => {
  const [url, prefix] = [await openSearchUrl('3'), ownPrefix()];
  const flags = ['--store', 'opensearch', '--opensearch-urls', url, '--opensearch-prefix', prefix];
  for (const argv of [
    ['search', 'fig'],
    ['failures'],
    ['export'],
    ['crawls', 'list'],
    ['collections', 'list'],
  ])
    expect(await imagedex([...argv, ...flags], { cwd })).toEqual({
      code: 1,
      out: '',
      err:
        `imagedex: there is nothing under the prefix ${prefix} in OpenSearch at ${url} yet; ` +
        `\`imagedex crawl SOURCE ${flags.join(' ')}\` makes it\n`,
    });
  const state = await imagedex(['store', 'status', '--json', ...flags], { cwd });
  expect(JSON.parse(state.out)).toMatchObject({ indices: [], templates: [] });
  const told = await imagedex(['store', 'status', ...flags], { cwd });
  expect(told.out).toContain(`No index with prefix ${prefix} at ${url} yet`);
});
