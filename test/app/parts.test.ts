// What is opened for a crawl, where a store refuses, is away, or cannot be had.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openParts } from '../../src/app/parts.ts';
import { exitCodes } from '../../src/commands/verb.ts';
import { loadConfig } from '../../src/config/config.ts';
import { hasOpenSearch, openSearchUrl, ownPrefix, removeIndices } from '../opensearch/shared.ts';
import { pictureFolder } from '../pictures.ts';
import { addsUp, openWorld, testFolder } from '../world.ts';

const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

type Answer = readonly [status: number, type: string] | undefined;

/** Lets through what `refuses` says nothing of. */
async function openProxy(target: string, refuses: (asked: IncomingMessage) => Answer): Promise<string> {
  const proxy = createServer((asked, response) => {
    const refusal = refuses(asked);
    if (refusal !== undefined) {
      const [status, type] = refusal;
      asked.resume();
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { type, reason: `no permissions for ${asked.url}` }, status }));
      return;
    }
    const { method, headers, url } = asked;
    const onward = httpRequest(new URL(url!, target), { method: method!, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

describe.skipIf(!hasOpenSearch)('with the data in OpenSearch', { timeout: 60_000 }, () => {
  /** In a folder and indices of its own, through the proxy. */
  async function place(refuses: (asked: IncomingMessage) => Answer) {
    const target = await openSearchUrl('3');
    const [folder, prefix] = [await testFolder(), ownPrefix()];
    onTestFinished(async () => {
      await removeIndices(target, prefix);
      await rm(folder, { recursive: true, force: true });
    });
    return {
      folder,
      prefix,
      photos: await pictureFolder(join(folder, 'photos'), 2),
      url: await openProxy(target, refuses),
    };
  }

  test('a refusal is said, and the program ends', async () => {
    const { folder, prefix, photos, url } = await place(({ url: path }) =>
      path!.includes('_msearch') ? [403, 'security_exception'] : undefined,
    );
    const args = [program, 'crawl', photos, '--data-dir', join(folder, 'data'), '--store', 'opensearch'];
    const child = spawn(
      process.execPath,
      [...args, '--opensearch-urls', url, '--opensearch-prefix', prefix, '--describers', '1'],
      { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const guard = setTimeout(() => child.kill('SIGKILL'), 40_000);
    const [said, [code]] = await Promise.all([text(child.stderr!), once(child, 'close')]);
    clearTimeout(guard);
    expect(said).toContain('no permissions for');
    expect(code).toBe(exitCodes.error);
  });

  test('a short absence is waited for; a refusal stops one crawl, not those after it', async () => {
    let refusal: Answer = [403, 'security_exception'];
    const { folder, prefix, photos, url } = await place(({ url: path }) =>
      path!.includes('_msearch') ? refusal : undefined,
    );
    const world = await openWorld(
      { store: 'opensearch', opensearchUrls: [url], opensearchPrefix: prefix, describers: 1 },
      folder,
    );
    try {
      await expect(world.crawl(photos)).rejects.toThrow('no permissions for');
      refusal = [503, 'unavailable'];
      const under = world.crawl(photos);
      await expect
        .poll(() => world.parts.patience.waitingFor(), { timeout: 20_000 })
        .toContain('no permissions for');
      refusal = undefined;
      addsUp(await under);
      expect(world.parts.patience.waitingFor()).toBe(null);
    } finally {
      await world.close();
    }
  });
});

test('thumbnails that cannot be opened leave no database open', async () => {
  const folder = await testFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'blobs'), 'a file in its place');
  const config = await loadConfig({ cwd: folder, flags: { dataDir: folder, logLevel: 'error' } });
  await expect(openParts(config)).rejects.toThrow('a file is in its place');
  // SQLite removes it when the last connection is closed.
  expect((await readdir(folder)).filter((name) => name.endsWith('-wal'))).toEqual([]);
});
