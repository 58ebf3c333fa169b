// Thumbnails in a bucket: crawled, served, taken down, dropped, backed up as from a folder.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { makeBackup } from '../../src/app/make-backup.ts';
import { thumbnailKey } from '../../src/blobs/blobs.ts';
import { forget } from '../../src/collections/forget.ts';
import { pictureFolder } from '../pictures.ts';
import { hasS3Server, openS3Server, type S3Server, s3Environment } from '../s3-server.ts';
import { addsUp, documents, openWorld, type World } from '../world.ts';

const never = new AbortController().signal;

describe.skipIf(!hasS3Server)('an S3 server', { timeout: 60_000 }, () => {
  let server: S3Server;
  let world: World;
  beforeAll(async () => {
    for (const [name, value] of Object.entries(s3Environment)) vi.stubEnv(name, value);
    server = await openS3Server(['thumbnails']);
    world = await openWorld({
      blobs: 's3',
      blobsBucket: 'thumbnails/here',
      blobsEndpoint: server.endpoint,
    });
    addsUp(await world.crawl(await pictureFolder(join(world.folder, 'pictures'), 3)));
  }, 60_000);
  afterAll(async () => {
    await world.close();
    await server.close();
    vi.unstubAllEnvs();
  });

  test('they are served as from a folder, and end with a take-down', async () => {
    expect(await readdir(join(world.folder, 'data'))).not.toContain('blobs');
    const [document] = await documents(world);
    const { sha256 } = document!;
    const { url } = await world.app.serve(0, never);
    const thumbnail = `${new URL(url).origin}/thumbnails/${sha256}.jpg`;
    const answer = await fetch(thumbnail);
    const content = Buffer.from(await answer.arrayBuffer());
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('image/jpeg');
    expect(answer.headers.get('content-length')).toBe(String(content.length));
    expect(answer.headers.get('cache-control')).toContain('immutable');
    const known = { 'if-none-match': answer.headers.get('etag')! };
    expect((await fetch(thumbnail, { headers: known })).status).toBe(304);
    // An empty one was dropped.
    await world.parts.blobs.put(thumbnailKey(sha256), new Uint8Array());
    expect((await fetch(thumbnail)).status).toBe(404);
    await world.parts.blobs.put(thumbnailKey(sha256), content);
    expect((await fetch(thumbnail)).status).toBe(200);
    await forget(world.parts, sha256);
    expect((await fetch(thumbnail, { headers: known })).status).toBe(404);
    expect(await world.parts.blobs.sizeOf(thumbnailKey(sha256))).toBeNull();
  });

  test('a backup has them in its folder', async () => {
    const folder = join(world.folder, 'backup');
    const report = await makeBackup(world.parts, folder, never);
    const all = await documents(world);
    expect(report.thumbnails).toBe(all.length);
    const copy = await openWorld({ dataDir: folder }, world.folder);
    for (const { sha256 } of await documents(copy)) {
      const key = thumbnailKey(sha256);
      expect(await copy.parts.blobs.get(key)).toEqual(Buffer.from((await world.parts.blobs.get(key))!));
    }
    await copy.close();
  });
});
