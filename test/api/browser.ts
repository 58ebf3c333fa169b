// A real browser for tests and screenshots: one that is installed, never one that is downloaded.
import { existsSync } from 'node:fs';
import type { Browser } from 'puppeteer';

const places = [
  process.env['PUPPETEER_EXECUTABLE_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** null where none is installed: then tests say so and are skipped, except under CI=true. */
export function browserPath(): string | null {
  const path = places.find((place) => place !== undefined && existsSync(place));
  if (path !== undefined) return path;
  const message = 'Chromium or Chrome is not installed; PUPPETEER_EXECUTABLE_PATH can name one';
  if (process.env['CI'] === 'true') throw new Error(`${message}, and under CI=true nothing is skipped`);
  process.stderr.write(`skipped: ${message}\n`);
  return null;
}

/** `more`: further arguments of Chromium. */
export async function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  const executablePath = browserPath();
  if (executablePath === null) throw new Error('no browser is installed');
  const { default: puppeteer } = await import('puppeteer');
  // Chromium's own sandbox does not start for root, as in most containers.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return puppeteer.launch({ executablePath, args: [...args, '--disable-dev-shm-usage', ...more] });
}
