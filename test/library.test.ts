// The library as a program uses it, its examples as they stand, and its types as a consumer's compiler sees them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Imagedex, ImagedexError, open } from '../src/library.ts';
import { projectRoot } from './source-files.ts';
import { testFolder } from './world.ts';

const pictures = join(projectRoot, 'demo/pictures');
let place: string;
let images: Imagedex;
beforeAll(async () => {
  place = await testFolder();
  images = await open({ cwd: place, dataDir: 'data', describers: 1 });
});
afterAll(async () => {
  await images.close();
  await rm(place, { recursive: true, force: true });
});

describe('the library', () => {
  it('crawls, searches and gives thumbnails', async () => {
    const seen: number[] = [];
    const report = await images.crawl(pictures, { onProgress: ({ found }) => seen.push(found) });
    const count = (await readdir(pictures)).length;
    expect(report).toMatchObject({ state: 'complete', found: count, indexed: count, new: count });
    expect(seen.at(-1)).toBe(count);
    const { totalCount, images: fruit } = await images.search('', {
      labels: ['fruit'],
      minConfidence: 0.5,
      first: 2,
    });
    expect(totalCount).toEqual({ value: 3, relation: 'EQ' });
    expect(fruit).toHaveLength(2);
    expect(fruit[0]!.matchedLabels).toMatchObject([{ name: 'fruit', isAccepted: true }]);
    expect(fruit[0]!.labels[0]!.confidence).toBeLessThanOrEqual(1);
    expect(
      Buffer.from((await images.thumbnail(fruit[0]!.sha256))!)
        .subarray(0, 2)
        .toString('hex'),
    ).toBe('ffd8');
    expect(await images.thumbnail('0'.repeat(64))).toBe(null);
    expect(await images.failures()).toEqual([]);
  });

  it('classifies a path, an address and bytes alike, and says why it does not', async () => {
    const file = join(pictures, 'banana.jpg');
    const [byPath, byUrl, byBytes] = [
      await images.classify(file),
      await images.classify(new URL(`file://${file}`)),
      await images.classify(await readFile(file)),
    ];
    expect(byPath).toMatchObject({ outcome: 'classified', format: 'JPEG' });
    expect(byUrl).toEqual(byPath);
    expect(byBytes).toEqual(byPath);
    expect(await images.classify(Buffer.from('no image'))).toMatchObject({
      outcome: 'refused',
      code: 'not_an_image',
    });
    await expect(images.classify('/no/such.jpg')).rejects.toThrow(ImagedexError);
  });

  it('serves the search page', async () => {
    const { url } = await images.serve({ port: 0 });
    expect(await (await fetch(url)).text()).toContain('<image-search');
  });

  it('says what is wrong with its options as a program spells them', async () => {
    await expect(open({ cwd: place, maxPages: 0 })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/^maxPages: expected a whole number/),
    });
    const wrong = { cwd: place, maxPage: 1 } as object;
    await expect(open(wrong)).rejects.toThrow('did you mean maxPages?');
  });

  it('reads the configuration of its folder', async () => {
    const own = await testFolder();
    await writeFile(
      join(own, 'imagedex.config.yaml'),
      `collections: { fruit: { sources: [${JSON.stringify(pictures)}], include: ['banana.*', 'lemon.*'] } }`,
    );
    const opened = await open({ cwd: own, describers: 1 });
    const report = await opened.crawl([], { collection: 'fruit' });
    expect(report).toMatchObject({ indexed: 2, skips: [{ code: 'excluded' }] });
    await opened.close();
    await rm(own, { recursive: true });
  });
});

describe('its examples', () => {
  let folder: string;
  beforeAll(async () => {
    folder = join(place, 'examples');
    await mkdir(join(folder, 'node_modules'), { recursive: true });
    await symlink(projectRoot, join(folder, 'node_modules/imagedex'));
    await cp(join(projectRoot, 'examples'), folder, { recursive: true });
  });
  async function example(file: string, ...words: string[]): Promise<string> {
    const child = spawn(process.execPath, [file, ...words], { cwd: folder });
    const [out, err, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    expect(code, err).toBe(0);
    return out;
  }

  it.each([
    [
      'crawl-and-search.mjs',
      [pictures, 'fruit'],
      /^28 found = 28 indexed [\s\S]*3 images for "fruit"\n {2}file:.*fruit/,
    ],
    ['classify.mjs', [join(pictures, 'banana.jpg')], /banana\.jpg: .*banana/],
    ['gallery.mjs', [pictures, 'gallery.html'], /^28 images in \d+ groups: gallery\.html/],
  ])('%s runs', async (file, words, expected) => {
    expect(await example(file, ...words)).toMatch(expected);
  });

  it('docs/library.md shows each of them as it is', async () => {
    const page = await readFile(join(projectRoot, 'docs/library.md'), 'utf8');
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.mjs')))
      expect(page).toContain(await readFile(join(folder, file), 'utf8'));
  });

  it('a consumer’s compiler understands the types', async () => {
    await writeFile(
      join(folder, 'consumer.mts'),
      `import { type Classification, type CrawlReport, type FoundImage, open } from 'imagedex';
const images = await open({ dataDir: 'x', maxPages: 3, include: ['*.jpg'] });
const report: CrawlReport = await images.crawl(['/a', '/b'], { onProgress: ({ found }) => found.toFixed() });
const found: readonly FoundImage[] = (await images.search('dog', { labels: ['dog'] })).images;
const said: Classification = await images.classify(new Uint8Array());
if (said.outcome === 'classified') said.labels[0]?.name.trim();
else said.reason.trim();
// @ts-expect-error: there is no such option
await open({ maxPage: 3 });
export { report, found };
`,
    );
    const tsc = join(projectRoot, 'node_modules/.bin/tsc');
    const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
    const roots = ['--typeRoots', join(projectRoot, 'node_modules/@types')];
    const child = spawn(tsc, [...flags, ...roots, 'consumer.mts'], { cwd: folder });
    const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
    expect(out).toBe('');
    expect(code).toBe(0);
  });
});
