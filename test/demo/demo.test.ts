// The demo as people start it: what is wrong is said in words, with an exit code.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { projectRoot } from '../source-files.ts';
import { testFolder } from '../world.ts';

vi.setConfig({ testTimeout: 60_000 });

async function demo(...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'demo/demo.ts', ...args], { cwd: projectRoot });
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code: code as number, out, err };
}

let folder: string;
beforeAll(async () => {
  folder = await testFolder();
});
afterAll(() => rm(folder, { recursive: true }));

test('it explains itself', async () => {
  const { code, out, err } = await demo('--help');
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^Usage: npm run demo -- /);
});

test('a wrong flag is named, and the right ones are shown', async () => {
  const { code, err } = await demo('--onec');
  expect(code).toBe(2);
  expect(err).toMatch(/^demo: Unknown option '--onec'\n\nUsage: /);
});

test('a folder that is not there is named', async () => {
  const { code, err } = await demo(join(folder, 'nope'), '--once');
  expect(code).toBe(1);
  expect(err).toMatch(/^demo: .*nope/);
  expect(err).not.toMatch(/\n {4}at /);
});

test('an empty folder has its summary, the addresses and three queries for when it is served', async () => {
  const { code, out } = await demo(folder, '--once');
  expect(code).toBe(0);
  expect(out).toContain('0 images found = 0 indexed + 0 skipped + 0 failed');
  expect(out).not.toMatch(/^Labels/m);
  expect(out).toContain('Without --once, `npm run demo` goes on to serve:');
  expect(out).toContain('Search page  http://localhost:4000/');
  expect(out.match(/^curl -s http:\/\/localhost:4000\/graphql /gm)).toHaveLength(3);
});
