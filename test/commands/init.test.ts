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
  const questions: string[] = [];
  const answers = ['~/Pictures, s3://bucket/x', 'holidays', 'me@example.org', ''];
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
      err: () => undefined,
      ask: async (question) => {
        questions.push(question);
        return answers[questions.length - 1]!;
      },
    },
  });
  expect(code).toBe(0);
  expect(questions).toHaveLength(4);
  expect(questions[1]).toContain('[default]');
  expect(parse(await written())).toMatchObject({
    contact: 'me@example.org',
    collection: 'holidays',
    collections: { holidays: { sources: ['~/Pictures', 's3://bucket/x'] } },
  });
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
])('%j is refused, and nothing is written', async (words, message) => {
  const { code, err } = await imagedex(words, { cwd });
  expect(code).toBe(2);
  expect(err).toContain(message);
  await expect(written()).rejects.toMatchObject({ code: 'ENOENT' });
});

it('comments only on options that there are', async () => {
  const text = configText({ collection: 'c', sources: ['/x'], contact: '', origins: [] });
  const commented = [...text.matchAll(/^ *# +(?:- )?([a-zA-Z0-9]+):(?= |$)/gm)].map(([, name]) => name!);
  const others = ['source', 'headers', 'authorization', 'basicAuth', 'maxImages', 'origins', 'retention'];
  expect(commented.length).toBeGreaterThan(10);
  expect(commented.filter((name) => !(name in optionTable) && !others.includes(name))).toEqual([]);
});
