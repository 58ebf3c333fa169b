// A real browser for tests and screenshots: one that is installed, never one that is downloaded.
import type { Browser } from 'puppeteer-core';
import { findBrowser } from '../../src/crawler/render/browser-path.ts';

/** null where none is installed: then tests say so and are skipped, except under CI=true. */
export function browserPath(): string | null {
  const path = findBrowser('');
  if (path !== null) return path;
  const message = 'Chromium or Chrome is not installed; PUPPETEER_EXECUTABLE_PATH can name one';
  if (process.env['CI'] === 'true') throw new Error(`${message}, and under CI=true nothing is skipped`);
  process.stderr.write(`skipped: ${message}\n`);
  return null;
}

/** `more`: further arguments of Chromium. */
export async function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  const executablePath = browserPath();
  if (executablePath === null) throw new Error('no browser is installed');
  const { default: puppeteer } = await import('puppeteer-core');
  // Chromium's own sandbox does not start for root, as in most containers.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return puppeteer.launch({ executablePath, args: [...args, '--disable-dev-shm-usage', ...more] });
}
