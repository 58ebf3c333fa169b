import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBrowser } from '../../../src/crawler/render/browser-path.ts';

let folder: string;
let program: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imagedex-test-'));
  program = join(folder, 'google-chrome');
  await writeFile(program, '#!/bin/sh\n');
  await chmod(program, 0o755);
  await writeFile(join(folder, 'notes.txt'), '');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the one that is named, or none', () => {
  expect(findBrowser(program, {})).toBe(program);
  expect(findBrowser(join(folder, 'missing'), { PATH: folder })).toBe(null);
  expect(findBrowser(folder, {})).toBe(null);
  expect(findBrowser('', { PUPPETEER_EXECUTABLE_PATH: program })).toBe(program);
  expect(findBrowser('', { CHROME_PATH: program })).toBe(program);
});

test('what lies on the way of programs is found, also where the system is another', () => {
  expect(findBrowser('', { PATH: `/nowhere:${folder}` }, 'freebsd')).toBe(program);
  expect(findBrowser('', { PATH: '/nowhere' }, 'freebsd')).toBe(null);
});
