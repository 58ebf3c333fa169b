// What was taken down from another data directory is not served, though it still lies here.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import { block } from '../../src/collections/blocks.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
}, 60_000);
afterAll(() => world.close());

test('a blocked content is not there', async () => {
  const server = await openServer(world.parts, { port: 0, host: '127.0.0.1' });
  const [down, other] = world.documents.map(({ sha256 }) => sha256);
  const statusOf = async (sha256: string) => (await fetch(`${server.url}/thumbnails/${sha256}.jpg`)).status;
  await block(world.parts.ledger, [{ subject: 'content', value: down! }]);
  expect([await statusOf(down!), await statusOf(other!)]).toEqual([404, 200]);
  await server.close();
});
