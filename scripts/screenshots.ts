// Takes the pictures of the documentation from a search page that runs: tsx scripts/screenshots.ts URL [FOLDER]
// WORDS in the environment are what it searches for.
/// <reference lib="dom" />
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { launchBrowser } from '../test/api/browser.ts';

const [url, folder = 'docs/images'] = process.argv.slice(2);
if (url === undefined) throw new Error('usage: tsx scripts/screenshots.ts URL [FOLDER]');

/** What is searched for in them: a label that has enough pictures to fill the screen. */
const words = process.env['WORDS'] ?? '';

async function settle(page: Page): Promise<void> {
  await page.waitForSelector('image-search >>> a.tile', { visible: true });
  await page.waitForNetworkIdle({ idleTime: 300 });
  await page.evaluate(async () => {
    const images = document.querySelector('image-search')?.shadowRoot?.querySelectorAll('img') ?? [];
    const visible = [...images].filter((image) => image.getBoundingClientRect().top < innerHeight);
    await Promise.allSettled(visible.map((image) => image.decode()));
  });
  // The pictures fade in.
  await new Promise((resolve) => setTimeout(resolve, 400));
}

await mkdir(folder, { recursive: true });
const browser = await launchBrowser();
try {
  const address = new URL(`/#/${words === '' ? '' : `?q=${encodeURIComponent(words)}`}`, url).href;
  const take = (page: Page, name: string) => page.screenshot({ path: `${join(folder, name)}.png` });
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 860 });
  await page.goto(address);
  await settle(page);
  await take(page, 'search');
  await page.locator('image-search >>> a.tile').click();
  await page.waitForSelector('image-search >>> .facts', { visible: true });
  await settle(page);
  await page.$eval('image-search >>> dialog :focus', (focused) => (focused as HTMLElement).blur());
  await take(page, 'picture');
  const phone = await browser.newPage();
  await phone.setViewport({ width: 390, height: 844, deviceScaleFactor: 2, isMobile: true, hasTouch: true });
  await phone.goto(address);
  await settle(phone);
  await take(phone, 'phone');
} finally {
  await browser.close();
}
