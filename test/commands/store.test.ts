// `imagedex store`, as typed: what it says of both stores, and the way of an index there and back.
import { mkdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { document } from '../contracts/image-documents.ts';
import { openPlace } from '../indexer/stores/opensearch/generations-place.ts';
import { hasOpenSearch, openSearchUrl, ownPrefix, removeIndices } from '../opensearch/shared.ts';
import { openWorld, testFolder } from '../world.ts';
import { imagedex } from './surroundings.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let folder: string;
beforeAll(async () => {
  folder = await testFolder();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('with sqlite', () => {
  it('says how large the database is', async () => {
    const cwd = join(folder, 'embedded');
    await mkdir(cwd);
    const nothing = await imagedex(['store', 'status'], { cwd });
    expect([nothing.code, nothing.err]).toEqual([1, expect.stringContaining('there is no data directory')]);
    await (await openWorld({}, cwd)).close();
    const flags = ['--data-dir', join(cwd, 'data')];
    const { code, out } = await imagedex(['store', 'status', ...flags]);
    expect([code, out]).toEqual([0, expect.stringMatching(/^sqlite: .*imagedex\.db, \d+\.\d MiB/)]);
    const json = JSON.parse((await imagedex(['store', 'status', '--json', ...flags])).out);
    expect(json).toMatchObject({ store: 'sqlite', bytes: expect.any(Number) });
  });

  it.each(['reindex', 'rollback', 'drop-previous', 'migrate'])('has no use for %s', async (verb) => {
    const { code, err } = await imagedex(['store', verb], { cwd: folder });
    expect([code, err]).toEqual([2, expect.stringContaining('is for `store: opensearch`')]);
  });

  it.each([
    [['status', '--to', 'sqlite'], 'store status: --to is a flag of `store copy`'],
    [['copy', '--to', 'sqlite', '--reindex'], 'store copy: --reindex is a flag of `store migrate`'],
  ])('refuses flags of other actions: %j', async (words, message) => {
    const { code, err } = await imagedex(['store', ...words], { cwd: folder });
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });

  it('knows what was meant', async () => {
    const { code, err } = await imagedex(['store', 'reindx'], { cwd: folder });
    expect([code, err]).toEqual([2, expect.stringContaining('did you mean reindex?')]);
  });
});

/** Before an OpenSearch, and forbids one thing to ask. */
async function openSilent(target: string, forbidden: string) {
  const server = createServer(async (request, response) => {
    const isForbidden = decodeURIComponent(request.url!).startsWith(`/${forbidden}`);
    const answer = isForbidden
      ? new Response('{"error":{"type":"security_exception","reason":"no permissions"}}', { status: 403 })
      : await fetch(new URL(request.url!, target));
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe.skipIf(!hasOpenSearch)('with OpenSearch', () => {
  it('shows the state, and takes searches to a new index, back, and forward', async () => {
    const [url, prefix] = [await openSearchUrl('3'), ownPrefix()];
    const place = await openPlace({ opensearchUrls: [url], opensearchPrefix: prefix });
    await place.index.put([document('one'), document('two')]);
    const env = {
      IMAGEDEX_STORE: 'opensearch',
      IMAGEDEX_OPENSEARCH_URLS: url,
      IMAGEDEX_OPENSEARCH_PREFIX: prefix,
    };
    const typed = (...words: string[]) => imagedex(['store', ...words], { cwd: folder, env });
    const [first, second] = [`${prefix}-images-000001`, `${prefix}-images-000002`];

    expect((await typed('rollback')).err).toContain(`${first} is the only generation`);
    const made = await typed('reindex', '--opensearch-shards', '2');
    expect([made.code, made.out]).toEqual([
      0,
      expect.stringContaining(`Searches go to ${second} now: 2 documents`),
    ]);
    const state = await typed('status');
    expect(state.code).toBe(0);
    expect(state.out).toMatch(/^OpenSearch 3\./);
    expect(state.out).toMatch(new RegExp(`${first} .* 1 shard.* kept for rollback`));
    expect(state.out).toMatch(new RegExp(`${second} .* 2 documents .* 2 shards.* searched`));
    expect(state.out).toMatch(new RegExp(`template ${prefix}-images +version 1`));
    const json = JSON.parse((await typed('status', '--json')).out);
    expect(json).toMatchObject({ store: 'opensearch', health: expect.any(String), findings: [] });
    expect(json.generations).toMatchObject([{ isRead: false }, { isRead: true, number: 2 }]);

    const silent = await openSilent(url, `${prefix}-images-*/_alias`);
    const part = await imagedex(['store', 'status'], {
      cwd: folder,
      env: { ...env, IMAGEDEX_OPENSEARCH_URLS: silent.url },
    });
    expect([part.code, part.out]).toEqual([
      0,
      expect.stringContaining('warning: the generations of the image index are not known ('),
    ]);
    await silent.close();

    expect(JSON.parse((await typed('rollback', '--json')).out)).toEqual({ from: second, to: first });
    expect((await typed('rollback')).out).toContain(
      `Searches go to ${second} now, and no longer to ${first}`,
    );
    expect((await typed('drop-previous')).out).toBe(`Removed ${first}: there is no way back to it.\n`);
    expect((await typed('drop-previous')).out).toContain('There is none but the index that is searched');
    const migrated = await typed('migrate');
    expect([migrated.code, migrated.out]).toEqual([
      0,
      `${prefix}-ledger: version 2 is ready\n${prefix}-images: version 1, nothing to do\n`,
    ]);
    await place.close();
    await removeIndices(url, prefix);
  });
});
