// From the embedded store to a real OpenSearch and back, thumbnails to a bucket and back: what comes home is what left.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { copyAllBlobs, copyBetween } from '../../src/app/copy-collection.ts';
import { openParts, type Parts } from '../../src/app/parts.ts';
import { type Config, loadConfig } from '../../src/config/config.ts';
import { copiedWorld, everything, tombstones } from '../collections/copied-world.ts';
import { hasOpenSearch, lines, openSearchUrl, ownPrefix, removeIndices } from '../opensearch/shared.ts';
import { hasS3Server, openS3Server, type S3Server, s3Environment } from '../s3-server.ts';
import { testFolder, type World } from '../world.ts';

const never = new AbortController().signal;
const sqlite = { store: 'sqlite', blobs: 'folder' } as const;

let world: World;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ world, close } = await copiedWorld());
}, 120_000);
afterAll(() => close());

async function withParts<T>(config: Config, work: (parts: Parts) => Promise<T>): Promise<T> {
  const parts = await openParts(config);
  try {
    return await work(parts);
  } finally {
    await parts.close();
  }
}

describe.skipIf(!hasOpenSearch || !hasS3Server)('with a bucket', { timeout: 120_000 }, () => {
  let server: S3Server;
  beforeAll(async () => {
    for (const [name, value] of Object.entries(s3Environment)) vi.stubEnv(name, value);
    server = await openS3Server(['thumbnails']);
  });
  afterAll(async () => {
    await server.close();
    vi.unstubAllEnvs();
  });

  describe.each(lines)('OpenSearch %s', (line) => {
    test('there and back', async () => {
      const url = await openSearchUrl(line);
      const prefix = ownPrefix();
      const home = await testFolder();
      const flags = {
        opensearchUrls: [url],
        opensearchPrefix: prefix,
        opensearchReplicas: 0,
        blobsBucket: `thumbnails/${prefix}`,
        blobsEndpoint: server.endpoint,
        logLevel: 'error',
      };
      const there = { store: 'opensearch', blobs: 's3' } as const;
      const load = (dataDir: string, more = {}): Promise<Config> =>
        loadConfig({ flags: { ...flags, dataDir, ...more } });
      try {
        const away = await load(world.parts.config.values.dataDir);
        const stop = new AbortController();
        const cut = copyBetween(away, { from: sqlite, to: there }, stop.signal, (what) => {
          if (what === 'locations') stop.abort(new Error('cut off'));
        });
        await expect(cut).rejects.toThrow('cut off');
        const report = await copyBetween(away, { from: sqlite, to: there }, never, () => {});
        const had = await everything(world.parts);
        expect(report).toMatchObject({
          images: had.image!.size,
          documents: had.documents.size,
          blobs: had.blobs.size,
          rejected: [],
        });
        expect(await copyBetween(away, { from: sqlite, to: there }, never, () => {})).toEqual({
          ...report,
          written: 0,
        });
        const moved = await load(join(home, 'moved'), there);
        expect(await withParts(moved, everything)).toEqual(had);

        const back = await load(join(home, 'back'));
        await copyBetween(back, { from: there, to: sqlite }, never, () => {});
        const [document] = [...had.documents.values()];
        await withParts(back, async (parts) => {
          expect(await everything(parts)).toEqual(had);
          expect(await tombstones(parts, document!)).toBe(report.images - report.documents);
        });
        await withParts(moved, async (parts) => {
          expect(await tombstones(parts, document!)).toBe(report.images - report.documents);
        });
      } finally {
        await removeIndices(url, prefix);
        await rm(home, { recursive: true, force: true });
      }
    });
  });

  test('thumbnails alone', async () => {
    const config = await loadConfig({
      flags: {
        dataDir: world.parts.config.values.dataDir,
        blobsBucket: 'thumbnails/alone',
        blobsEndpoint: server.endpoint,
      },
    });
    const { blobs } = await everything(world.parts);
    const places = { from: sqlite, to: { ...sqlite, blobs: 's3' } } as const;
    const report = await copyAllBlobs(config, places, never, () => {});
    expect(report).toMatchObject({ blobs: blobs.size, written: blobs.size });
    expect(await copyAllBlobs(config, places, never, () => {})).toEqual({ ...report, written: 0 });
    const moved = { ...config, values: { ...config.values, blobs: 's3' as const } };
    expect((await withParts(moved, everything)).blobs).toEqual(blobs);
  });
});
