// The built program, as people and their scripts start it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtFile } from '../src/entry.ts';
import { filesIn, projectRoot } from './source-files.ts';
import { openWebServer, type Page } from './web-server.ts';
import { testFolder } from './world.ts';

const program = fileURLToPath(builtFile(new URL('../src/cli.ts', import.meta.url)));
const pictures = 8;

let folder: string;
let photos: string;
beforeAll(async () => {
  folder = await testFolder();
  photos = join(folder, 'photos');
  await mkdir(photos);
  for (let index = 0; index < pictures; index++) {
    await sharp(await picture(index)).toFile(join(photos, `${index}.png`));
  }
});
afterAll(() => rm(folder, { recursive: true }));

const picture = (index: number): Promise<Buffer> =>
  sharp({
    create: { width: 96, height: 96, channels: 3, background: { r: index * 30, g: 200 - index * 20, b: 90 } },
  })
    .png()
    .toBuffer();

function start(args: readonly string[], data = 'data'): ChildProcess {
  const env = { PATH: process.env['PATH'], HOME: folder, IMAGEDEX_DATA_DIR: join(folder, data) };
  return spawn(process.execPath, [program, ...args], { cwd: folder, env });
}

async function end(child: ChildProcess) {
  const [out, err, [code]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'close'),
  ]);
  return { code: code as number, out, err };
}

const imagedex = (args: readonly string[], data?: string) => end(start(args, data));

