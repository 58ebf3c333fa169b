// Opening a store that is away: who has all day waits for it, until told to stop; nobody else does.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openParts } from '../../src/app/parts.ts';
import { exitCodes } from '../../src/commands/verb.ts';
import { loadConfig } from '../../src/config/config.ts';
import { hasOpenSearch, openSearchUrl, ownPrefix, removeIndices } from '../opensearch/shared.ts';
import { openTcpProxy } from '../opensearch/tcp-proxy.ts';
import { testFolder } from '../world.ts';

const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const nobody = 'http://127.0.0.1:1';

async function folderOfTest(): Promise<string> {
  const folder = await testFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test.each([
  ['crawl', exitCodes.interrupted, 'Stopped while it waited for the store'],
  ['serve', exitCodes.ok, ''],
])(
  '%s waits for a cluster that is away, says so, and can be stopped',
  async (verb, code, last) => {
    const folder = await folderOfTest();
    const args = [program, verb, ...(verb === 'crawl' ? [folder] : ['--port', '0'])];
    const child = spawn(
      process.execPath,
      [...args, '--data-dir', join(folder, 'data'), '--store', 'opensearch', '--opensearch-urls', nobody],
      { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    child.stderr.on('data', (bytes) => {
      said += String(bytes);
    });
    await expect.poll(() => said, { timeout: 20_000 }).toContain('waiting for OpenSearch: ');
    child.kill('SIGINT');
    expect((await once(child, 'close'))[0]).toBe(code);
    expect(said).toContain(last);
  },
  40_000,
);

test('a short verb does not wait', async () => {
  const folder = await folderOfTest();
  const args = [program, 'search', 'fig', '--store', 'opensearch', '--opensearch-urls', nobody];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect(said).toContain('OpenSearch');
  expect(said).not.toContain('waiting');
  expect(code).toBe(exitCodes.error);
}, 40_000);

describe.skipIf(!hasOpenSearch)('with a cluster', { timeout: 60_000 }, () => {
  test('it goes on when the cluster is there', async () => {
    const target = await openSearchUrl('3');
    const [proxy, prefix] = [await openTcpProxy(target), ownPrefix()];
    onTestFinished(async () => {
      await proxy.close();
      await removeIndices(target, prefix);
    });
    const config = await loadConfig({
      flags: {
        dataDir: await folderOfTest(),
        store: 'opensearch',
        opensearchUrls: [proxy.url],
        opensearchPrefix: prefix,
        logLevel: 'error',
      },
    });
    await proxy.refuse(true);
    let isOpen = false;
    const opening = openParts(config, new AbortController().signal).finally(() => {
      isOpen = true;
    });
    // Longer than a question is asked again.
    await new Promise((resolve) => setTimeout(resolve, 7000));
    expect(isOpen).toBe(false);
    await proxy.refuse(false);
    const parts = await opening;
    expect(await parts.ledger.get('collection', ['none'])).toEqual([]);
    expect(parts.patience.waitingFor()).toBe(null);
    await parts.close();
  });
});
