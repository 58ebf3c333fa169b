// The search page in a real browser. Shadow roots are crossed by `>>>`.
/// <reference lib="dom" />
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { browserPath, launchBrowser } from './browser.ts';
import { addCollection, imageCount, serveWorld } from './world.ts';

let world: Awaited<ReturnType<typeof serveWorld>>;
let browser: Browser;
let page: Page;
/** What the browser complained about, and requests that left the origin. */
let complaints: string[];

const inside = (selector: string) => `image-search >>> ${selector}`;
const count = (selector: string) => page.$$eval(inside(selector), (found) => found.length);
const textOf = (selector: string) => page.$eval(inside(selector), (found) => found.textContent ?? '');
const hash = () => page.evaluate(() => decodeURIComponent(location.hash));
/** By looking at every frame: changes within a shadow root are not seen from outside. */
const appears = (selector: string) => page.waitForSelector(inside(selector), { visible: true });
const click = async (selector: string) => {
  await appears(selector);
  await page.locator(inside(selector)).click();
};
const focused = () =>
  page.evaluate(() => {
    const active = document.querySelector('image-search')?.shadowRoot?.activeElement;
    return `${active?.tagName.toLowerCase()}.${active?.className ?? ''}`;
  });
const focusedPicture = () =>
  page.$eval(inside('a.tile:focus'), (tile) => (tile as HTMLElement).dataset['id'] ?? '');
const tileNames = () =>
  page.$$eval(inside('.tile .name'), (names) => names.map((name) => name.textContent ?? ''));
/** Waits until the line above the grid says so. */
const total = (expected: string) =>
  page.waitForFunction(
    (wanted) =>
      document.querySelector('image-search')?.shadowRoot?.querySelector('.total')?.textContent === wanted,
    { timeout: 10_000 },
    expected,
  );
const visit = async (address = '#/') => {
  await page.goto('about:blank');
  await page.goto(`${world.url}/${address}`);
  await appears(':is(.tile, .notice)');
};
const dogs = () =>
  world.documents.filter(({ labels }) => labels.some(({ id, accepted }) => id === 'n02084071' && accepted))
    .length;
const pictures = (number: number) => `${number} pictures`;
const all = `36 of ${pictures(imageCount)}`;

