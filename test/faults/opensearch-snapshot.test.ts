// Snapshots of a real OpenSearch: restored, everything is found again and crawls go on; also one that was taken in mid-crawl.
import { rm } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { openGenerations } from '../../src/indexer/stores/opensearch/life.ts';
import { openLog } from '../../src/log.ts';
import { openCluster } from '../../src/opensearch/cluster.ts';
import { openSearchSettings } from '../opensearch/settings.ts';
import { hasOpenSearch, lines, ownPrefix, removeIndices } from '../opensearch/shared.ts';
import { photosPath } from '../shared.ts';
import { documents, onOpenSearch, openWorld } from '../world.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });
const photos = photosPath();

describe.skipIf(!hasOpenSearch || photos === null).each(lines)('snapshots of OpenSearch %s', (line) => {
  it('bring back what was searched, its aliases, and a ledger that crawls carry on from', async () => {
    const flags = await onOpenSearch(line);
    const [url, prefix] = [(flags['opensearchUrls'] as string[])[0]!, flags['opensearchPrefix'] as string];
    const repository = ownPrefix();
    const ask = async (method: string, path: string, body?: object) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${url}/${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      expect(answer.ok, `${method} ${path}: ${await answer.clone().text()}`).toBe(true);
    };
    const save = (name: string) =>
      ask('PUT', `_snapshot/${repository}/${name}?wait_for_completion=true`, {
        indices: `${prefix}-*`,
        include_global_state: false,
      });
    const bringBack = async (name: string) => {
      await ask('DELETE', `${prefix}-*`);
      await ask('POST', `_snapshot/${repository}/${name}/_restore?wait_for_completion=true`, {
        indices: `${prefix}-*`,
        include_global_state: false,
      });
    };
    const carryOnFromMidCrawl = async () => {
      await bringBack('in-mid-crawl');
      const cluster = await openCluster(
        { ...openSearchSettings, opensearchUrls: [url], opensearchPrefix: prefix },
        openLog('error'),
      );
      const all = await openGenerations(cluster).list();
      expect(all).toMatchObject([{ number: 1, isRead: true, isWritten: true, isUnfinished: false }]);
      await cluster.close();
      const third = await openWorld(flags, first.folder);
      expect((await documents(third)).length).toBeGreaterThanOrEqual(10);
      // The snapshot has the heartbeat of a crawl that is over: it is silent, and taken for dead after a while.
      const crawlAgain = () =>
        third.crawl(photos!, { maxImages: 30, fresh: true }).then(({ state }) => state, String);
      await expect.poll(crawlAgain, { timeout: 90_000, interval: 2000 }).toBe('complete');
      const found = new Set((await documents(third)).map(({ id }) => id));
      expect(found.size).toBe(30);
      for (const { id } of before) expect(found.has(id)).toBe(true);
      await third.app.close();
    };
    await ask('PUT', `_snapshot/${repository}`, { type: 'fs', settings: { location: repository } });

    const first = await openWorld(flags);
    await first.crawl(photos!, { maxImages: 10 });
    const before = await documents(first);
    expect(before).toHaveLength(10);
    await save('quiet');
    const crawl = first.crawl(photos!, { maxImages: 30 });
    await save('in-mid-crawl');
    await crawl;
    await first.app.close();

    await bringBack('quiet');
    const second = await openWorld(flags, first.folder);
    expect(await documents(second)).toEqual(before);
    const again = await second.crawl(photos!, { maxImages: 10 });
    expect(again).toMatchObject({ found: 10, unchanged: 10 });
    await second.app.close();

    // Half a minute of waiting: on one line is enough.
    if (line === '3') await carryOnFromMidCrawl();
    await ask('DELETE', `_snapshot/${repository}/quiet,in-mid-crawl`);
    await ask('DELETE', `_snapshot/${repository}`);
    await removeIndices(url, prefix);
    await rm(first.folder, { recursive: true, force: true });
  });
});
