// kill -9 in the middle of a bucket's listing, again and again: carried on, it loses no key and doubles none.
import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { CrawlReport } from '../../src/crawl-report.ts';
import { picture } from '../pictures.ts';
import { hasS3Server, openS3Server, type S3Server, s3Environment } from '../s3-server.ts';
import { addsUp, documents, openWorld, testFolder } from '../world.ts';

const program = fileURLToPath(new URL('./crawl-with-fault.ts', import.meta.url));
/** Three pages of the listing. */
const count = 2_100;
const keyOf = (number: number): string => `${String(number).padStart(4, '0')} ${'x'.repeat(number % 7)}.jpg`;
const isPicture = (number: number): boolean => number % 30 === 0;
const numbers = Array.from({ length: count }, (_, number) => number);
const pictures = numbers.filter(isPicture);

/** Objects without a byte are found like all others, and skipped. */
async function fill(server: S3Server): Promise<void> {
  for (const number of pictures) await server.put('listed', keyOf(number), await picture(number / 30));
  const [first, ...others] = numbers.filter((number) => !isPicture(number)).map(keyOf);
  await server.put('listed', first!, Buffer.alloc(0));
  await server.copy('listed', first!, others);
}

/** null where it was killed. */
async function run(
  endpoint: string,
  dataDir: string,
  point: string,
  times: number,
): Promise<CrawlReport | null> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', program, dataDir, 's3://listed', point, String(times)],
    {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...s3Environment, AWS_ENDPOINT_URL_S3: endpoint },
    },
  );
  let output = '';
  child.stdout!.on('data', (chunk) => {
    output += chunk;
  });
  const signal = await new Promise<NodeJS.Signals | null>((ended) =>
    child.once('close', (_, by) => ended(by)),
  );
  if (signal === 'SIGKILL') return null;
  return JSON.parse(output.trim().split('\n').at(-1)!) as CrawlReport;
}

describe.skipIf(!hasS3Server)('a listing that is cut off', { timeout: 600_000 }, () => {
  test('by kill -9 before each of its pages is put, and between them: each key is found once', async () => {
    const folder = await testFolder();
    const server = await openS3Server(['listed']);
    const dataDir = join(folder, 'data');
    try {
      await fill(server);
      await server.asked();
      // The first put is that of the root, the others are those of its pages, unless they were put before.
      for (const times of [1, 2, 2, 3]) {
        expect(await run(server.endpoint, dataDir, 'before found images are put', times)).toBeNull();
      }
      expect(await run(server.endpoint, dataDir, 'after an image is done', 40)).toBeNull();
      const report = await run(server.endpoint, dataDir, 'never', 1);
      addsUp(report!);
      expect(report).toMatchObject({
        found: count,
        indexed: pictures.length,
        skipped: count - pictures.length,
        failed: 0,
        gone: 0,
      });
      await checkEnd(folder);
      const asked = await server.asked();
      // Six starts ask for the first page; the second and third are asked for again only where a kill came before their put.
      expect(asked.filter((one) => one === 'ListObjectsV2').length).toBeLessThanOrEqual(6 + 4);
    } finally {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

async function checkEnd(folder: string): Promise<void> {
  const world = await openWorld({ dataDir: join(folder, 'data') }, folder);
  try {
    const { ledger } = world.parts;
    expect(await ledger.tally('location', {}, [])).toEqual([{ values: {}, count }]);
    expect(await ledger.tally('crawl', {}, ['state'])).toEqual([{ values: { state: 'complete' }, count: 1 }]);
    const found = await documents(world);
    expect(found).toHaveLength(pictures.length);
    const urls = found.flatMap(({ locations }) => locations.map(({ url }) => url)).sort();
    expect(urls).toEqual(pictures.map((number) => `s3://listed/${encodeURI(keyOf(number))}`));
  } finally {
    await world.close();
  }
}
