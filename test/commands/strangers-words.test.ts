// What strangers write reaches the terminal through many verbs: none of it may move the cursor or look like our own lines.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ImageDocument } from '../../src/indexer/image-index.ts';
import { openWorld, testFolder } from '../world.ts';
import { imagedex } from './surroundings.ts';

const nasty = 'x\x1b[2J\x07\r\nimagedex: all is well\u009b31m\u202egpj';
const harmful = /[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u;

let folder: string;
beforeAll(async () => {
  folder = await testFolder();
  const world = await openWorld({}, folder);
  const { ledger, index } = world.parts;
  const source = 'web:https://example.org/' as const;
  await ledger.change([
    {
      kind: 'collection',
      id: 'default',
      expect: 0,
      record: { name: 'default', sources: [source], unfinished: {}, unpurged: [] },
    },
    {
      kind: 'failure',
      id: 'f',
      expect: 0,
      record: {
        collection: 'default',
        source,
        crawlId: 'c',
        subject: 'image',
        address: 'a',
        url: `https://example.org/${nasty}`,
        depth: 0,
        stage: 'fetch',
        code: 'not_found',
        reason: nasty,
        attempts: 1,
        at: '2026-01-01T00:00:00.000Z',
      },
    },
  ]);
  await index.put([document]);
  await index.refresh();
  await world.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const document: ImageDocument = {
  id: 'i',
  collection: 'default',
  revision: 1,
  sha256: 'ab'.repeat(32),
  format: 'JPEG',
  width: 1,
  height: 1,
  sizeBytes: 1,
  exif: {},
  labels: [{ id: 'n1', name: nasty, confidence: 190, accepted: true }],
  model: 'm',
  tokens: { alt: ['rex'], caption: [], title: [], heading: [], section: [] },
  hosts: [],
  locations: [{ id: 'l', url: `file:///${nasty}`, host: '', source: 'folder:/x' }],
  appearances: [],
  appearanceCount: 0,
  describedAt: '2026-01-01T00:00:00.000Z',
  fetchedAt: '2026-01-01T00:00:00.000Z',
};

const run = (...argv: string[]) =>
  imagedex(argv, { cwd: folder, env: { IMAGEDEX_DATA_DIR: join(folder, 'data') } });

it.each([
  // With a line for the number, one for the code, one for what can be done.
  ['failures', ['failures'], 5],
  ['search', ['search', 'rex'], 2],
  ['an unknown verb', ['crawl-all\x1b[2J'], 1],
  ['a source that is not there', ['crawl', `./${nasty}`], 2],
])('%s', async (_, argv, lines) => {
  const { out, err } = await run(...argv);
  expect(`${out}${err}`).toContain('\\u001b[2J');
  expect(`${out}${err}`).not.toMatch(harmful);
  expect(`${out}${err}`).not.toMatch(/^imagedex: all is well/m);
  expect(`${out}${err}`.trimEnd().split('\n')).toHaveLength(lines);
});

it('a list whose entries are no JSON, looked into and read', async () => {
  const list = join(folder, 'list.jsonl');
  await writeFile(list, '{"url":\x1b[2J\x07\u009b}\n{"url":"https://example.org/a.jpg"}\n');
  const { out, err } = await run('crawl', list, '--dry-run');
  expect(out).toContain('https://example.org/a.jpg');
  expect(`${out}${err}`).toContain('\\u001b');
  expect(`${out}${err}`).not.toMatch(harmful);
});

it('the JSON of a verb is the same JSON', async () => {
  const { out } = await run('failures', '--json');
  expect(out).not.toMatch(harmful);
  expect(JSON.parse(out)).toMatchObject({ reason: nasty, url: `https://example.org/${nasty}` });
  const found = await run('search', 'rex', '--json');
  expect(found.out).not.toMatch(harmful);
  expect(JSON.parse(found.out)).toMatchObject({ hits: [{ url: `file:///${nasty}` }] });
});
