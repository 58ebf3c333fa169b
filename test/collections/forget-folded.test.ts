// Take-downs of images that are folded into others, and of those that others are folded into.
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { forget } from '../../src/collections/forget.ts';
import { openProjector } from '../../src/indexer/project.ts';
import { wordnet } from '../../src/labels/taxonomy.ts';
import { amend, amendment } from '../../src/ledger.ts';
import { imageId, sha256Of } from '../../src/record.ts';
import { type MadeUp, place } from '../indexer/alike-images.ts';
import { scene } from '../scenes.ts';
import { openWebServer, type WebServer } from '../web-server.ts';
import { documents, openWorld, type World } from '../world.ts';
import { traces } from './traces.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

interface Gallery {
  readonly world: World;
  readonly server: WebServer;
  /** By name, the largest first. */
  readonly contents: { readonly [name in 'walrus' | 'narwhal' | 'octopus']: Buffer };
  crawl(): Promise<unknown>;
}

async function gallery(): Promise<Gallery> {
  const world = await openWorld({ describers: 1, allowPrivateHosts: '127.0.0.1' });
  open.push(world);
  const contents = {
    walrus: await scene(1, 640, 480).jpeg().toBuffer(),
    narwhal: await scene(1, 320, 240).webp().toBuffer(),
    octopus: await scene(1, 160, 120).png().toBuffer(),
  };
  const page = (name: string) =>
    `<title>The ${name}</title><img src="/${name}" srcset="/${name} 1x, /walrus-huge 4x" alt="${name} ahoy">`;
  const pages = Object.fromEntries(Object.keys(contents).map((name) => [`/${name}.html`, page(name)]));
  const links = Object.keys(pages).map((path) => `<a href="${path}">one</a>`);
  const server = await openWebServer({
    '/': links.join(''),
    ...pages,
    ...Object.fromEntries(Object.entries(contents).map(([name, content]) => [`/${name}`, content])),
  });
  open.push(server);
  return { world, server, contents, crawl: () => world.crawl(`${server.url}/`) };
}

const wordsOf = (name: string, content: Buffer): string[] => [
  name,
  sha256Of(content),
  imageId('default', sha256Of(content)),
];

test('an image that is folded: nothing is left of it, and nothing of it comes back', async () => {
  const { world, contents, crawl } = await gallery();
  await crawl();
  const [before] = await documents(world);
  expect(before).toMatchObject({ width: 640, foldedCount: 2 });
  await forget(world.parts, sha256Of(contents.narwhal));
  const left = () => traces(join(world.folder, 'data'), wordsOf('narwhal', contents.narwhal).slice(1));
  expect(await left()).toEqual([]);
  const [after, ...others] = await documents(world);
  expect(others).toEqual([]);
  expect(after!.folded!.map(({ width }) => width)).toEqual([160]);
  expect(after!.locations).toHaveLength(2);
  await crawl();
  expect(await left()).toEqual([]);
  expect(await documents(world)).toHaveLength(1);
});

test('one that others are folded into: the next largest stands for the rest', async () => {
  const { world, contents, crawl } = await gallery();
  await crawl();
  await forget(world.parts, imageId('default', sha256Of(contents.walrus)));
  expect(await traces(join(world.folder, 'data'), wordsOf('walrus', contents.walrus).slice(1))).toEqual([]);
  const [after, ...others] = await documents(world);
  expect(others).toEqual([]);
  expect(after).toMatchObject({ width: 320, foldedCount: 1 });
  await crawl();
  expect((await documents(world)).map(({ width }) => width)).toEqual([320]);
});

test('an address that is known as a variant alone: no appearance names it any more', async () => {
  const { world, server, crawl } = await gallery();
  await crawl();
  const variants = async () =>
    (await documents(world)).flatMap(({ appearances }) =>
      appearances.flatMap((one) => one.variants?.map(({ url }) => url) ?? []),
    );
  expect(await variants()).toContain(`${server.url}/walrus-huge`);
  await forget(world.parts, `${server.url}/walrus-huge`);
  expect(await traces(join(world.folder, 'data'), ['walrus-huge'])).toEqual([]);
  expect(await variants()).toEqual([]);
});

test('one of the places of an image that is folded: names that only the model knows stay', async () => {
  const world = await openWorld();
  open.push(world);
  const { ledger, index } = world.parts;
  const image = (name: string, width: number): MadeUp => ({
    ...{ name, perceptualHash: '0123456789abcdef', width, height: width, sizeBytes: width },
  });
  await place(ledger, image('large', 300));
  for (const number of [0, 1]) await place(ledger, image('small', 100), number);
  const [second] = await ledger.list('location', { host: 'small.a.example' }, { limit: 1 });
  const url = 'https://b.example/small.jpg';
  await amend(ledger, [
    amendment('location', second!.id, (old) => old && { ...old, host: 'b.example', url, address: url }),
    amendment('description', 'key-large', (old) => old && { ...old, scores: [['acme:widget', 60_000]] }),
  ]);
  const className = () => 'Widget';
  await openProjector({ ledger, index, taxonomy: wordnet(), className }).sweep('default');
  const names = async () => (await documents(world)).map(({ labels }) => labels.map(({ name }) => name));
  expect(await names()).toEqual([['Widget']]);
  expect(await forget(world.parts, 'b.example')).toMatchObject({ locations: 1 });
  expect(await names()).toEqual([['Widget']]);
});
