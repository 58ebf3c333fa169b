import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConfigSources } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/config.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'imagedex-collections-'));
});
afterEach(() => rm(cwd, { recursive: true }));

async function load(text: string, more: ConfigSources = {}, name = 'imagedex.config.yaml') {
  await writeFile(join(cwd, name), text);
  return (await loadConfig({ cwd, ...more })).collections;
}
const refusal = (text: string): Promise<string> =>
  load(text).then(
    () => expect.fail('it was taken'),
    (error: Error) => {
      expect(error).toMatchObject({ name: 'ImagedexError', code: 'config_invalid' });
      return error.message;
    },
  );

describe('collections of the file', () => {
  it('have sources, caps, origins and retention', async () => {
    const all = await load(
      [
        'collections:',
        '  shop:',
        '    sources: [https://shop.example/, s3://bucket/prefix]',
        '    maxImages: 500',
        '    origins: [https://shop.example, "http://localhost:8080"]',
        '    retention: { maxAgeDays: 30 }',
        '  empty:',
        '  bare:',
        '    sources:',
      ].join('\n'),
    );
    expect([...all.keys()]).toEqual(['shop', 'empty', 'bare']);
    expect(all.get('shop')).toMatchObject({
      name: 'shop',
      where: 'imagedex.config.yaml:2',
      maxImages: 500,
      origins: ['https://shop.example', 'http://localhost:8080'],
      retention: { maxAgeDays: 30, maxBytes: null },
    });
    expect(all.get('shop')!.sources.map(({ id }) => id)).toEqual([
      'web:https://shop.example/',
      's3:bucket/prefix',
    ]);
    const nothing = {
      sources: [],
      maxImages: null,
      origins: [],
      retention: { maxAgeDays: null, maxBytes: null },
    };
    expect([all.get('empty'), all.get('bare')]).toMatchObject([nothing, nothing]);
  });

  it('are read as docs/configuration.md shows them', async () => {
    const page = await readFile(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
    const example = /```yaml\n([\s\S]*?)```/.exec(page)![1]!;
    const { sources } = (await load(example, { env: { SHOP_LOGIN: 'a:b', SHOP_KEY: 'k' } })).get('shop')!;
    expect(sources.map(({ id, headerNames }) => [id, headerNames])).toEqual([
      [`folder:${join(cwd, 'pictures')}`, []],
      ['s3:bucket/prefix', []],
      ['web:https://shop.example/', ['authorization']],
      ['list:https://shop.example/products.json', ['x-api-key']],
    ]);
    expect(sources[3]!.headers()).toEqual({ 'x-api-key': 'k' });
    expect(sources[3]!.settings.listMap).toEqual(['items=products', 'url=images[].src', 'title=title']);
  });

  it('are none where the file names none, or where there is no file', async () => {
    expect((await load('port: 1')).size).toBe(0);
    expect((await loadConfig({ cwd: tmpdir() })).collections.size).toBe(0);
  });

  it('are read from JSON, and through aliases', async () => {
    const json = '{"collections": {"a": {"sources": [\n{"source": "https://a.example/", "maxPages": 3}]}}}';
    const [source] = (await load(json, {}, 'imagedex.config.json')).get('a')!.sources;
    expect(source!.settings.maxPages).toBe(3);
    await rm(join(cwd, 'imagedex.config.json'));
    const yaml = 'collections:\n  a: &a\n    maxDepth: 2\n    sources: [https://a.example/]\n  b: *a\n';
    expect((await load(yaml)).get('b')!.sources[0]!.settings.maxDepth).toBe(2);
  });

  it('let a flag win over a source, that over its collection, and that over the rest', async () => {
    const text = [
      'maxPages: 1',
      'maxDepth: 1',
      'hostDelayMs: 1',
      'maxImageBytes: 1',
      'collections:',
      '  shop:',
      '    maxDepth: 2',
      '    hostDelayMs: 2',
      '    maxPages: 2',
      '    sources:',
      '      - https://a.example/',
      '      - source: https://b.example/',
      '        hostDelayMs: 3',
      '        maxPages: 3',
      '        include: ["*.jpg"]',
    ].join('\n');
    const more = {
      env: { IMAGEDEX_MAX_IMAGE_BYTES: '7', IMAGEDEX_MAX_DEPTH: '7' },
      flags: { maxPages: '9' },
    };
    const [first, second] = (await load(text, more)).get('shop')!.sources;
    const some = { maxImageBytes: 7, maxDepth: 2, maxPages: 9 };
    expect(first!.settings).toMatchObject({ ...some, hostDelayMs: 2, include: [] });
    expect(second!.settings).toMatchObject({ ...some, hostDelayMs: 3, include: ['*.jpg'] });
  });

  it('have folders and files relative to the file', async () => {
    const text =
      'collections:\n  a:\n    sources: [pics, ../up, ~/home, /abs, "list:./l.json", "list:https://x.example/l"]\n';
    await writeFile(join(cwd, 'other.yaml'), text);
    const { collections } = await loadConfig({ cwd: tmpdir(), file: join(cwd, 'other.yaml') });
    expect(collections.get('a')!.sources.map(({ id }) => id)).toEqual([
      `folder:${join(cwd, 'pics')}`,
      `folder:${join(cwd, '../up')}`,
      `folder:${join(homedir(), 'home')}`,
      'folder:/abs',
      `list:${join(cwd, 'l.json')}`,
      'list:https://x.example/l',
    ]);
  });
});

describe('what is wrong with a collection', () => {
  const of = (...lines: string[]): string =>
    ['collections:', '  shop:', ...lines.map((line) => `    ${line}`)].join('\n');

  it.each([
    ['collection:\n  shop:\n', 'imagedex.config.yaml:1: expected a text for collection'],
    [
      'colections:\n  shop:\n',
      'imagedex.config.yaml:1: there is no option colections; did you mean collections?',
    ],
    [
      'collections: shop',
      'expected collections with their settings, such as "shop:" with "sources:" below it, but got "shop"',
    ],
    ['collections:\n  My Shop:\n', 'imagedex.config.yaml:2: expected the name of a collection'],
    ['collections:\n  __proto__:\n', 'expected the name of a collection'],
    [of('source: x'), 'imagedex.config.yaml:3: there is no option source; did you mean sources?'],
    [of('maxPage: 3'), 'imagedex.config.yaml:3: there is no option maxPage; did you mean maxPages?'],
    [of('toString: 3'), 'imagedex.config.yaml:3: there is no option toString'],
    [of('port: 3'), 'imagedex.config.yaml:3: there is no option port'],
    [
      of('maxPages: lots'),
      'imagedex.config.yaml:3: expected a whole number from 1 to 1000000 for maxPages, but got "lots"',
    ],
    [of('maxImages: 0'), 'imagedex.config.yaml:3: expected a whole number from 1 for maxImages, but got 0'],
    [
      of('include: ["{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}"]'),
      '(at most 100 alternatives in the braces of a glob)',
    ],
    [
      of('sources: x'),
      'imagedex.config.yaml:3: expected a list of sources for sources, each after a dash, but got "x"',
    ],
    [
      of('sources:', '  - 7'),
      'imagedex.config.yaml:4: expected a source, such as a folder or an address, but got 7',
    ],
    [
      of('sources:', '  - maxPages: 3'),
      'imagedex.config.yaml:4: expected a source, such as "source: https://example.org/", but it is missing',
    ],
    [
      of('sources:', '  - source: x', '    maxPges: 3'),
      'imagedex.config.yaml:5: there is no option maxPges; did you mean maxPages?',
    ],
    [of('sources:', '  - ftp://x.example/'), 'imagedex.config.yaml:4: SOURCE ftp://x.example/: expected'],
    [of('sources:', '  - https://x.example:99999/'), 'imagedex.config.yaml:4: expected an address, but got'],
    [
      of('sources:', '  - https://ada:pw@x.example/'),
      'imagedex.config.yaml:4: SOURCE https://(hidden)@x.example: expected an address without a name and a password: these are given as basicAuth',
    ],
    [of('sources:', '  - "list:-"'), 'imagedex.config.yaml:4: expected a file or an address'],
    [
      of('sources:', '  - https://x.example', '  - HTTPS://X.example:443/#a'),
      'imagedex.config.yaml:5: web:HTTPS://X.example:443/#a is named twice, at imagedex.config.yaml:4, too',
    ],
    [of('origins: https://a.example'), 'imagedex.config.yaml:3: expected a list of origins'],
    [
      of('origins:', '  - https://a.example/'),
      'imagedex.config.yaml:4: expected an origin such as https://shop.example, with no path and no *, but got "https://a.example/"; did you mean https://a.example?',
    ],
    [of('origins:', '  - https://A.example:443'), 'did you mean https://a.example?'],
    [of('origins:', '  - "https://*.a.example"'), 'but got "https://*.a.example"'],
    [of('origins:', '  - "*"'), 'but got "*"'],
    [of('origins:', '  - "null"'), 'but got "null"'],
    [of('origins:', '  - ftp://a.example'), 'but got "ftp://a.example"'],
    [
      of('origins:', '  - https://ada:pw@a.example'),
      'but got "https://(hidden)@a.example"; did you mean https://a.example?',
    ],
    [
      of('retention:', '  maxAgeDay: 3'),
      'imagedex.config.yaml:4: there is no option maxAgeDay; did you mean maxAgeDays?',
    ],
    [of('retention: 3'), 'imagedex.config.yaml:3: expected maxAgeDays and maxBytes, but got 3'],
    [
      of('retention:', '  maxBytes: -1'),
      'imagedex.config.yaml:4: expected a whole number from 0 for maxBytes, but got -1',
    ],
  ])('%j', async (text, message) => {
    expect(await refusal(text)).toContain(message);
  });

  it('is no name that YAML takes for a number', async () => {
    expect((await load('collections:\n  2026:\n')).has('2026')).toBe(true);
  });
});
