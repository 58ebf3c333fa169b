// GraphiQL at /graphql in a real browser, and the queries that its tabs begin with.
/// <reference lib="dom" />
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { examplesFor } from '../../src/api/web/graphiql-examples.ts';
import type { Stored } from '../../src/ledger.ts';
import { imageId } from '../../src/record.ts';
import { type World as App, openWorld } from '../world.ts';
import { browserPath, launchBrowser } from './browser.ts';
import { ask, serveWorld } from './world.ts';

let world: Awaited<ReturnType<typeof serveWorld>>;
beforeAll(async () => {
  world = await serveWorld();
});
afterAll(() => world?.close());

describe('the page', () => {
  test('everything comes from here, under a policy that allows no more', async () => {
    const answer = await fetch(`${world.url}/graphql`, { headers: { accept: 'text/html' } });
    const html = await answer.text();
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    for (const [, address] of html.matchAll(/(?:src|href)="([^"]*)"/g)) {
      expect(address).toMatch(/^\/[\w.]+$/);
      expect([address, (await fetch(`${world.url}${address}`)).status]).toEqual([address, 200]);
    }
    const licences = await (await fetch(`${world.url}/graphiql.licenses.txt`)).text();
    for (const name of ['graphiql', 'react-dom', 'codemirror', 'graphql'])
      expect(licences).toMatch(new RegExp(`^${name} \\d`, 'm'));
  });

  test('programs get no page', async () => {
    expect((await fetch(`${world.url}/graphql`)).status).toBe(400);
  });
});

describe('the examples', () => {
  let app: App;
  beforeAll(async () => {
    app = await openWorld({ describers: 1 });
  });
  afterAll(() => app?.close());

  test('work as they are', async () => {
    const stop = new AbortController();
    const server = await app.app.serve(0, stop.signal);
    for (const { query, variables = '{}' } of examplesFor('default', 'dog')) {
      const { data, errors } = await ask<Record<string, { errors?: object[] }>>(
        server.url,
        query,
        JSON.parse(variables),
      );
      expect([query, errors]).toEqual([query, undefined]);
      for (const part of Object.values(data!)) expect(part.errors ?? []).toEqual([]);
    }
    stop.abort();
  });
});

describe.skipIf(browserPath() === null)('in a browser', () => {
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    complaints = [];
    page = await browser.newPage();
    await page.setViewport({ width: 1300, height: 850 });
    page.on('console', (message) => {
      if (message.type() === 'error' || /Content.Security.Policy/i.test(message.text()))
        complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(world.url) && !url.startsWith('data:') && url !== 'about:blank')
        complaints.push(url);
    });
    await page.goto(`${world.url}/graphql`);
    await page.waitForSelector('.graphiql-query-editor .CodeMirror-line');
  });
  afterEach(async () => {
    await page.close();
    expect(complaints).toEqual([]);
  });

  const result = (text: string) =>
    page.waitForFunction(
      (wanted) => document.querySelector('.result-window .CodeMirror')?.textContent?.includes(wanted),
      {},
      text,
    );
  const run = () => page.locator('.graphiql-execute-button').click();

  test('asks of the collection that is there, for a label that it has', async () => {
    const own = await serveWorld();
    const [{ id, version, record }] = (await own.parts.ledger.get('collection', ['default'])) as [
      Stored<'collection'>,
    ];
    await own.parts.ledger.change([
      { kind: 'collection', id, expect: version, record: null },
      { kind: 'collection', id: 'cars', expect: 0, record: { ...record, name: 'cars' } },
    ]);
    const cars = own.documents.filter(({ labels }) => labels.some(({ id }) => id === 'n04285008'));
    await own.parts.index.put(
      cars.map((one) => ({ ...one, id: imageId('cars', one.sha256), collection: 'cars' })),
    );
    await own.parts.index.refresh();
    await page.goto(`${own.url}/graphql`);
    const written = () =>
      page.$eval('.graphiql-query-editor .CodeMirror', (editor) => editor.textContent ?? '');
    await page.waitForSelector('.graphiql-query-editor .CodeMirror-line');
    expect(await written()).toContain('collection: "cars"');
    expect(await written()).not.toContain('name: "dog"');
    await run();
    await result('"matchedLabels"');
    complaints = complaints.filter((one) => !one.startsWith(own.url));
    await own.close();
  });

  test('runs a query, and shows what came', async () => {
    await run();
    await result('"matchedLabels"');
    await result('"dog"');
  });

  test('has the examples as tabs', async () => {
    const names = await page.$$eval('.graphiql-tab-button', (tabs) => tabs.map((tab) => tab.textContent));
    expect(names).toEqual(['ByLabel', 'WordsAndFacets', 'NextPage', 'Classify', 'Crawls']);
    await (await page.$$('.graphiql-tab-button'))[1]!.click();
    await page.waitForFunction(() =>
      document
        .querySelector('.graphiql-query-editor .CodeMirror')
        ?.textContent?.includes('query WordsAndFacets'),
    );
    await run();
    await result('"facets"');
  });

  test('explains the schema, and its dialogs open', async () => {
    await page.locator('button[aria-label="Show Documentation Explorer"]').click();
    await page.locator('a.graphiql-doc-explorer-type-name ::-p-text(Mutation)').click();
    await page.waitForFunction(() => document.body.textContent?.includes('What can be changed.'));
    await page.locator('button[aria-label="Open settings dialog"]').click();
    await page.waitForFunction(() => document.body.textContent?.includes('Theme'));
  });

  test('is dark where people want it dark', async () => {
    const background = () =>
      page.$eval('.graphiql-container', (element) => getComputedStyle(element).backgroundColor);
    const light = await background();
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
    expect(await background()).not.toBe(light);
  });
});
