// A site behind a login, crawled with the command line: its secrets go to its own origin and stay nowhere.
import { spawn } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { picture } from '../pictures.ts';
import { openWebServer, type Page } from '../web-server.ts';
import { testFolder } from '../world.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const login = 'ada:open-sesame-4711';
const key = 'key-of-ada-0815';
const basic = `Basic ${Buffer.from(login).toString('base64')}`;

/** Whatever is asked for without the secrets is refused. */
const guarded =
  (page: Page): Page =>
  (request) => {
    const isKnown = request.headers.authorization === basic && request.headers['x-key'] === key;
    if (!isKnown) return { status: 401 };
    return typeof page === 'string' || page instanceof Uint8Array
      ? { body: page }
      : (page as { status: number });
  };

async function serve(pages: Record<string, Page>) {
  const server = await openWebServer(pages);
  closing.push(server.close);
  return server;
}

async function imagedex(
  folder: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<string> {
  const child = spawn(process.execPath, [cli, ...args, '--log-level', 'debug'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...env },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (printed += data));
  const code = await new Promise((ended) => child.once('exit', ended));
  return `${printed}\nexit ${code}`;
}

async function bytesIn(folder: string): Promise<Buffer> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const contents = files
    .filter((file) => file.isFile())
    .map((file) => readFile(join(file.parentPath, file.name)));
  return Buffer.concat(await Promise.all(contents));
}

test('secrets go to the origin of the source only, and are kept and printed nowhere', async () => {
  const folder = await testFolder();
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const other = await serve({ '/far.jpg': await picture(20) });
  const own = await serve({});
  const redirect = (to: string): Page => ({ status: 302, headers: { location: to } });
  own.set('/robots.txt', guarded('User-agent: *\nDisallow: /closed/\n'));
  own.set(
    '/',
    guarded(
      `<img src="/near.jpg"><img src="${other.url}/far.jpg"><img src="/round.jpg"><img src="/broken.jpg">` +
        `<img src="${other.url}/back.jpg"><img src="/closed/a.jpg"><a href="/page.html">p</a>`,
    ),
  );
  own.set('/page.html', guarded(`<title>Members</title><img src="/there.jpg">`));
  own.set('/near.jpg', guarded(await picture(40)));
  own.set('/there.jpg', guarded(redirect(`${other.url}/far.jpg`)));
  own.set('/round.jpg', guarded(redirect(`${other.url}/round.jpg`)));
  other.set('/round.jpg', redirect(`${own.url}/near.jpg`));
  other.set('/back.jpg', redirect(`${own.url}/near.jpg`));
  own.set('/broken.jpg', guarded({ status: 500 }));
  await writeFile(
    join(folder, 'imagedex.config.yaml'),
    `retries: 0\nallowPrivateHosts: [${other.host}]\ncollections:\n  default:\n    sources:\n` +
      `      - source: ${own.url}/\n        headers: { X-Key: "\${SITE_KEY}" }\n        basicAuth: "\${SITE_LOGIN}"\n`,
  );
  const env = { SITE_KEY: key, SITE_LOGIN: login };

  const printed = await imagedex(folder, ['crawl', '--json'], env);
  expect(printed).toContain('exit 0');
  expect(printed).toMatch(/"found":7,"indexed":5,"skipped":1,"failed":1/);
  expect(own.asked.map(({ headers }) => [headers.authorization, headers['x-key']])).toEqual(
    own.asked.map(() => [basic, key]),
  );
  expect(other.asked.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['/robots.txt', '/far.jpg', '/round.jpg', '/back.jpg']),
  );
  for (const { headers } of other.asked) {
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['authorization']));
    expect(JSON.stringify(headers)).not.toMatch(/sesame|0815/);
  }

  const said = [printed];
  for (const verb of [
    'crawl',
    'config',
    'failures',
    'crawls list',
    'collections list',
    'collections show default',
  ]) {
    said.push(
      await imagedex(folder, verb.split(' '), env),
      await imagedex(folder, [...verb.split(' '), '--json'], env),
    );
  }
  for (const text of [...said, (await bytesIn(join(folder, '.imagedex'))).toString('latin1')]) {
    for (const secret of [login, 'open-sesame-4711', key, basic, basic.slice('Basic '.length)])
      expect(text).not.toContain(secret);
  }

  const without = await imagedex(folder, ['crawl'], { SITE_KEY: key });
  expect(without).toMatch(
    /config\.yaml:8: expected the variable SITE_LOGIN in the environment[\s\S]*exit 1$/,
  );
  expect(await imagedex(folder, ['config', '--json'], {})).toContain('exit 0');
  expect(await imagedex(folder, ['search', 'dog'], {})).toContain('exit 0');
}, 60_000);