describe('the program', () => {
  it('knows its version and its verbs', async () => {
    const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
    expect(await imagedex(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
    expect((await imagedex(['--help'])).out).toContain('Usage: imagedex VERB');
  });

  it('loads no package for --help, so that it answers at once', () => {
    const seen = new Set<string>();
    const follow = (file: string): string[] => {
      if (seen.has(file)) return [];
      seen.add(file);
      const source = readFileSync(join(projectRoot, 'src', file), 'utf8');
      const loaded = [...source.matchAll(/^(?:import|export) (?!type\b)[^;]*?from '([^']+)'/gms)].map(
        ([, to]) => to!,
      );
      return loaded.flatMap((to) => (to.startsWith('.') ? follow(join(file, '..', to)) : [to]));
    };
    expect(follow('cli.ts').filter((name) => !name.startsWith('node:'))).toEqual([]);
    expect(seen.size).toBeGreaterThan(5);
  });

  it('is built whole: every source has its built file', () => {
    const built = new Set(filesIn('dist', '.js'));
    const sources = filesIn('src').filter((file) => !file.startsWith('api/web/') && !file.endsWith('.d.ts'));
    expect(sources.filter((file) => !built.has(file.replace(/\.ts$/, '.js')))).toEqual([]);
  });

  it('ends quietly when nobody reads its output any more', async () => {
    const child = start(['config', '--help']);
    child.stdout!.destroy();
    const [err, [code]] = await Promise.all([text(child.stderr!), once(child, 'close')]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  it('says what to do about a source that is not there', async () => {
    const { code, out, err } = await imagedex(['crawl', join(folder, 'nowhere'), '--json'], 'nowhere-data');
    expect(code).toBe(1);
    expect(JSON.parse(out).error.code).toBe('source_unavailable');
    expect(err).toMatch(/^imagedex: .*nowhere/);
    expect(err).not.toMatch(/\n {4}at /);
  });
});

describe('from pictures to a search', { timeout: 60_000 }, () => {
  it('crawls a folder, and needs no inference the second time', async () => {
    const first = await imagedex(['crawl', photos, '--json']);
    expect(first.code).toBe(0);
    const report = JSON.parse(first.out);
    expect(report).toMatchObject({
      state: 'complete',
      found: pictures,
      indexed: pictures,
      inferences: pictures,
    });
    // As it comes where no shell has put the home folder in.
    const second = await imagedex(['crawl', '~/photos']);
    expect(second.out).toContain('No inference was needed: nothing has changed.');
    expect(second.code).toBe(0);
  });

  it('searches what was crawled', async () => {
    const { code, out } = await imagedex(['search', '--json', '--first', '3']);
    expect(code).toBe(0);
    const { totalCount, hits } = JSON.parse(out);
    expect(totalCount).toEqual({ value: pictures, relation: 'EQ' });
    expect(hits).toHaveLength(3);
    expect(hits[0].url).toMatch(/^file:\/\/.*\.png$/);
    expect((await imagedex(['search', '--first', '3'])).out).toMatch(/^8 images, the first 3:\n/);
    const signs = JSON.parse((await imagedex(['search', '*', '--json'])).out);
    expect(signs.totalCount).toEqual({ value: 0, relation: 'EQ' });
    // The last is a concept that is too general to be a label.
    for (const label of ['xyzzy', 'n99999999', 'n00001740']) {
      const unknown = await imagedex(['search', '--label', label, '--json']);
      expect([unknown.code, JSON.parse(unknown.out).error.code], label).toEqual([1, 'not_found']);
    }
  });

  it('classifies single pictures, each on its line', async () => {
    const good = join(photos, '1.png');
    const { code, out, err } = await imagedex(
      ['classify', good, join(folder, 'none.png'), '--json'],
      'unused',
    );
    expect(code).toBe(1);
    const [first, second] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first.file).toBe(good);
    expect(first.scores).toHaveLength(5);
    // One name each, though the model's own list has all synonyms.
    expect(first.scores.filter(({ name }: { name: string }) => name.includes(','))).toEqual([]);
    expect(second.error.code).toBe('source_unavailable');
    expect(err).toContain('none.png');
    const plain = await imagedex(['classify', good], 'unused');
    expect([plain.code, plain.out.split('\n').length]).toEqual([0, 2]);
  });

  it('lists the models, the one in use among them', async () => {
    const { out } = await imagedex(['models', '--json']);
    expect(JSON.parse(out)).toContainEqual(
      expect.objectContaining({ name: 'resnet18d-64', inUse: '1', classes: 200 }),
    );
    for (const model of ['nosuch', 'resnet18d-64@9']) {
      const unknown = await imagedex(['models', '--model', model, '--json']);
      expect([unknown.code, JSON.parse(unknown.out).error.code]).toEqual([1, 'model_invalid']);
    }
    expect((await imagedex(['models'])).out).toMatch(/^\* +resnet18d-64 /m);
  });
});

describe('a site whose pictures come slowly', { timeout: 120_000 }, () => {
  const site = async () => {
    const pages: Record<string, Page> = { '/robots.txt': '' };
    const names = Array.from({ length: pictures }, (_, index) => `/${index}.png`);
    for (const [index, name] of names.entries()) pages[name] = await picture(index);
    pages['/'] =
      `<title>Slow</title>${[...names, '/lost.png'].map((name) => `<img src="${name}" alt="a">`).join('')}`;
    return openWebServer(pages, { delayMs: 150 });
  };

  it('is crawled in two goes when the first is interrupted, and its failures are listed and retried', async () => {
    const server = await site();
    try {
      const crawling = start(['crawl', `${server.url}/`, '--json'], 'slow');
      const stopped = end(crawling);
      while (server.asked.filter(({ path }) => path.endsWith('.png')).length < 3) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      crawling.kill('SIGINT');
      const first = await stopped;
      expect([first.code, JSON.parse(first.out).state]).toEqual([130, 'running']);

      const { code, out } = await imagedex(['crawl', `${server.url}/`, '--json'], 'slow');
      const report = JSON.parse(out);
      expect(code).toBe(0);
      expect(report.crawlId).toBe(JSON.parse(first.out).crawlId);
      expect(report).toMatchObject({
        state: 'complete',
        found: pictures + 1,
        indexed: pictures,
        failed: 1,
        pending: 0,
      });
      expect(report.failures).toEqual([{ code: 'not_found', count: 1 }]);

      const failures = await imagedex(['failures', '--json'], 'slow');
      expect(JSON.parse(failures.out)).toMatchObject({
        stage: 'fetch',
        code: 'not_found',
        url: `${server.url}/lost.png`,
      });
      expect((await imagedex(['failures'], 'slow')).out).toContain('lost.png');
      server.set('/lost.png', await picture(20));
      const retried = await imagedex(['failures', '--retry', '--json'], 'slow');
      expect(JSON.parse(retried.out)).toMatchObject({ indexed: 1, failed: 0 });
      expect((await imagedex(['failures'], 'slow')).out).toBe('Nothing failed in default.\n');
    } finally {
      await server.close();
    }
  });

  it('classifies an address on loopback, as typed', async () => {
    const server = await site();
    try {
      const { code, out } = await imagedex(['classify', `${server.url}/3.png`, '--json'], 'unused');
      expect([code, JSON.parse(out).file]).toEqual([0, `${server.url}/3.png`]);
    } finally {
      await server.close();
    }
  });
});

describe('imagedex serve', () => {
  it('says where, answers, and ends at Ctrl-C', async () => {
    const serving = start(['serve', '--port', '0', '--json']);
    const stopped = once(serving, 'close');
    const [line] = (await once(serving.stdout!, 'data')) as [Buffer];
    const { url, graphql } = JSON.parse(line.toString());
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    const answer = await fetch(graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ collections { name } }' }),
    });
    expect(answer.status).toBe(200);
    serving.kill('SIGINT');
    expect(await stopped).toEqual([0, null]);
  });
});
