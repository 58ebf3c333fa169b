// The package as npm packs it, installed in an empty folder: README's tour word for word and the library's examples, on
// every line of Node that is supported.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { projectRoot } from '../source-files.ts';
import { testFolder } from '../world.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });
const run = promisify(execFile);
const nodes = ['20.19.0', '22', '24'] as const;

// What npm tells its scripts is not for the npm of a user.
const bare = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|IMAGEDEX_|NODE_|VITEST)/i.test(name)),
);
const registry = await run('npm', ['ping'], { env: bare }).catch(() => null);
if (registry === null) {
  if (process.env['CI'] === 'true')
    throw new Error('npm reaches no registry, and under CI=true nothing is skipped');
  process.stderr.write('skipped: the package’s journey needs npm’s registry, which cannot be reached\n');
}

let place: string;
let installed: string;
const tarballs: string[] = [];
beforeAll(async () => {
  if (registry === null) return;
  place = await testFolder();
  // Built already: to build again would pull the files from under other tests.
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', place], {
    cwd: projectRoot,
    env: bare,
  });
  tarballs.push(...(await readdir(place)).filter((name) => name.endsWith('.tgz')));
  installed = join(place, 'installed');
  await mkdir(installed);
  const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  await run('npm', [...install, join(place, tarballs[0]!)], { cwd: installed, env: bare });
  for (const version of nodes) {
    const folder = join(place, `node-${version}`);
    await mkdir(folder);
    // The package `node` fetches its binary as a dependency, which its script puts in place.
    await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', `node@${version}`], {
      cwd: folder,
      env: bare,
    });
  }
});
afterAll(() => (registry === null ? undefined : rm(place, { recursive: true, force: true })));

/** The shell blocks of README's tour. */
async function tour(): Promise<string[]> {
  const readme = await readFile(join(projectRoot, 'README.md'), 'utf8');
  const section = /^## A tour$(.*?)^## /ms.exec(readme)![1]!;
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block!.trim());
}

describe.skipIf(registry === null)('the package', () => {
  it('holds what is needed to run, and little besides', async () => {
    const files = (await run('tar', ['-tzf', join(place, tarballs[0]!)])).stdout.split('\n');
    for (const needed of [
      'dist/cli.js',
      'dist/library.js',
      'dist/library.d.ts',
      'schema.graphql',
      'examples/gallery.mjs',
      'docs/s3.md',
    ])
      expect(files).toContain(`package/${needed}`);
    expect(
      files.filter((file) => /^package\/(src|test|scripts|demo|docs\/(images|decisions))\//.test(file)),
    ).toEqual([]);
    expect((await stat(join(place, tarballs[0]!))).size).toBeLessThan(60e6);
  });
});

describe.skipIf(registry === null).each(nodes)('on Node %s', (version) => {
  let home: string;
  let folder: string;
  let env: NodeJS.ProcessEnv;
  const running: ChildProcess[] = [];
  beforeAll(async () => {
    home = join(place, `home-${version}`);
    folder = join(place, `folder-${version}`);
    await cp(join(projectRoot, 'demo/pictures'), join(home, 'Pictures'), { recursive: true });
    await mkdir(folder);
    await symlink(join(installed, 'node_modules'), join(folder, 'node_modules'));
    const bin = join(place, `node-${version}`, 'node_modules/node/bin');
    env = { ...bare, HOME: home, PATH: `${bin}${delimiter}${process.env['PATH']}` };
  });
  afterAll(async () => {
    for (const child of running) if (child.exitCode === null) child.kill('SIGKILL');
  });
  const shell = (block: string) =>
    run('bash', ['--norc', '-eo', 'pipefail', '-c', block], { cwd: folder, env, maxBuffer: 64 * 1024 ** 2 });

  it('is that Node', async () => {
    expect((await shell('node --version')).stdout).toMatch(
      new RegExp(`^v${version.replaceAll('.', '\\.')}\\b`),
    );
  });

  it('README’s tour runs word for word', async () => {
    const said = new Map<string, string>();
    for (const block of await tour()) {
      if (block === 'npx imagedex serve') said.set(block, await serve());
      else said.set(block, (await shell(block)).stdout);
    }
    const after = (start: string) => [...said].find(([block]) => block.startsWith(start))![1];
    expect(after('npx imagedex crawl ~')).toContain('28 images found = 28 indexed + 0 skipped + 0 failed');
    expect(after('npx imagedex search')).toContain('"name":"fruit"');
    expect(JSON.parse(after('curl')).data.images).toMatchObject({ totalCount: { value: 3 } });
    const collection = after('npx imagedex init');
    expect(collection).toContain('28 images, 0 pages, 0 problems:');
    expect(collection).toContain('No inference was needed');
    expect(collection).toContain('The first crawl of these sources:');
    expect(collection).toContain('03:00');
    expect((await readFile(join(folder, 'pictures.jsonl'), 'utf8')).split('\n').length).toBeGreaterThan(28);
    expect(await readdir(join(folder, 'pictures-backup'))).toContain('imagedex.db');
    const [server] = running;
    const ended = once(server!, 'exit');
    server!.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
  });

  it('the library’s examples run', async () => {
    const examples = join(folder, 'node_modules/imagedex/examples');
    const example = async (line: string) => (await shell(`node ${examples}/${line}`)).stdout;
    expect(await example('crawl-and-search.mjs ~/Pictures fruit')).toContain('3 images for "fruit"');
    expect(await example('classify.mjs ~/Pictures/banana.jpg')).toContain('banana');
    expect(await example('gallery.mjs ~/Pictures gallery.html')).toMatch(/^28 images in \d+ groups/);
  });

  async function serve(): Promise<string> {
    // The tour's port is the default one, which another test may have for a moment.
    while (await isTaken(4000)) await sleep(200);
    const child = spawn(join(folder, 'node_modules/.bin/imagedex'), ['serve'], { cwd: folder, env });
    running.push(child);
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    while (!out.includes('Ctrl-C stops.')) {
      expect(child.exitCode, out).toBe(null);
      await sleep(50);
    }
    return out;
  }
});

const isTaken = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
