// The search in pages of other origins, in a real browser: names that end in .test are hosts of this machine.
/// <reference lib="dom" />
import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { openServer } from '../../src/api/server.ts';
import { thumbnailKey } from '../../src/blobs/blobs.ts';
import { openWebServer, type Answer as WebAnswer, type WebServer } from '../web-server.ts';
import { browserPath, launchBrowser } from './browser.ts';
import { addCollection, serveWorld } from './world.ts';

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
const section = readme.split('## Put the search into your site')[1]!.split('\n## ')[0]!;
const block = (language: string) => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(section)![1]!;
const snippet = block('html');
const { collections } = parse(block('yaml')) as { collections: Record<string, { origins: string[] }> };
const [[collection, { origins }]] = Object.entries(collections) as [[string, { origins: string[] }]];
/** README's page has https; this machine has no certificate. */
const home = origins[0]!.replace('https:', 'http:');

const inShop = 9;
let world: Awaited<ReturnType<typeof serveWorld>>;
let site: WebServer;
let browser: Browser;
let page: Page;

const html = (body: string, head = '') =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>${head}</head><body><h1>Shop</h1>${body}</body></html>`;
const here = (text: string) => text.replaceAll('http://localhost:4000', world.url);
const element = (attributes = `collection="${collection}"`) =>
  here(
    `<script type="module" src="http://localhost:4000/widget.js"></script><image-search ${attributes}></image-search>`,
  );
const put = (path: string, body: string | WebAnswer) => site.set(path, body);
const inside = (selector: string) => `image-search >>> ${selector}`;
const appears = (selector: string) =>
  page.waitForSelector(inside(selector), { visible: true, timeout: 20_000 });
const textOf = (selector: string) => page.$eval(inside(selector), (found) => found.textContent ?? '');
const count = (selector: string) => page.$$eval(inside(selector), (found) => found.length);
const total = (expected: string, nth = 0) =>
  page.waitForFunction(
    (wanted, at) =>
      document.querySelectorAll('image-search')[at]?.shadowRoot?.querySelector('.total')?.textContent ===
      wanted,
    { timeout: 20_000 },
    expected,
    nth,
  );
const visit = async (body: string, { origin = home, head = '', headers = {} } = {}) => {
  put('/page', {
    body: html(body, head),
    headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
  });
  await page.goto(`${origin}/page`);
};
/** What a page's own script can read: the status and body of an answer, or that there is none. */
const readFromPage = (path: string, init: RequestInit = {}) =>
  page.evaluate(
    async (url, options) => {
      try {
        const response = await fetch(url, options);
        return { status: response.status, body: await response.text() };
      } catch (error) {
        return { status: 0, body: String(error) };
      }
    },
    path.startsWith('/') ? `${world.url}${path}` : path,
    init,
  );
const query = (document: string, within = collection): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query: document, variables: { collection: within } }),
});
const pictureShows = (url: string, cors: boolean) =>
  page.evaluate(
    (src, asksByCors) =>
      new Promise<boolean>((resolve) => {
        const image = new Image();
        if (asksByCors) image.crossOrigin = 'anonymous';
        image.onload = () => resolve(true);
        image.onerror = () => resolve(false);
        image.src = src;
      }),
    url,
    cors,
  );

describe.skipIf(browserPath() === null)('the search in pages of other origins', () => {
  beforeAll(async () => {
    site = await openWebServer();
    world = await serveWorld({
      collections: new Map([
        [collection, { origins: [home, `http://localhost:${site.port}`] }],
        ['default', { origins: ['http://other.test'] }],
      ]),
      publicHosts: ['images.test'],
    });
    await addCollection(world, collection, inShop);
    const rules = [
      ...[new URL(home).host, 'evil.test', 'other.test'].map(
        (host) => `MAP ${host}:80 127.0.0.1:${site.port}`,
      ),
      `MAP images.test:80 127.0.0.1:${world.port}`,
      'MAP rebound.test 127.0.0.1',
    ];
    browser = await launchBrowser([`--host-resolver-rules=${rules.join(', ')}`]);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
    await world?.close();
  });
  beforeEach(async () => {
    page = await browser.newPage();
    await page.setViewport({ width: 1100, height: 800 });
  });
  afterEach(() => page.close());

  test('README’s snippet works where the configuration names the origin, and leaves the page alone', async () => {
    await visit(here(snippet));
    await total(`${inShop} pictures`);
    await page.waitForFunction(
      () =>
        [
          ...(document.querySelector('image-search')?.shadowRoot?.querySelectorAll('.frame img') ?? []),
        ].filter((image) => (image as HTMLImageElement).naturalWidth > 0).length >= 5,
    );
    const before = await page.evaluate(() => [location.href, history.length]);
    await page.locator(inside('input[role=combobox]')).fill('dogs');
    await total('2 pictures');
    await page.locator(inside('a.tile')).click();
    await appears('.facts');
    await page.keyboard.press('Escape');
    await page.waitForFunction(
      () => document.querySelector('image-search')?.shadowRoot?.querySelector('dialog[open]') === null,
    );
    expect(await page.evaluate(() => [location.href, history.length])).toEqual(before);
    const kept = await page.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length]);
    expect(kept).toEqual(['', 0, 0]);
  });

  test('a hit’s link leads to the page that shows it', async () => {
    await visit(element());
    await total(`${inShop} pictures`);
    const links = await page.$$eval(inside('a.tile[href]'), (tiles) =>
      tiles.map((tile) => tile.getAttribute('href')),
    );
    expect(links).toHaveLength(inShop - 1);
    for (const link of links) expect(link).toMatch(/^https:\/\/www\.example\.org\/week-\d\.html$/);
    // That of a folder has no page: it opens by keyboard all the same.
    await page.$eval(inside('a.tile:not([href])'), (tile) => (tile as HTMLElement).focus());
    await page.keyboard.press('Enter');
    await appears('.facts');
    expect(
      await page.$$eval(inside('dl dt'), (terms) => terms.map((term) => term.textContent)),
    ).not.toContain('Original');
  });

  test('from another origin there is nothing, and it says why', async () => {
    await visit(here(snippet), { origin: 'http://evil.test' });
    await appears('.notice');
    expect(await textOf('.notice')).toContain('This page may not show this search');
    expect(await textOf('.notice')).toContain('http://evil.test');
    expect(await count('.tile')).toBe(0);
    // It has room, in the middle, and no button that could not help.
    const { lines, left, right } = await page.$eval(inside('.notice h2'), (heading) => {
      const { height, left, right } = heading.getBoundingClientRect();
      const whole = heading.closest('.root')!.getBoundingClientRect();
      const lines = Math.round(height / Number.parseFloat(getComputedStyle(heading).lineHeight));
      return { lines, left: left - whole.left, right: whole.right - right };
    });
    expect(lines).toBe(1);
    expect(Math.abs(left - right)).toBeLessThan(2);
    expect(await count('.notice button')).toBe(0);
    expect((await readFromPage('/graphql', query('{ __typename }'))).status).toBe(0);
    const sha256 = world.documents[0]!.sha256;
    expect(await pictureShows(`${world.url}/${thumbnailKey(sha256)}`, true)).toBe(false);
    expect(await pictureShows(`${world.url}/${thumbnailKey(sha256)}`, false)).toBe(false);
    expect((await readFromPage('/schema.graphql')).body).not.toContain('type Query');
  });

  test('an allowed page may search its collection, and do nothing else', async () => {
    await visit('');
    const found = await readFromPage(
      '/graphql',
      query('query ($collection: String!) { images(collection: $collection) { totalCount { value } } }'),
    );
    expect(JSON.parse(found.body)).toEqual({ data: { images: { totalCount: { value: inShop } } } });
    const mutation = await readFromPage(
      '/graphql',
      query('mutation { startCrawl(input: { collection: "x" }) { __typename } }'),
    );
    expect([mutation.status, mutation.body]).toEqual([403, expect.stringContaining('FORBIDDEN') as string]);
    for (const document of [
      '{ collections { name } }',
      '{ crawls { id } }',
      '{ failures { nodes { url } } }',
    ]) {
      const answer = await readFromPage('/graphql', query(document));
      expect([answer.status, answer.body]).toEqual([403, expect.stringContaining('FORBIDDEN') as string]);
    }
    const other = await readFromPage(
      '/graphql',
      query('query ($collection: String!) { images(collection: $collection) { nodes { id } } }', 'default'),
    );
    expect(other.body).toContain('FORBIDDEN');
    const [ours, theirs] = [world.documents[0]!, world.documents[20]!];
    const image = await readFromPage('/graphql', query(`{ image(id: "${theirs.id}") { id } }`));
    expect(JSON.parse(image.body)).toEqual({ data: { image: null } });
    expect(await pictureShows(`${world.url}/${thumbnailKey(ours.sha256)}`, true)).toBe(true);
    expect(await pictureShows(`${world.url}/${thumbnailKey(ours.sha256)}`, false)).toBe(false);
    expect(await pictureShows(`${world.url}/${thumbnailKey(theirs.sha256)}`, true)).toBe(false);
    for (const path of ['/health/live', '/classify', '/']) {
      const answer = await readFromPage(path, path === '/classify' ? { method: 'POST', body: 'x' } : {});
      expect([0, 403]).toContain(answer.status);
    }
  });

  test('another collection’s name is refused, as if there were none', async () => {
    await visit(element('collection="default"'));
    await appears('.notice');
    expect(await textOf('.notice')).toContain(
      `There is no collection "default" that pages of ${home} may search`,
    );
    expect(await count('.tile')).toBe(0);
  });

  test('a page that rebinds its host name to loopback gets nothing', async () => {
    // First the name leads to the attacker's server; then, as a resolver of theirs would have it, to ours.
    const trap = await openWebServer({ '/trap': html('trap') });
    const origin = `http://rebound.test:${trap.port}`;
    await page.goto(`${origin}/trap`);
    await trap.close();
    const ours = await openServer(world.parts, { host: '127.0.0.1', port: trap.port });
    const answers = [
      await readFromPage(`${origin}/`),
      await readFromPage(`${origin}/graphql`, query('{ collections { name } }')),
      await readFromPage(`${origin}/widget.js`),
      await readFromPage(`${origin}/${thumbnailKey(world.documents[0]!.sha256)}`),
      await readFromPage(`${origin}/health/live`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([421, 421, 421, 421, 421]);
    expect(answers.map(({ body }) => body).join('')).not.toMatch(/default|pictures|image-search/);
    expect((await readFromPage('/graphql', query('{ __typename }'))).status).toBe(0);
    expect((await fetch(`${ours.url}/health/live`)).status).toBe(200);
    await ours.close();
  });

  test('a frame without an origin gets nothing', async () => {
    const framed = element().replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    await visit(`<iframe sandbox="allow-scripts" srcdoc="${framed}" width="800" height="600"></iframe>`);
    const frame = await page.waitForFrame((one) => one.url() === 'about:srcdoc');
    await frame.waitForSelector('image-search >>> .notice h2', { visible: true });
    expect(await frame.$eval('image-search >>> .notice', (notice) => notice.textContent)).toContain(
      'may not show',
    );
  });

  test('under a strict policy of the page, with trusted types, and isolated', async () => {
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    const policy = `default-src 'none'; script-src ${world.url}; connect-src ${world.url}; img-src ${world.url}; style-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;
    await visit(element(), {
      // Only a secure context can be isolated, and localhost is one.
      origin: `http://localhost:${site.port}`,
      headers: {
        'content-security-policy': policy,
        'cross-origin-embedder-policy': 'require-corp',
        'cross-origin-opener-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
      },
    });
    await total(`${inShop} pictures`);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await appears('.frame img.loaded');
    await page.locator(inside('a.tile')).click();
    await appears('.facts');
    const radius = await page.$eval(inside('.box'), (box) => getComputedStyle(box).borderTopLeftRadius);
    expect(radius).toBe('999px');
    // The page's own icon is not ours to complain about, and one thumbnail is missing on purpose.
    expect(complaints.filter((one) => !/favicon|404/.test(one))).toEqual([]);
  });

  test('the page’s styles do not reach in, and the element’s do not reach out', async () => {
    const measure = () =>
      page.evaluate(() => {
        const root = document.querySelector('image-search')!.shadowRoot!;
        const look = (selector: string) => {
          const found = root.querySelector(selector)!;
          const { color, fontSize, fontFamily, lineHeight, letterSpacing, textTransform, cursor, display } =
            getComputedStyle(found);
          const { width, height } = found.getBoundingClientRect();
          return {
            color,
            fontSize,
            fontFamily,
            lineHeight,
            letterSpacing,
            textTransform,
            cursor,
            display,
            width,
            height,
          };
        };
        return ['.root', '.box', 'input', '.total', 'select', '.tile', '.caption .name', '.row'].map(look);
      });
    await visit(element());
    await total(`${inShop} pictures`);
    const plain = await measure();
    const title = await page.$eval('h1', (one) => getComputedStyle(one).cssText);
    await visit(element(), {
      head: `<style>
        html { font-size: 5px }
        * { color: red !important; font: 7px/4 fantasy !important; letter-spacing: 1em !important; text-transform: uppercase !important;
            cursor: wait !important; text-align: right !important; word-spacing: 2em !important; text-indent: 4em !important }
        button, input, select, ul, li, a, img, dialog, form { display: none !important; width: 3px !important }
        .box, .tile, .root, .narrow { display: none !important }
        ::before, ::after { content: "!" !important }
      </style>`,
    });
    await total(`${inShop} pictures`);
    expect(await measure()).toEqual(plain);
    await visit(element());
    await total(`${inShop} pictures`);
    expect(await page.$eval('h1', (one) => getComputedStyle(one).cssText)).toBe(title);
  });

  test('themed by its properties and parts; dark only where the page is', async () => {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
    const colours = async (head: string) => {
      await visit(element(), { head });
      await total(`${inShop} pictures`);
      return page.$eval(inside('.root'), (root) => [
        getComputedStyle(root).color,
        getComputedStyle(root.querySelector('.frame')!).borderTopLeftRadius,
        getComputedStyle(root.querySelector('.tile')!).outlineColor,
      ]);
    };
    const [light] = await colours('');
    const [dark] = await colours('<style>:root { color-scheme: light dark }</style>');
    expect(light).toBe('rgb(30, 27, 22)');
    expect(dark).toBe('rgb(240, 237, 231)');
    const themed = `<style>image-search { --image-search-ink: rgb(1, 2, 3); --image-search-radius: 0px } image-search::part(tile) { outline-color: rgb(4, 5, 6) }</style>`;
    expect(await colours(themed)).toEqual(['rgb(1, 2, 3)', '0px', 'rgb(4, 5, 6)']);
  });

  test('several in one page, each by itself; words and labels to begin with', async () => {
    const second = `<image-search collection="${collection}" words="teapot" labels="dog, n02088364"></image-search>`;
    await visit(`${element(`collection="${collection}" labels="dog"`)}${second}`);
    await total('2 pictures', 0);
    await page.waitForFunction(() => {
      const chips =
        document
          .querySelectorAll('image-search')[1]
          ?.shadowRoot?.querySelectorAll('.results > .chips .chip') ?? [];
      return [...chips].map((chip) => chip.textContent).join() === 'dog,beagle';
    });
    await page.$eval('image-search', (one) =>
      (one as HTMLElement & { search(words: string): void }).search('beagle'),
    );
    await total('1 picture', 0);
    const inputs = await page.$$eval('image-search', (all) =>
      all.map((one) => one.shadowRoot!.querySelector('input')!.value),
    );
    expect(inputs).toEqual(['beagle', 'teapot']);
  });

  test('a page calls it, listens to it, and takes it away', async () => {
    await visit(element());
    await total(`${inShop} pictures`);
    const heard = await page.evaluateHandle(() => {
      const events: { type: string; detail: Record<string, unknown> }[] = [];
      for (const type of ['results', 'open', 'error'])
        document.addEventListener(`image-search:${type}`, (event) => {
          events.push({ type, detail: (event as CustomEvent).detail });
          if (type === 'open') event.preventDefault();
        });
      return events;
    });
    await page.evaluate(() => {
      const one = document.querySelector('image-search') as HTMLElement & {
        setFilters(filters: object): void;
      };
      one.setFilters({ labels: ['beagle'], minConfidence: 0.5 });
    });
    await total('1 picture');
    expect(await textOf('output')).toBe('50% or more');
    await page.locator(inside('a.tile')).click();
    const events = await page.evaluate((list) => list, heard);
    expect(events[0]).toMatchObject({
      type: 'results',
      detail: { collection, labels: ['n02088364'], total: 1 },
    });
    expect(events[1]).toMatchObject({
      type: 'open',
      detail: { pageUrl: 'https://www.example.org/week-1.html' },
    });
    expect(await count('dialog[open]')).toBe(0);
    const asked = await page.evaluate(async () => {
      const one = document.querySelector('image-search')!;
      one.remove();
      const gone = one.shadowRoot!.childElementCount;
      document.body.append(one);
      return gone;
    });
    expect(asked).toBe(0);
    // Put back, it shows what it showed.
    await total('1 picture');
  });

  test('docs/embedding.md’s script runs as it stands', async () => {
    const docs = await readFile(new URL('../../docs/embedding.md', import.meta.url), 'utf8');
    const script = /```js\n(.*?)```/s.exec(docs)![1]!;
    const said: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(String(error)));
    await visit(`${element()}<script type="module">${script}</script>`);
    await page.waitForFunction(
      () =>
        document.querySelector('image-search')?.shadowRoot?.querySelectorAll('.results > .chips .chip')
          .length === 3 &&
        document.querySelector('image-search')?.shadowRoot?.querySelector('input')?.placeholder ===
          'What are you looking for?',
    );
    await appears('.notice');
    expect(said).toContain('0 pictures');
    expect(said.filter((line) => /Error/.test(line))).toEqual([]);
  });

  test('is small', async () => {
    const response = await fetch(`${world.url}/widget.js`);
    expect(gzipSync(Buffer.from(await response.arrayBuffer())).length).toBeLessThan(30_000);
  });

  test('attributes that change later, as frameworks set them', async () => {
    await visit(element('collection="nothing"'));
    await appears('.notice');
    await page.$eval('image-search', (one, name) => one.setAttribute('collection', name), collection);
    await total(`${inShop} pictures`);
    await page.$eval('image-search', (one) => one.setAttribute('words', 'beagle'));
    await total('1 picture');
  });

  test('from right to left, where the page writes so', async () => {
    await visit(`<div dir="rtl">${element()}</div>`);
    await total(`${inShop} pictures`);
    const [first, second] = await page.$$eval(inside('a.tile'), (tiles) =>
      tiles.slice(0, 2).map((tile) => tile.getBoundingClientRect().left),
    );
    expect(second).toBeLessThan(first!);
    const focused = () =>
      page.evaluate(() => {
        const root = document.querySelector('image-search')!.shadowRoot!;
        return [...root.querySelectorAll('a.tile')].indexOf(root.activeElement!);
      });
    await page.$eval(inside('a.tile'), (tile) => (tile as HTMLElement).focus());
    await page.keyboard.press('ArrowLeft');
    expect(await focused()).toBe(1);
    await page.keyboard.press('PageDown');
    expect(await focused()).toBeGreaterThan(2);
    await page.keyboard.press('PageUp');
    expect(await focused()).toBeLessThan(2);
    await page.setViewport({ width: 320, height: 700, isMobile: true, hasTouch: true });
    expect(
      await page.evaluate(() => document.scrollingElement!.scrollWidth - innerWidth),
    ).toBeLessThanOrEqual(0);
  });

  test('a finger moves on to the next picture', async () => {
    await page.setViewport({ width: 390, height: 800, isMobile: true, hasTouch: true });
    await visit(element(), { head: '<meta name="viewport" content="width=device-width">' });
    await total(`${inShop} pictures`);
    await page.$eval(inside('img[alt="A monarch on milkweed"]'), (image) =>
      (image.closest('a') as HTMLElement).click(),
    );
    const shows = (alt: string) =>
      page.waitForSelector(inside(`.stage img[alt="${alt}"]`), { visible: true });
    const stage = await shows('A monarch on milkweed');
    const box = (await stage!.boundingBox())!;
    const [x, y] = [box.x + box.width * 0.8, box.y + box.height / 2];
    await page.touchscreen.touchStart(x, y);
    await page.touchscreen.touchMove(x - 60, y + 5);
    await page.touchscreen.touchMove(x - 120, y + 5);
    await page.touchscreen.touchEnd();
    await shows('Daisies by the road');
  });

  test('speaks the page’s language, or the page’s own words', async () => {
    await visit(`<div lang="de-AT">${element()}</div>`);
    await total(`${inShop} Bilder`);
    expect(
      await page.$eval(inside('input[role=combobox]'), (input) => (input as HTMLInputElement).placeholder),
    ).toBe('Was ist auf dem Bild?');
    await page.$eval('image-search', (one) => {
      (one as HTMLElement & { strings: object }).strings = {
        placeholder: 'Que cherchez-vous ?',
        count: (n: number) => `${n} images`,
      };
    });
    await total(`${inShop} images`);
    expect(
      await page.$eval(inside('input[role=combobox]'), (input) => (input as HTMLInputElement).placeholder),
    ).toBe('Que cherchez-vous ?');
  });

  test('a server that is gone, and one that is asked too often', async () => {
    await visit(element());
    await total(`${inShop} pictures`);
    await page.setOfflineMode(true);
    await page.locator(inside('input[role=combobox]')).fill('teapot');
    await appears('.notice .solid');
    expect(await textOf('.notice')).toContain('The search cannot be reached at the moment.');
    await page.setOfflineMode(false);
    // As the server answers it; that it does is held by embedded-fields.test.ts.
    let refusals = 1;
    await page.setRequestInterception(true);
    page.on('request', (request) => {
      const isRefused = request.method() === 'POST' && refusals-- > 0;
      const headers = {
        'retry-after': '1',
        'access-control-allow-origin': home,
        'access-control-expose-headers': 'Retry-After',
      };
      if (isRefused) void request.respond({ status: 429, headers, body: '{}' });
      else void request.continue();
    });
    await page.locator(inside('.notice .solid')).click();
    await page.waitForFunction(() =>
      document
        .querySelector('image-search')
        ?.shadowRoot?.querySelector('.notice')
        ?.textContent?.includes('Many searches at once'),
    );
    // It goes on by itself.
    await page.waitForFunction(
      () =>
        document
          .querySelector('image-search')
          ?.shadowRoot?.querySelector<HTMLElement>('.notice')
          ?.textContent?.includes('Nothing found'),
      { timeout: 20_000 },
    );
  });

  test('under a path of the site itself, by a proxy that serves both', async () => {
    let port = 0;
    const proxy = createServer((asked, answer) => {
      if (!asked.url!.startsWith('/search/')) {
        answer.setHeader('content-type', 'text/html; charset=utf-8');
        answer.end(html(element().replace(world.url, '/search')));
        return;
      }
      const { method, headers } = asked;
      const path = asked.url!.slice('/search'.length);
      const to = { host: '127.0.0.1', port, path, method: method!, headers };
      asked.pipe(
        request({ ...to, headers: { ...headers, 'x-forwarded-for': '127.0.0.1' } }, (got) => {
          answer.writeHead(got.statusCode!, got.headers);
          got.pipe(answer);
        }),
      );
    });
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
    const origin = `http://localhost:${(proxy.address() as AddressInfo).port}`;
    const ours = await openServer(
      {
        ...world.parts,
        collections: new Map([[collection, { origins: [origin] }]]),
        publicHosts: ['localhost'],
      },
      { host: '127.0.0.1', port: 0 },
    );
    port = ours.port;
    await page.goto(`${origin}/`);
    await total(`${inShop} pictures`);
    await appears('.frame img.loaded');
    expect((await readFromPage(`${origin}/search/`)).status).toBe(403);
    expect((await readFromPage(`${origin}/search/graphql`, query('{ collections { name } }'))).status).toBe(
      403,
    );
    await ours.close();
    proxy.closeAllConnections();
    await new Promise((closed) => proxy.close(closed));
  });

  test('by a public name, and by that name nothing but the search', async () => {
    const widget = element().replace(world.url, 'http://images.test');
    await visit(widget);
    await total(`${inShop} pictures`);
    await appears('.frame img.loaded');
    const answer = await page.goto('http://images.test/');
    expect(answer?.status()).toBe(403);
    expect(await page.evaluate(() => document.body.textContent)).not.toContain('imagedex');
  });
});
