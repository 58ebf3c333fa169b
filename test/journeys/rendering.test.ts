// Whole crawls of sites with pages that scripts make: what is counted, what is said where there is no browser, and what
// is left of the browser when a crawl is stopped or killed.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeLeftProfiles } from '../../src/crawler/render/browser-process.ts';
import { browserPath } from '../api/browser.ts';
import { picture } from '../pictures.ts';
import { projectRoot } from '../source-files.ts';
import { openWebServer, type WebServer } from '../web-server.ts';
import { addsUp, documents, openWorld, testFolder } from '../world.ts';

const hasBrowser = browserPath() !== null;
const words = '<p>A harbour at dawn, with boats and gulls and a man who mends his nets.</p>'.repeat(6);

const site = async (): Promise<WebServer> => {
  const server = await openWebServer({
    '/': `<title>Start</title>${words}<img src="/static.jpg" alt="static"><a href="/made.html">made</a><a href="/text.html">text</a>`,
    '/text.html': `<title>Text</title>${words}`,
    '/made.html': '<title>Made</title><div id="root"></div><script src="/app.js"></script>',
    '/app.js': `document.getElementById('root').innerHTML = '<img src="/one.jpg" alt="one"><img src="/two.jpg" alt="two">'`,
  });
  for (const [at, name] of ['static', 'one', 'two'].entries())
    server.set(`/${name}.jpg`, await picture(at * 37));
  return server;
};

describe('a site of which one page is made by a script', () => {
  let server: WebServer;
  beforeAll(async () => {
    server = await site();
  });
  afterAll(() => server.close());

  test.runIf(hasBrowser)(
    'crawl 23: that page alone is opened in a browser, and counted',
    async () => {
      const world = await openWorld();
      const report = await world.crawl(`${server.url}/`);
      addsUp(report);
      expect(report).toMatchObject({ pages: 3, found: 3, indexed: 3, rendered: 1, notRendered: 0 });
      const found = await documents(world);
      expect(
        found.flatMap(({ appearances }) => appearances.map(({ context }) => context.alt)).sort(),
      ).toEqual(['one', 'static', 'two']);
      // A page that its host says is unchanged needs no browser: what it showed stands.
      server.forget();
      const again = await world.crawl(`${server.url}/`);
      expect(again).toMatchObject({ found: 3, unchanged: 3, gone: 0, rendered: 0 });
      expect(server.count('/app.js')).toBe(0);
      await world.close();
    },
    150_000,
  );

  test('without a browser a page stays as its HTML says, and the crawl says so once', async () => {
    const lines: string[] = [];
    const write = process.stderr.write;
    process.stderr.write = ((line: string) => lines.push(line) > 0) as typeof write;
    const folder = await testFolder();
    const world = await openWorld({ browser: '/nowhere/chromium', logLevel: 'warn' }, folder);
    const report = await world.crawl(`${server.url}/`);
    process.stderr.write = write;
    addsUp(report);
    expect(report).toMatchObject({ pages: 3, found: 1, indexed: 1, rendered: 0, notRendered: 1 });
    expect(lines.filter((line) => line.includes('/nowhere/chromium is no program'))).toHaveLength(1);
    await world.close();
    // As soon as there is one the page is opened, although its host says that it has not changed.
    const later = await openWorld({}, folder);
    if (hasBrowser) {
      const again = await later.crawl(`${server.url}/`);
      expect(again).toMatchObject({ found: 3, rendered: 1, notRendered: 0 });
    }
    await later.close();
    await rm(folder, { recursive: true, force: true });
  }, 150_000);

  test.runIf(hasBrowser)(
    'a page that a browser opened before keeps what it showed where there is none',
    async () => {
      const folder = await testFolder();
      const world = await openWorld({}, folder);
      await world.crawl(`${server.url}/`);
      server.set(
        '/made.html',
        '<title>Made anew</title><div id="root"></div><script src="/app.js"></script>',
      );
      await world.close();
      const without = await openWorld({ browser: '/nowhere/chromium' }, folder);
      const report = await without.crawl(`${server.url}/`);
      expect(report).toMatchObject({ found: 3, gone: 0, rendered: 0 });
      const failures = await without.app.failures('default');
      expect(failures.map(({ code }) => code)).toEqual(['not_rendered']);
      expect(await documents(without)).toHaveLength(3);
      await without.close();
      await rm(folder, { recursive: true, force: true });
    },
    150_000,
  );

  test.runIf(hasBrowser).each([
    ['is unwell', { status: 503 }],
    ['is not there', { status: 404 }],
  ])(
    'a page keeps what it showed when its script %s, and is opened again',
    async (_, answer) => {
      const changing = await site();
      const world = await openWorld();
      const crawl = () => world.crawl(`${changing.url}/`);
      const script = `document.getElementById('root').innerHTML = '<img src="/one.jpg"><img src="/two.jpg">'`;
      await crawl();
      changing.set('/made.html', '<title>New</title><div id="root"></div><script src="/app.js"></script>');
      changing.set('/app.js', answer);
      expect(await crawl()).toMatchObject({ found: 3, gone: 0, rendered: 0, pageChanges: { failed: 1 } });
      const failures = await world.app.failures('default');
      expect(failures).toMatchObject([{ code: 'not_rendered', url: `${changing.url}/made.html` }]);
      expect(failures[0]?.reason).toContain(`${changing.url}/app.js`);
      // Its HTML stays as it is.
      changing.set('/app.js', script);
      expect(await crawl()).toMatchObject({ found: 3, gone: 0, rendered: 1, pageChanges: { failed: 0 } });
      expect(await world.app.failures('default')).toEqual([]);
      await world.close();
      await changing.close();
    },
    150_000,
  );
});

const running = (name: string): number[] =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(name);
      } catch {
        return false;
      }
    });

describe.runIf(hasBrowser && process.platform === 'linux')('a crawl that ends while a page is open', () => {
  test.each([['SIGTERM' as const], ['SIGKILL' as const]])(
    'crawl 62: after %s no process of the browser is left',
    async (signal) => {
      const server = await openWebServer({
        '/': '<title>Busy</title><div id="root"></div><script>setInterval(() => fetch("/x.json?" + Math.random()), 100)</script>',
        '/x.json': '{}',
      });
      const folder = await mkdtemp(join(tmpdir(), 'imagedex-test-'));
      const cli = join(projectRoot, 'dist/cli.js');
      const args = [cli, 'crawl', `${server.url}/`, '--data-dir', folder];
      const child = spawn(process.execPath, args, { stdio: 'ignore' });
      const exited = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
      const profile = `imagedex-browser-${child.pid}-`;
      while (server.asked.every(({ path }) => !path.startsWith('/x.json'))) await sleep(50);
      expect(running(profile).length).toBeGreaterThan(2);
      child.kill(signal);
      await exited;
      const since = Date.now();
      while (running(profile).length > 0 && Date.now() - since < 20_000) await sleep(50);
      expect(running(profile)).toEqual([]);
      // Who is killed cannot tidy up: the next one does.
      await removeLeftProfiles();
      expect((await readdir(tmpdir())).filter((name) => name.startsWith(profile))).toEqual([]);
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
    150_000,
  );
});
