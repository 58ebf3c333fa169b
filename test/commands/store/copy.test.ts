// `imagedex store copy`, as it is typed.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { hasOpenSearch, openSearchUrl, ownPrefix, removeIndices } from '../../opensearch/shared.ts';
import { pictureFolder } from '../../pictures.ts';
import { hasS3Server, openS3Server, type S3Server, s3Environment } from '../../s3-server.ts';
import { openWorld, testFolder } from '../../world.ts';
import { imagedex } from '../surroundings.ts';

let folder: string;
let data: string[];
beforeAll(async () => {
  folder = await testFolder();
  const world = await openWorld({}, folder);
  await world.crawl(await pictureFolder(join(folder, 'pictures'), 3));
  await world.close();
  data = ['--data-dir', join(folder, 'data')];
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each<[string[], string]>([
  [[], 'expected --to sqlite, --to opensearch, --to-blobs s3 or --to-blobs folder'],
  [['--to-blobs', 'folder'], 'thumbnails lie in folder already; to bring back those of a bucket'],
  [['--to', 'mongo'], 'store copy --to: expected sqlite or opensearch, but got "mongo"'],
  [['--to-blobs', 'tape'], 'store copy --to-blobs: expected folder or s3, but got "tape"'],
])('%j is refused', async (flags, message) => {
  const { code, err } = await imagedex(['store', 'copy', ...flags, ...data]);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(message) });
});

test('without data there is nothing to copy, and none are made', async () => {
  const none = join(folder, 'none');
  expect(await imagedex(['store', 'copy', '--to', 'opensearch', '--data-dir', none])).toMatchObject({
    code: 1,
    err: expect.stringContaining(`there is no data directory ${none} to copy from`),
  });
  expect(await readdir(folder)).not.toContain('none');
});

describe.skipIf(!hasS3Server)('with a bucket', () => {
  let server: S3Server;
  let bucket: string[];
  beforeAll(async () => {
    for (const [name, value] of Object.entries(s3Environment)) vi.stubEnv(name, value);
    server = await openS3Server(['thumbnails']);
    bucket = ['--blobs-bucket', 'thumbnails/own', '--blobs-endpoint', server.endpoint];
  });
  afterAll(async () => {
    await server.close();
    vi.unstubAllEnvs();
  });

  test('thumbnails alone', async () => {
    expect(await imagedex(['store', 'copy', '--to-blobs', 's3', ...data])).toMatchObject({
      code: 1,
      err: expect.stringContaining('blobsBucket is empty'),
    });
    const told = await imagedex(['store', 'copy', '--to-blobs', 's3', ...bucket, ...data]);
    expect(told).toMatchObject({ code: 0, err: '' });
    expect(told.out).toMatch(
      /^3 thumbnails \(0\.0 MiB\) of folder are in s3\. To use them: `blobs: s3` in the configuration\.\n$/,
    );
    const again = await imagedex(['store', 'copy', '--to-blobs', 's3', '--json', ...bucket, ...data]);
    expect(JSON.parse(again.out)).toMatchObject({ blobs: 3, written: 0, to: { blobs: 's3' } });
  });

  test.skipIf(!hasOpenSearch)(
    'a collection, and what then stands in each store',
    { timeout: 120_000 },
    async () => {
      const url = await openSearchUrl('3');
      const prefix = ownPrefix();
      const there = ['--opensearch-urls', url, '--opensearch-prefix', prefix, ...bucket, ...data];
      try {
        const copy = ['store', 'copy', '--to', 'opensearch', '--to-blobs', 's3', ...there];
        const told = await imagedex(copy);
        expect(told).toMatchObject({ code: 0, err: '' });
        const lines = told.out.split('\n');
        expect(lines[0]).toBe('Copied collection default from sqlite to opensearch:');
        expect(lines[1]).toContain('3 images (3 in searches), 3 locations');
        expect(lines[2]).toMatch(/^Compared: all records and documents are the same in both/);
        expect(told.out).toContain('`store: opensearch` in the configuration');
        expect(told.out).toContain(
          `imagedex collections delete default --yes --data-dir ${join(folder, 'data')} --opensearch-urls ${url}`,
        );
        expect(JSON.parse((await imagedex([...copy, '--json'])).out)).toMatchObject({
          collection: 'default',
          written: 0,
          from: { store: 'sqlite', blobs: 'folder' },
          to: { store: 'opensearch', blobs: 's3' },
        });

        const remove = ['collections', 'delete', 'default', '--yes', '--store', 'sqlite', ...data];
        expect(await imagedex([...remove, '--keep-thumbnails'])).toMatchObject({ code: 0 });
        const search = ['collections', 'show', 'default', '--json', '--store', 'opensearch', ...there];
        const renditions = async (blobs: string) =>
          JSON.parse((await imagedex([...search, '--blobs', blobs])).out) as {
            images: number;
            renditions: { count: number };
          };
        expect(await renditions('s3')).toMatchObject({ images: 3, renditions: { count: 3 } });
        expect(await renditions('folder')).toMatchObject({ images: 3, renditions: { count: 3 } });
      } finally {
        await removeIndices(url, prefix);
      }
    },
  );
});
