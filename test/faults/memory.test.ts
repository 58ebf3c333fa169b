// Memory stays flat: over three thousand files, and over sixty JPEGs of 20 to 50 MB.
import { spawn } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { photosPath } from '../shared.ts';
import { testFolder } from '../world.ts';

const photos = photosPath();
const program = fileURLToPath(new URL('./crawl-with-memory.ts', import.meta.url));
const allowedBytes = 200 * 1024 ** 2;

/** Bytes after the end of a JPEG change its hash and not its picture. */
const varied = (jpeg: Uint8Array, number: number): Buffer =>
  Buffer.concat([jpeg, Buffer.from(`copy ${number}`)]);

async function writeMany(folder: string, count: number): Promise<void> {
  await mkdir(folder);
  const names = (await readdir(photos!)).sort();
  for (let number = 0; number < count; number++) {
    const name = names[number % names.length]!;
    await writeFile(join(folder, `${number}-${name}`), varied(await readFile(join(photos!, name)), number));
  }
}

/** Noise hardly compresses: `pixels` on a side give about 1.08 bytes a pixel. */
async function noise(pixels: number): Promise<Buffer> {
  const content = randomFillSync(Buffer.alloc(pixels * pixels * 3));
  return sharp(content, { raw: { width: pixels, height: pixels, channels: 3 } })
    .jpeg({ quality: 96 })
    .toBuffer();
}

async function writeLarge(folder: string, count: number): Promise<number[]> {
  await mkdir(folder);
  const bases: Buffer[] = [];
  for (const pixels of [4400, 4900, 5500, 6000, 6500]) bases.push(await noise(pixels));
  for (let number = 0; number < count; number++) {
    await writeFile(join(folder, `${number}.jpg`), varied(bases[number % bases.length]!, number));
  }
  return bases.map(({ length }) => length);
}

interface Sample {
  readonly folder: string;
  readonly indexed: number;
  readonly pssBytes: number;
}

async function crawl(dataDir: string, folders: readonly string[]): Promise<Sample[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', program, dataDir, ...folders], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const code = await new Promise<number | null>((ended) => child.once('close', ended));
  expect(code).toBe(0);
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Sample);
}

describe.skipIf(photos === null || process.platform !== 'linux')('memory', { timeout: 900_000 }, () => {
  test('of all processes stays under what it was after 300 images + 200 MB', async () => {
    const folder = await testFolder();
    try {
      const [many, large] = [join(folder, 'many'), join(folder, 'large')];
      await writeMany(many, 3000);
      const sizes = await writeLarge(large, 60);
      expect(Math.min(...sizes)).toBeGreaterThan(20e6);
      expect(Math.max(...sizes)).toBeLessThan(50e6);
      const samples = await crawl(join(folder, 'data'), [many, large]);
      expect(samples.filter((one) => one.folder === many).at(-1)!.indexed).toBe(3000);
      expect(samples.filter((one) => one.folder === large).at(-1)!.indexed).toBe(60);
      const after300 = samples.find(({ indexed }) => indexed >= 300)!.pssBytes;
      const most = (of: string) =>
        Math.max(...samples.filter((one) => one.folder === of).map(({ pssBytes }) => pssBytes));
      const megabytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MB`;
      process.stdout.write(
        `after 300 images ${megabytes(after300)}; most on 3,000 files ${megabytes(most(many))}, on 60 large ones ${megabytes(most(large))}\n`,
      );
      expect(most(many)).toBeLessThan(after300 + allowedBytes);
      expect(most(large)).toBeLessThan(after300 + allowedBytes);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
