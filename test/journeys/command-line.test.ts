// A user at the command line: crawls, stops, goes on, serves beside a crawl, searches, classifies.
import { type ChildProcess, spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { picture, pictureFolder } from '../pictures.ts';
import { openWebServer } from '../web-server.ts';
import { testFolder } from '../world.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
let folder: string;
let dataDir: string;
const open: { close(): Promise<unknown> }[] = [];
beforeEach(async () => {
  folder = await testFolder();
  dataDir = join(folder, 'data');
});
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
  await rm(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}
interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  out(): string;
}

function imagedex(...words: string[]): Running {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('IMAGEDEX_')),
  );
  const child = spawn(process.execPath, [cli, ...words, '--data-dir', dataDir], { cwd: folder, env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const ended = new Promise<Ended>((end) => child.once('close', (code) => end({ code, out, err })));
  open.push({
    close: () => {
      child.kill('SIGKILL');
      return ended;
    },
  });
  return { child, ended, out: () => out };
}

const lastLine = (text: string): Record<string, unknown> => JSON.parse(text.trim().split('\n').at(-1)!);

async function until(what: string, ask: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(30)) if (await ask()) return;
  throw new Error(`${what}: not within 30 s`);
}

async function site(count: number, delayMs: number) {
  const numbers = Array.from({ length: count }, (_, number) => number);
  const pages: Record<string, string | Buffer> = {
    '/': `<title>All</title>${numbers.map((number) => `<img src="/${number}.jpg" alt="picture ${number}">`).join('')}`,
  };
  for (const number of numbers) pages[`/${number}.jpg`] = await picture(number);
  const server = await openWebServer(pages, { delayMs });
  open.push(server);
  return server;
}

describe('the command line', { timeout: 120_000 }, () => {
  test('crawl --json ends with one object, and exits with 0 whatever single images did', async () => {
    const pictures = await pictureFolder(join(folder, 'pictures'), 3);
    await writeFile(join(pictures, 'broken.jpg'), (await picture(9)).subarray(0, 200));
    await writeFile(join(pictures, 'drawing.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    const { code, out } = await imagedex('crawl', pictures, '--json').ended;
    expect(code).toBe(0);
    const report = lastLine(out);
    expect(report).toEqual({
      crawlId: expect.any(String),
      state: 'complete',
      pages: 0,
      new: 3,
      changed: 0,
      unavailable: [],
      found: 5,
      indexed: 3,
      skipped: 1,
      failed: 1,
      pending: 0,
      unchanged: 0,
      gone: 0,
      inferences: 3,
      seconds: expect.any(Number),
      skips: [{ code: 'unsupported_format', count: 1 }],
      failures: [{ code: 'undecodable', count: 1 }],
      pageSkips: [],
      rendered: 0,
      notRendered: 0,
      refused: 0,
      missing: 0,
      pageChanges: expect.any(Object),
      isPartial: false,
    });
    const failures = await imagedex('failures', '--json').ended;
    expect(failures.out).toContain('undecodable');
    const missing = await imagedex('crawl', join(folder, 'nothing-here')).ended;
    expect(missing.code).toBe(1);
    expect(missing.err).toContain('nothing-here');
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s stops a crawl safely, and the same command carries on', async (signal, exitCode) => {
    const server = await site(40, 60);
    const first = imagedex('crawl', `${server.url}/`, '--json');
    await until('some images are fetched', () => server.asked.length > 15);
    first.child.kill(signal);
    const stopped = await first.ended;
    expect(stopped.code).toBe(exitCode);
    const before = lastLine(stopped.out);
    expect(before).toMatchObject({ state: 'running' });
    const second = await imagedex('crawl', `${server.url}/`, '--json').ended;
    expect(second.code).toBe(0);
    expect(lastLine(second.out)).toMatchObject({
      crawlId: before['crawlId'],
      state: 'complete',
      found: 40,
      indexed: 40,
      inferences: 40,
    });
  });

  test('serve beside a crawl finds what is indexed, while it runs and after', async () => {
    const server = await site(40, 60);
    const serve = imagedex('serve', '--port', '0');
    await until('it serves', () => /http:\/\/\S+/.test(serve.out()));
    const url = /http:\/\/[^\s/]+/.exec(serve.out())![0];
    const count = async () => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ images(filter: {text: "picture"}) { totalCount { value } } }' }),
      });
      const { data } = (await response.json()) as { data: { images: { totalCount: { value: number } } } };
      return data.images.totalCount.value;
    };
    const crawl = imagedex('crawl', `${server.url}/`);
    await until('some are found', async () => (await count()) > 0);
    expect(await count()).toBeLessThan(40);
    expect((await crawl.ended).code).toBe(0);
    expect(await count()).toBe(40);
    const search = await imagedex('search', 'picture', '7', '--first', '3', '--json').ended;
    expect(lastLine(search.out)).toMatchObject({
      totalCount: { value: expect.any(Number), relation: 'EQ' },
      hits: expect.arrayContaining([
        expect.objectContaining({ url: `${server.url}/7.jpg`, pageUrl: `${server.url}/` }),
      ]),
    });
    serve.child.kill('SIGINT');
    expect((await serve.ended).code).toBe(0);
  });

  test('classify answers for each file, keeps nothing, and says what was wrong with one', async () => {
    const pictures = await pictureFolder(join(folder, 'pictures'), 1);
    await writeFile(join(folder, 'words.txt'), 'words');
    const { out } = await imagedex('classify', join(pictures, '0.jpg'), join(folder, 'words.txt'), '--json')
      .ended;
    const [good, bad] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(good).toMatchObject({ file: join(pictures, '0.jpg'), labels: expect.any(Array) });
    expect(good!['scores']).toHaveLength(5);
    expect(bad).toMatchObject({ file: join(folder, 'words.txt') });
    expect(JSON.stringify(bad)).toContain('not_an_image');
  });
});