describe.skipIf(browserPath() === null)('the search page', () => {
  beforeAll(async () => {
    [world, browser] = await Promise.all([serveWorld(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });
  beforeEach(async () => {
    complaints = [];
    page = await browser.newPage();
    await page.setViewport({ width: 1200, height: 850 });
    page.on('console', (message) => {
      // One thumbnail is missing on purpose, and once the browser is offline.
      const isExpected = /\/thumbnails\/|ERR_INTERNET_DISCONNECTED/.test(
        `${message.location().url} ${message.text()}`,
      );
      if (message.type() === 'error' && !isExpected)
        complaints.push(`${message.text()} ${message.location().url}`);
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      if (!request.url().startsWith(world.url) && request.url() !== 'about:blank')
        complaints.push(request.url());
    });
  });
  afterEach(async () => {
    await page.close();
    expect(complaints).toEqual([]);
  });

  test('shows what is there, and searches while one types', async () => {
    await visit();
    await total(all);
    await page.locator(inside('input[role=combobox]')).click();
    await page.keyboard.type('dogs', { delay: 30 });
    await total(pictures(dogs()));
    expect(new Set(await tileNames())).toEqual(new Set(['golden retriever', 'beagle']));
    expect(await textOf('[role=status]')).toBe(`${pictures(dogs())} for dogs`);
    expect(await hash()).toBe('#/?q=dogs');
    await click('.box .bare');
    await total(all);
  });

  test('an answer that comes late does not replace a newer one', async () => {
    await visit();
    await page.setRequestInterception(true);
    page.on('request', (request) => {
      const slow = request.postData()?.includes('"text":"banana"') === true;
      setTimeout(() => void request.continue().catch(() => {}), slow ? 1200 : 0);
    });
    await page.locator(inside('input[role=combobox]')).click();
    await page.keyboard.type('banana');
    await new Promise((resolve) => setTimeout(resolve, 400));
    await page.locator(inside('input[role=combobox]')).fill('dogs');
    await total(pictures(dogs()));
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(await textOf('.total')).toBe(pictures(dogs()));
  });

  test('labels narrow it down, become chips, and can be taken back', async () => {
    await visit();
    const label = await page.$$eval(inside('fieldset .row'), (rows) => {
      const row = rows.find(
        (one) =>
          one.querySelector('.name')?.textContent === 'dog' ||
          one.querySelector('.name')?.textContent === 'animal',
      );
      (row as HTMLElement).click();
      return {
        name: row?.querySelector('.name')?.textContent ?? '',
        count: row?.querySelector('.count')?.textContent ?? '',
      };
    });
    await total(`${label.count} pictures`);
    expect(await textOf('.chip')).toBe(label.name);
    await page.$$eval(inside('fieldset .row'), (rows) =>
      (rows.find((row) => row.textContent?.startsWith('JPEG')) as HTMLElement).click(),
    );
    await appears('.clear-all');
    await click('.clear-all');
    await total(all);
    expect(await count('.chip')).toBe(0);
  });

  test('the slider asks for more or less confidence than the rules do', async () => {
    await visit('#/?label=n02088364');
    const beagles = (least: number) =>
      world.documents.filter(({ labels }) =>
        labels.some(({ id, confidence }) => id === 'n02088364' && confidence >= least * 200),
      ).length;
    const slide = async (value: number) => {
      await page.$eval(
        inside('#sure'),
        (slider, to) => {
          (slider as HTMLInputElement).value = String(to);
          slider.dispatchEvent(new Event('input'));
        },
        value,
      );
      const expected = beagles(value / 100);
      await total(`${expected} ${expected === 1 ? 'picture' : 'pictures'}`);
    };
    await slide(30);
    await slide(70);
    expect(await hash()).toContain('sure=70');
    expect(await textOf('output')).toBe('70% or more');
  });

  test('the slider alone: fewer pictures, each with a label of this confidence, and counts that fit', async () => {
    await visit('#/?sure=45');
    const sure = (document: (typeof world.documents)[number]) =>
      document.labels.some(({ confidence }) => confidence >= 90);
    await total(`36 of ${pictures(world.documents.filter(sure).length)}`);
    expect(await textOf('#sure-note')).toBe('Pictures with a label of this confidence.');
    await click('.more');
    await total(pictures(world.documents.filter(sure).length));
    const sureNames = new Set(
      world.documents.flatMap(({ labels }) => labels.filter((l) => l.confidence >= 90).map((l) => l.name)),
    );
    for (const name of await tileNames()) expect(sureNames).toContain(name);
    await click('.more-labels');
    const dogRow = await page.$$eval(inside('fieldset .row'), (rows) =>
      rows.map((row) => row.textContent).find((text) => text?.startsWith('dog')),
    );
    const dogs = world.documents.filter(({ labels }) =>
      labels.some(({ id, confidence }) => id === 'n02084071' && confidence >= 90),
    );
    expect(dogRow).toBe(`dog${dogs.length}`);
  });

  test('the address names a collection; others can be chosen; one that is not there is said to be so', async () => {
    const own = await serveWorld({ collection: 'pets' });
    await addCollection(own, 'pets', 3);
    const go = async (address: string) => {
      await page.goto('about:blank');
      await page.goto(`${own.url}/${address}`);
      await appears(':is(.tile, .notice)');
    };
    complaints = [];
    page.removeAllListeners('request');
    await go('');
    await total(pictures(3));
    await page.select(inside('.collections'), 'default');
    await total(all);
    expect(await hash()).toBe('#/?collection=default');
    await go('?collection=default&q=dogs');
    await total(pictures(dogs()));
    await go('#/?collection=pest');
    expect(await textOf('.notice')).toContain('There is no collection "pest". Did you mean "pets"?');
    expect(await count('.tile')).toBe(0);
    const offered = await page.$$eval(inside('.collections option:not([hidden])'), (options) =>
      options.map((option) => (option as HTMLOptionElement).value),
    );
    expect(offered).toEqual(['default', 'pets']);
    await page.select(inside('.collections'), 'pets');
    await total(pictures(3));
    complaints = complaints.filter((one) => !one.includes('/graphql'));
    await own.close();
  });

  test('only signs: nothing is found', async () => {
    await visit('#/?q=*');
    expect(await textOf('.notice h2')).toBe('Nothing found for “*”');
  });

  test('a label that is on no picture is called by its name', async () => {
    await visit('#/?label=n02691156');
    await appears('.notice');
    expect(await textOf('[role=status]')).toBe('No pictures for airplane');
    expect(await textOf('.chip')).toBe('airplane');
  });

  test('suggestions cover none of the pictures', async () => {
    await visit();
    await page.locator(inside('input[role=combobox]')).click();
    await page.keyboard.type('dog');
    await appears('[role=option]');
    const [list, head] = await Promise.all(
      ['.suggestions', '.head'].map((selector) =>
        page.$eval(inside(selector), (element) => element.getBoundingClientRect().toJSON() as DOMRect),
      ),
    );
    expect(list!.bottom).toBeLessThanOrEqual(head!.top);
  });

  test('a picture of a folder: its path can be copied', async () => {
    // A browser without a screen has no clipboard.
    await page.evaluateOnNewDocument(() => {
      const writeText = async (text: string) => document.body.setAttribute('data-copied', text);
      Object.defineProperty(navigator, 'clipboard', { value: { writeText } });
    });
    await visit(`#/image/image_${world.documents[8]!.id}`);
    await appears('.copy');
    expect(await textOf('dl')).toContain('/home/ada/Pictures/8.jpg');
    expect(await page.$$eval(inside('dl a'), (links) => links.length)).toBe(0);
    await click('.copy');
    await page.waitForSelector('body[data-copied="/home/ada/Pictures/8.jpg"]');
  });

  test('the words of a picture without a label are its title, and stand there once', async () => {
    const unsure = world.documents.find(
      ({ labels, appearances }) => appearances.length > 0 && !labels.some(({ accepted }) => accepted),
    )!;
    await visit(`#/image/image_${unsure.id}`);
    await appears('.facts h2');
    expect(await textOf('.facts h2')).toBe(unsure.appearances[0]!.context.caption);
    expect(await count('.facts .words')).toBe(0);
  });

  test('“Load more” adds the rest and puts the focus on the first new picture', async () => {
    await visit();
    await click('.more');
    await total(pictures(imageCount));
    expect(await count('a.tile')).toBe(imageCount);
    expect(await page.$eval(inside('.more'), (more) => (more as HTMLElement).hidden)).toBe(true);
    expect(await focused()).toBe('a.tile');
  });

  test('a picture opens with its labels and places; Back closes it, and the focus returns', async () => {
    await visit('#/?q=milkweed');
    await click('a.tile');
    await appears('.facts');
    expect(await hash()).toMatch(/^#\/image\/image_[0-9a-f]{32}\?q=milkweed$/);
    expect(await textOf('.facts h2')).toBe('monarch');
    expect(await textOf('.labels')).toContain('insect');
    expect(await textOf('.pages')).toContain('Our summer');
    expect(await textOf('dl')).toContain('JPEG');
    await page.goBack();
    await page.waitForFunction(
      () =>
        document.querySelector('image-search')?.shadowRoot?.querySelector('dialog.picture[open]') === null,
    );
    expect(await hash()).toBe('#/?q=milkweed');
    expect(await focused()).toBe('a.tile');
  });

  test('an address with filters and a picture shows just that', async () => {
    await visit(`#/image/image_${world.documents[1]!.id}?label=n02084071`);
    await appears('.facts');
    expect(await textOf('.facts h2')).toBe('beagle');
    expect(await textOf('.chip')).toBe('dog');
    await click('.round.close');
    await page.waitForFunction(() => location.hash === '#/?label=n02084071');
  });

  test('Back takes back one search at a time, not one letter', async () => {
    await visit();
    await page.locator(inside('input[role=combobox]')).click();
    await page.keyboard.type('teapot', { delay: 90 });
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => location.hash === '#/?q=teapot');
    await click('.box .bare');
    await page.keyboard.type('banana', { delay: 90 });
    await page.waitForFunction(() => location.hash === '#/?q=banana');
    await page.goBack();
    await page.waitForFunction(() => location.hash === '#/');
    await page.goBack();
    await page.waitForFunction(() => location.hash === '#/?q=teapot');
    expect(
      await page.$eval(inside('input[role=combobox]'), (input) => (input as HTMLInputElement).value),
    ).toBe('teapot');
  });

  test('by keyboard alone: a suggestion, the grid, a picture, its neighbour, and back', async () => {
    await visit();
    const tab = async (until: string) => {
      for (let presses = 0; presses < 60 && (await focused()) !== until; presses++)
        await page.keyboard.press('Tab');
      expect(await focused()).toBe(until);
    };
    await tab('input.');
    await page.keyboard.type('do');
    await appears('[role=option]');
    // What was suggested for `d` alone may still come, and take the choice along.
    await page.waitForNetworkIdle();
    await page.keyboard.press('ArrowDown');
    expect(
      await page.$eval(inside('[role=combobox]'), (box) => box.getAttribute('aria-activedescendant')),
    ).toBe('suggestion-0');
    const chosen = await textOf('[aria-selected=true] .name');
    await page.keyboard.press('Enter');
    await appears('.chip');
    expect(await textOf('.chip')).toBe(chosen);
    await page.waitForNetworkIdle();
    await tab('a.tile');
    const first = await focusedPicture();
    await page.keyboard.press('ArrowRight');
    const second = await focusedPicture();
    expect(second).not.toBe(first);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await appears('.facts');
    expect(await hash()).toContain(first);
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction((id) => location.hash.includes(id ?? '-'), {}, second);
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => !location.hash.includes('image/'));
    expect(await focusedPicture()).toBe(second);
  });

  test('only one picture is in the order of Tab', async () => {
    await visit();
    expect(await count('a.tile[tabindex="0"]')).toBe(1);
  });

  test('every picture has words that stand for it, and one without a thumbnail a sign', async () => {
    await visit('#/?q=smoke');
    await appears('.broken');
    expect(await page.$eval(inside('.broken'), (sign) => sign.getAttribute('aria-label'))).toContain(
      'Smoke over the volcano',
    );
    const alts = await page.$$eval(inside('.tile img'), (images) =>
      images.map((image) => (image as HTMLImageElement).alt),
    );
    expect(alts.length).toBeGreaterThan(0);
    expect(alts.every((alt) => alt.length > 3)).toBe(true);
  });

  test('nothing found: it says so and shows labels that are there', async () => {
    await visit('#/?q=submarine');
    expect(await textOf('.notice h2')).toContain('Nothing found');
    await click('.notice .chip');
    await appears('a.tile');
  });

  test('a server that is gone: it says so, and tries again', async () => {
    await visit();
    await page.setOfflineMode(true);
    await page.locator(inside('input[role=combobox]')).fill('teapot');
    await appears('.notice .solid');
    expect(await textOf('.notice')).toContain('cannot be reached');
    await page.setOfflineMode(false);
    await click('.notice .solid');
    await page.waitForFunction(
      () =>
        document.querySelector('image-search')?.shadowRoot?.querySelector('.tile .name')?.textContent ===
        'teapot',
    );
  });

  test('tiles have their room before their pictures come', async () => {
    await page.setRequestInterception(true);
    page.on('request', (request) => {
      if (!request.url().includes('/thumbnails/')) void request.continue();
    });
    await visit();
    const empty = await page.$$eval(inside('.tile .frame'), (frames) =>
      frames.map((frame) => ({ width: frame.clientWidth, height: frame.clientHeight })),
    );
    expect(empty.every(({ width, height }) => width > 80 && height > 80)).toBe(true);
  });

  test.each([390, 320])('on a phone of %i pixels nothing is wider than the screen', async (width) => {
    await page.setViewport({ width, height: 800, isMobile: true, hasTouch: true });
    await visit('#/?label=n02084071&sure=20');
    const overflow = () => page.evaluate(() => document.scrollingElement!.scrollWidth - innerWidth);
    expect(await overflow()).toBeLessThanOrEqual(0);
    await click('.open-filters');
    await appears('.drawer[open] fieldset');
    const small = await page.$$eval(
      inside('.drawer :is(.row, button)'),
      (targets) => targets.filter((target) => target.clientHeight > 0 && target.clientHeight < 34).length,
    );
    expect(small).toBe(0);
    await click('.drawer .solid');
    await click('a.tile');
    await appears('.facts');
    const wide = await page.$eval(inside('.sheet'), (sheet) => sheet.scrollWidth - sheet.clientWidth);
    expect(wide).toBeLessThanOrEqual(0);
    expect(await overflow()).toBeLessThanOrEqual(0);
  });

  test('dark where the system is dark, and themed by its properties', async () => {
    const colours = () =>
      page.evaluate(() => [
        getComputedStyle(document.body).backgroundColor,
        getComputedStyle(document.querySelector('image-search')!).color,
      ]);
    await visit();
    const light = await colours();
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
    const dark = await colours();
    expect(dark[0]).not.toBe(light[0]);
    expect(dark[1]).not.toBe(light[1]);
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(
        'image-search { --image-search-ink: rgb(1, 2, 3) } button { display: none !important }',
      );
      document.adoptedStyleSheets = [sheet];
    });
    expect((await colours())[1]).toBe('rgb(1, 2, 3)');
    // The page's rules do not reach into the element.
    expect(await page.$eval(inside('.more'), (more) => getComputedStyle(more).display)).toBe('block');
  });
});
