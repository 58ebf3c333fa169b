// For tests of copies: a collection that has something of everything, and all that a store has of a collection.
import type { Parts } from '../../src/app/parts.ts';
import { copiedKinds } from '../../src/collections/copy-pass.ts';
import { forget } from '../../src/collections/forget.ts';
import type { ImageDocument } from '../../src/indexer/image-index.ts';
import { type Kind, listAll } from '../../src/ledger.ts';
import { sha256Of } from '../../src/record.ts';
import { picture } from '../pictures.ts';
import { openWebServer } from '../web-server.ts';
import { addsUp, openWorld, type World } from '../world.ts';

const pictures = 24;

/** Two crawls of a site: one picture is gone after the first, one was never there, one was taken down. And a schedule. */
export async function copiedWorld(): Promise<{ readonly world: World; close(): Promise<void> }> {
  const world = await openWorld({ allowPrivateHosts: '127.0.0.1' });
  const show = (some: readonly number[]) =>
    some.map((number) => `<img src="/${number}.jpg" alt="Picture ${number} of a red fox">`).join('');
  const numbers = Array.from({ length: pictures }, (_, number) => number);
  const server = await openWebServer({
    '/': `<title>Foxes</title><a href="/more.html">more</a>${show(numbers.slice(0, 12))}`,
    '/more.html': `<title>More</title><h2>Foxes at night</h2>${show([...numbers.slice(10), 99])}`,
    ...Object.fromEntries(
      await Promise.all(numbers.map(async (number) => [`/${number}.jpg`, await picture(number)])),
    ),
  });
  addsUp(await world.crawl(`${server.url}/`));
  server.set('/more.html', `<title>More</title>${show([...numbers.slice(10, -1), 99])}`);
  await forget(world.parts, sha256Of(await picture(3)));
  addsUp(await world.crawl(`${server.url}/`));
  await world.app.schedules.set({ collection: 'default', cron: '0 3 * * *', timeZone: 'Europe/Berlin' });
  await server.close();
  return { world, close: () => world.close() };
}

type Everything = { readonly [K in Kind]?: ReadonlyMap<string, unknown> } & {
  readonly documents: ReadonlyMap<string, ImageDocument>;
  readonly blobs: ReadonlyMap<string, number>;
};

/** What a store has of collection `default`, versions of records aside. */
export async function everything({ ledger, index, blobs }: Parts): Promise<Everything> {
  const kinds: [Kind, Map<string, unknown>][] = [];
  const named = [
    ...(Object.keys(copiedKinds) as (keyof typeof copiedKinds)[]),
    'collection',
    'description',
    'block',
    'schedule',
  ] as const;
  for (const kind of named) {
    const all = new Map<string, unknown>();
    const where = kind in copiedKinds ? { collection: 'default' } : {};
    for await (const { id, record } of listAll(ledger, kind, where)) all.set(id, record);
    kinds.push([kind, all]);
  }
  const ids = [...kinds.find(([kind]) => kind === 'image')![1].keys()];
  const documents = new Map((await index.get(ids)).map((one) => [one.id, one]));
  const sizes = new Map<string, number>();
  for await (const { key, sizeBytes } of blobs.list('thumbnails/')) sizes.set(key, sizeBytes);
  return { ...Object.fromEntries(kinds), documents, blobs: sizes };
}

/** How many removed images there are whose older documents the index refuses. */
export async function tombstones({ ledger, index }: Parts, like: ImageDocument): Promise<number> {
  let count = 0;
  for await (const { id, record } of listAll(ledger, 'image', { collection: 'default' })) {
    if ((await index.get([id])).length > 0) continue;
    await index.put([{ ...like, id, revision: record.indexedRevision }]);
    if ((await index.get([id])).length === 0) count++;
  }
  return count;
}
