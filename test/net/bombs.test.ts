// Small bodies that unpack to a gigabyte, fetched by a process of their own whose memory is looked at.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWebServer, type Page, type WebServer } from '../web-server.ts';

const program = fileURLToPath(new URL('./fetch-with-memory.ts', import.meta.url));
const mebibyte = 1024 ** 2;
const pieces = 16;
/** 16 of them are a gibibyte. */
const piece = Buffer.alloc(64 * mebibyte);

const times = (part: Buffer): Buffer => Buffer.concat(Array<Buffer>(pieces).fill(part));

async function brotli(): Promise<Buffer> {
  const stream = zlib.createBrotliCompress({ params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } });
  const parts: Buffer[] = [];
  stream.on('data', (part: Buffer) => parts.push(part));
  for (let turn = 0; turn < pieces; turn++)
    await new Promise<void>((written) => void stream.write(piece, () => written()));
  await new Promise<void>((ended) => {
    stream.on('end', ended).end();
  });
  return Buffer.concat(parts);
}

/** Blocks that refer to nothing before them, so that they can be repeated. */
async function deflate(): Promise<Buffer> {
  const raw = zlib.deflateRawSync(piece, { finishFlush: zlib.constants.Z_FULL_FLUSH });
  return Buffer.concat([Buffer.from([0x78, 0x9c]), times(raw)]);
}

/** A hundredth of it is noise: no more than what an honest body might grow. */
function mixed(): Buffer {
  const noise = Buffer.from(Array.from({ length: mebibyte / 100 }, (_, at) => (at * 2_654_435_761) >>> 13));
  const one = zlib.gzipSync(
    Buffer.concat([zlib.deflateRawSync(noise, { level: 0 }), Buffer.alloc(mebibyte)]),
  );
  return Buffer.concat(Array<Buffer>(1024).fill(one));
}

let server: WebServer;
let names: readonly string[];
beforeAll(async () => {
  const gzip = times(zlib.gzipSync(piece));
  const bombs: Record<string, Buffer> = {
    gzip,
    'gzip, gzip': zlib.gzipSync(gzip),
    br: await brotli(),
    deflate: await deflate(),
    'x-gzip': mixed(),
  };
  const { zstdCompressSync } = zlib as unknown as { zstdCompressSync?: (data: Buffer) => Buffer };
  if (zstdCompressSync !== undefined) bombs['zstd'] = times(zstdCompressSync(piece));
  names = Object.keys(bombs);
  const pages: [string, Page][] = Object.entries(bombs).map(([name, body]) => [
    `/${names.indexOf(name)}`,
    { headers: { 'content-encoding': name }, body },
  ]);
  server = await openWebServer({
    ...Object.fromEntries(pages),
    '/warm': { headers: { 'content-encoding': 'gzip' }, body: zlib.gzipSync(Buffer.alloc(10_000)) },
  });
}, 60_000);
afterAll(() => server?.close());

test('crawl 29: what unpacks to a gigabyte takes less than 64 MiB more and is decompressed_too_large', async () => {
  const urls = names.map((_, at) => `${server.url}/${at}`);
  const args = [
    '--expose-gc',
    '--import',
    'tsx',
    program,
    String(10 * mebibyte),
    `${server.url}/warm`,
    ...urls,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { code: string; extraBytes: number });
  expect(lines.map(({ code }, at) => [names[at], code])).toEqual(
    names.map((name) => [name, 'decompressed_too_large']),
  );
  for (const [at, { extraBytes }] of lines.entries())
    expect([names[at], extraBytes < 64 * mebibyte]).toEqual([names[at], true]);
  console.info(
    lines.map(({ extraBytes }, at) => `${names[at]}: ${Math.round(extraBytes / mebibyte)} MiB`).join(', '),
  );
}, 60_000);
