import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { sessionProcesses } from '../../../src/crawler/render/session.ts';

const built = new URL('../../../dist/crawler/render/session.js', import.meta.url).href;
const isLinux = process.platform === 'linux';

/** Looks for its own session once no further file can be opened. */
const withoutFiles = `
  const { openSync, closeSync } = await import('node:fs');
  const { sessionProcesses } = await import('${built}');
  const open = [];
  try { for (;;) open.push(openSync('/dev/null')); } catch {}
  const found = await sessionProcesses(process.pid).catch(({ code }) => code);
  open.forEach((file) => closeSync(file));
  console.log(JSON.stringify(found));`;

test.skipIf(!isLinux)('what the system does not tell for want of open files is not known', async () => {
  const node = `ulimit -n 100 && exec "${process.execPath}" --input-type=module -e "$0"`;
  const { stdout } = await promisify(execFile)('sh', ['-c', node, withoutFiles]);
  expect(JSON.parse(stdout)).toBeNull();
});

test.skipIf(!isLinux)('a session that nobody leads has no processes', async () => {
  expect(await sessionProcesses(2 ** 30)).toEqual([]);
});
