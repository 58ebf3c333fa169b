import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCommandLine } from '../../src/commands/command-line.ts';
import { configText } from '../../src/commands/config-text.ts';
import { loadConfig, optionTable } from '../../src/config/config.ts';
import { imagedex } from './surroundings.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'imagedex-init-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));
const written = () => readFile(join(cwd, 'imagedex.config.yaml'), 'utf8');

/** At a terminal, with these answers. */
async function answered(...answers: string[]) {
  const [questions, said]: [string[], string[]] = [[], []];
  const code = await runCommandLine(['init'], {
    version: '1',
    program: 'imagedex',
    cwd,
    env: {},
    signal: new AbortController().signal,
    terminal: {
      isTerminal: true,
      columns: 80,
      out: () => undefined,
      err: (text) => void said.push(text),
      ask: async (question) => {
        questions.push(question);
        return answers[questions.length - 1]!;
      },
    },
  });
  return { code, questions, said };
}

it('writes from flags what the configuration then is', async () => {
  const flags = [
    '--source',
    'https://example.org/a, b/',
    '--source',
    '/srv/pictures',
    '--origin',
    'https://www.example.org',
  ];
  const { code, out, err } = await imagedex(['init', '--yes', '--collection', 'shop', ...flags], { cwd });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('imagedex crawl --dry-run');
  const config = await loadConfig({ cwd });
  expect(config.values.collection).toBe('shop');
  const shop = config.collections.get('shop')!;
  expect(shop.sources.map(({ id }) => id)).toEqual(['web:https://example.org/a, b/', 'folder:/srv/pictures']);
  expect(shop.origins).toEqual(['https://www.example.org']);
});

it('asks for what flags do not say', async () => {
  const { code, questions } = await answered('~/Pictures, s3://bucket/x', 'holidays', 'me@example.org', '');
  expect(code).toBe(0);
  expect(questions).toHaveLength(4);
  expect(questions[1]).toContain('[default]');
  expect(parse(await written())).toMatchObject({
    contact: 'me@example.org',
    collection: 'holidays',
    collections: { holidays: { sources: ['~/Pictures', 's3://bucket/x'] } },
  });
});

it('says what is wrong with an answer, and asks again', async () => {
  const { code, questions, said } = await answered(
    ...['gopher://x', '/srv/a, /srv/a', 's3:///x', 'https://ada:hunter2@example.org/', '/srv/a, s3://bucket'],
    ...['My Shop', 'shop'],
    ...['me at home', 'me@example.org'],
    ...['https://shop.example/search', 'https://shop.example'],
  );
  expect(code).toBe(0);
  expect(said.map((text) => text.trim())).toEqual([
    expect.stringContaining('gopher://'),
    expect.stringContaining('folder:/srv/a is named twice: remove one'),
    expect.stringContaining('bucket'),
    expect.stringContaining('basicAuth'),
    expect.stringContaining('lower-case letters'),
    expect.stringContaining('without spaces'),
    expect.stringContaining('did you mean https://shop.example?'),
  ]);
  expect(said.join('')).not.toContain('hunter2');
  expect(questions).toHaveLength(11);
  const shop = (await loadConfig({ cwd })).collections.get('shop')!;
  expect(shop.sources.map(({ id }) => id)).toEqual(['folder:/srv/a', 's3:bucket']);
  expect(shop.origins).toEqual(['https://shop.example']);
});

it.each(['null', 'true', '12', '0x1f', '1e3'])('quotes a collection that is called %s', async (name) => {
  const words = ['init', '--yes', '--collection', name, '--source', '/srv/pictures'];
  expect((await imagedex(words, { cwd })).code).toBe(0);
  const config = await loadConfig({ cwd });
  expect(config.values.collection).toBe(name);
  expect([...config.collections.keys()]).toEqual([name]);
});

it('leaves a configuration alone that is there', async () => {
  await writeFile(join(cwd, 'imagedex.config.json'), '{}');
  const { code, err } = await imagedex(['init', '--yes', '--source', '/srv/pictures'], { cwd });
  expect(code).toBe(1);
  expect(err).toContain('imagedex.config.json is there already');
  await expect(written()).rejects.toMatchObject({ code: 'ENOENT' });
});

it.each([
  [['init', '--yes'], 'expected where the pictures are'],
  [['init', '--yes', '--source', 'gopher://x'], 'gopher://'],
  [['init', '--yes', '--source', '/a', '--source', '/a'], 'folder:/a is named twice'],
  [['init', '--yes', '--source', 's3:///x'], 'bucket'],
  [['init', '--yes', '--source', '-'], 'standard input'],
  [['init', '--yes', '--source', 'https://ada:pw@x.example/'], 'basicAuth'],
  [['init', '--yes', '--source', '/a', '--collection', 'My Shop'], 'lower-case letters'],
  [['init', '--yes', '--source', '/a', '--contact', 'me at home'], 'without spaces'],
  [['init', '--yes', '--source', '/a', '--origin', 'https://x.example/a'], 'did you mean https://x.example?'],
])('%j is refused, and nothing is written', async (words, message) => {
  const { code, err } = await imagedex(words, { cwd });
  expect(code).toBe(2);
  expect(err).toContain(message);
  await expect(written()).rejects.toMatchObject({ code: 'ENOENT' });
});

it('comments only on options that there are', async () => {
  const text = configText({ collection: 'c', sources: ['/x'], contact: '', origins: [], places: {} });
  const commented = [...text.matchAll(/^ *# +(?:- )?([a-zA-Z0-9]+):(?= |$)/gm)].map(([, name]) => name!);
  const others = ['source', 'headers', 'authorization', 'basicAuth', 'maxImages', 'origins', 'retention'];
  expect(commented.length).toBeGreaterThan(10);
  expect(commented.filter((name) => !(name in optionTable) && !others.includes(name))).toEqual([]);
});

it('writes where the data are to lie, as flags and the environment say, and no password', async () => {
  const flags = ['--source', '/srv/pictures', '--store', 'opensearch', '--opensearch-prefix', 'shop'];
  const env = {
    IMAGEDEX_OPENSEARCH_PASSWORD: 'hunter2',
    IMAGEDEX_OPENSEARCH_URLS: 'https://a:9200,https://b:9200',
  };
  expect(await imagedex(['init', '--yes', ...flags], { cwd, env })).toMatchObject({ code: 0, err: '' });
  expect(await written()).not.toContain('hunter2');
  expect((await loadConfig({ cwd })).values).toMatchObject({
    store: 'opensearch',
    opensearchPrefix: 'shop',
    opensearchUrls: ['https://a:9200', 'https://b:9200'],
    opensearchPassword: '',
  });
});
