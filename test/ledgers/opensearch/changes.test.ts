// What is left when the process dies at any step of a change, and what others make of it.
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { amend, amendment, type Change, type Kinds, type Ledger, listAll } from '../../../src/ledger.ts';
import { location } from '../../contracts/ledger.ts';
import { hasOpenSearch, lines, openSearchUrl, ownPrefix, removeIndices } from '../../opensearch/shared.ts';
import { open } from '../open-opensearch.ts';
import { type KillingProxy, openKillingProxy } from './killing-proxy.ts';

const image: Kinds['image'] = {
  collection: 'default',
  sha256: 'f00d',
  descriptionKey: 'key',
  revision: 1,
  indexedRevision: 0,
  indexedAt: null,
};
/** intents, the decision, bodies, and later the removal of the decision */
const writes = [1, 2, 3];
const deaths = writes.flatMap((write) => (['before', 'after'] as const).map((moment) => ({ write, moment })));

describe.skipIf(!hasOpenSearch).each(lines)('OpenSearch %s', (line) => {
  const prefix = ownPrefix();
  let url: string;
  let ledger: Ledger;
  let close: () => Promise<void>;
  beforeAll(async () => {
    url = await openSearchUrl(line);
    ({ ledger, close } = await open({ url, prefix }));
    await ledger.change([
      { kind: 'image', id: 'warm', expect: 0, record: image },
      { kind: 'location', id: 'warm', expect: 0, record: location() },
    ]);
  });
  afterAll(async () => {
    await close();
    await removeIndices(url, prefix);
  });

  /** Locations old and gone, and an image: before the change, and as it is to be after it. */
  const prepare = async (name: string) => {
    const ids = { kept: `${name} kept`, gone: `${name} gone`, made: `${name} made`, image: `${name} image` };
    const at = { kind: 'location', expect: 0, record: location({ collection: name }) } as const;
    await ledger.change([
      { ...at, id: ids.kept },
      { ...at, id: ids.gone },
      { kind: 'image', id: ids.image, expect: 0, record: image },
    ]);
    const versions = new Map<string, number>();
    for (const { id, version } of [
      ...(await ledger.get('location', [ids.kept, ids.gone])),
      ...(await ledger.get('image', [ids.image])),
    ])
      versions.set(id, version);
    const change: Change[] = [
      {
        ...at,
        id: ids.kept,
        expect: versions.get(ids.kept)!,
        record: location({ collection: name, state: 'indexed' }),
      },
      { ...at, id: ids.gone, expect: versions.get(ids.gone)!, record: null },
      { ...at, id: ids.made, record: location({ collection: name, state: 'indexed' }) },
      { kind: 'image', id: ids.image, expect: versions.get(ids.image)!, record: { ...image, revision: 2 } },
    ];
    return { ids, change };
  };
  const view = async (seen: Ledger, name: string, imageId: string) => {
    const locations: string[] = [];
    for await (const { id, record } of listAll(seen, 'location', { collection: name }))
      locations.push(`${id.slice(name.length + 1)} ${record.state}`);
    const [stored] = await seen.get('image', [imageId]);
    return {
      locations,
      revision: stored!.record.revision,
      tallies: await seen.tally('location', { collection: name }, ['state']),
    };
  };
  const before = {
    locations: ['gone found', 'kept found'],
    revision: 1,
    tallies: [{ values: { state: 'found' }, count: 2 }],
  };
  const after = {
    locations: ['kept indexed', 'made indexed'],
    revision: 2,
    tallies: [{ values: { state: 'indexed' }, count: 2 }],
  };

  const intentsLeft = async (): Promise<number> => {
    await fetch(`${url}/${prefix}-ledger-*/_refresh`, { method: 'POST' });
    const answer = await fetch(`${url}/${prefix}-ledger-*/_count?q=_exists_:intent.tx`);
    return ((await answer.json()) as { readonly count: number }).count;
  };

  const dying = async (
    write: number,
    moment: 'before' | 'after',
    work: (dead: Ledger, proxy: KillingProxy) => Promise<unknown>,
  ) => {
    const proxy = await openKillingProxy(url);
    const dead = await open({ url: proxy.url, prefix, patienceMs: 1000 });
    proxy.killAt(write, moment);
    const outcome = await work(dead.ledger, proxy).catch((error: Error) => error);
    await dead.close().catch(() => {});
    await proxy.close();
    return outcome;
  };

  test.each(deaths)(
    'a process that dies $moment its write $write leaves all or nothing',
    async ({ write, moment }) => {
      const name = `${moment}${write}`;
      const { ids, change } = await prepare(name);
      await dying(write, moment, (dead) => dead.change(change));
      const isCommitted = write > 2 || (write === 2 && moment === 'after');
      const expected = isCommitted ? after : before;
      expect(await view(ledger, name, ids.image)).toEqual(expected);
      // Whoever opens it next clears up what is left, and everybody sees the same as before.
      const next = await open({ url, prefix, recoveryDelayMs: 0 });
      await expect.poll(intentsLeft, { timeout: 20_000 }).toBe(0);
      expect(await view(next.ledger, name, ids.image)).toEqual(expected);
      expect(await next.ledger.change(change)).toEqual({ conflict: isCommitted });
      expect(await view(ledger, name, ids.image)).toEqual(after);
      await next.close();
    },
  );

  test('what a dead process has begun is aborted by whoever wants to change it', async () => {
    const { ids, change } = await prepare('inTheWay');
    await dying(1, 'after', (dead) => dead.change(change));
    expect(await intentsLeft()).toBe(4);
    expect(await ledger.change(change.slice(0, 1))).toEqual({ conflict: false });
    expect(await ledger.change(change)).toEqual({ conflict: true });
    expect(await ledger.change(change.slice(1))).toEqual({ conflict: false });
    expect(await view(ledger, 'inTheWay', ids.image)).toEqual(after);
    expect(await intentsLeft()).toBe(0);
  });

  test('a process whose change was aborted meanwhile does not make it', async () => {
    const { ids, change } = await prepare('slow');
    const proxy = await openKillingProxy(url);
    const slow = await open({ url: proxy.url, prefix });
    const held = proxy.holdAt(2);
    const slowly = slow.ledger.change(change);
    const release = await held;
    // It has all its intents in place, but is not committed: nobody sees anything of it.
    expect(await view(ledger, 'slow', ids.image)).toEqual(before);
    expect(await ledger.change(change.slice(0, 1))).toEqual({ conflict: false });
    release();
    expect(await slowly).toEqual({ conflict: true });
    const locations = ['gone found', 'kept indexed'];
    expect(await view(ledger, 'slow', ids.image)).toMatchObject({ locations, revision: 1 });
    await slow.close();
    await proxy.close();
    expect(await intentsLeft()).toBe(0);
  });

  test.each(writes)('a change whose answer to write %i is lost is made once', async (write) => {
    const name = `lost${write}`;
    const { ids, change } = await prepare(name);
    const proxy = await openKillingProxy(url);
    const far = await open({ url: proxy.url, prefix });
    proxy.loseAt(write);
    expect(await far.ledger.change(change)).toEqual({ conflict: false });
    expect(await view(ledger, name, ids.image)).toEqual(after);
    await far.close();
    await proxy.close();
    expect(await intentsLeft()).toBe(0);
  });

  test('a change of one record whose answer is lost is made once', async () => {
    const proxy = await openKillingProxy(url);
    const far = await open({ url: proxy.url, prefix });
    const change = async (record: Kinds['image'] | null) => {
      const expect = (await ledger.get('image', ['lost']))[0]?.version ?? 0;
      proxy.loseAt(1);
      return far.ledger.change([{ kind: 'image', id: 'lost', expect, record }]);
    };
    for (const record of [image, { ...image, revision: 2 }, null]) {
      expect(await change(record)).toEqual({ conflict: false });
      expect((await ledger.get('image', ['lost'])).map((one) => one.record)).toEqual(
        record === null ? [] : [record],
      );
    }
    await far.close();
    await proxy.close();
  });

  test('a change of which OpenSearch does not take a record leaves nothing behind', async () => {
    const { ids, change } = await prepare('refused');
    const tooLong = 'x'.repeat(600);
    const refused: Change = { kind: 'location', id: tooLong, expect: 0, record: location() };
    await expect(ledger.change([...change, refused])).rejects.toThrow('id');
    expect(await intentsLeft()).toBe(0);
    expect(await view(ledger, 'refused', ids.image)).toEqual(before);
    expect(await ledger.change(change)).toEqual({ conflict: false });
    await expect(ledger.change([change[0]!, change[0]!])).rejects.toThrow('once');
  });

  test('several processes may open it at once where there is nothing yet', async () => {
    const place = { url, prefix: ownPrefix() };
    const all = await Promise.all(Array.from({ length: 5 }, () => open(place)));
    const raised = amendment('image', 'i', (old) => ({ ...image, revision: (old?.revision ?? 0) + 1 }));
    await Promise.all(all.map((one) => amend(one.ledger, [raised])));
    expect(await all[0]!.ledger.get('image', ['i'])).toMatchObject([{ record: { revision: 5 } }]);
    for (const one of all) await one.close();
    await removeIndices(url, place.prefix);
  });

  test('readers see what is committed while nothing can be written, and their versions hold afterwards', async () => {
    const { ids, change } = await prepare('blocked');
    const old = (await ledger.get('location', [ids.kept]))[0]!.version;
    const proxy = await openKillingProxy(url);
    const owner = await open({ url: proxy.url, prefix });
    const held = proxy.holdAt(3);
    const changing = owner.ledger.change(change);
    const release = await held;
    const block = (isBlocked: boolean) =>
      fetch(`${url}/${prefix}-ledger-*/_settings`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ 'index.blocks.write': isBlocked }),
      });
    await block(true);
    const reader = await open({ url, prefix, patienceMs: 1 });
    expect(await view(reader.ledger, 'blocked', ids.image)).toEqual(after);
    const seen = await reader.ledger.get('location', [ids.kept, ids.gone, ids.made]);
    expect(seen.map(({ id }) => id).sort()).toEqual([ids.kept, ids.made].sort());
    const [image] = await reader.ledger.get('image', [ids.image]);
    await block(false);
    // Finished or not, each version is still that of its record: here of some that lie in intents.
    const kept = seen.find(({ id }) => id === ids.kept)!;
    expect(kept.version).toBeGreaterThan(old);
    const moved: Change[] = [
      { kind: 'location', id: ids.kept, expect: kept.version, record: location({ collection: 'moved' }) },
      { kind: 'location', id: ids.gone, expect: 0, record: location({ collection: 'moved' }) },
    ];
    expect(await ledger.change(moved)).toEqual({ conflict: false });
    expect(await ledger.change(moved)).toEqual({ conflict: true });
    release();
    expect(await changing).toEqual({ conflict: false });
    // And here of one that was finished since.
    const raised: Change = { kind: 'image', id: ids.image, expect: image!.version, record: image!.record };
    expect(await owner.ledger.change([raised])).toEqual({ conflict: false });
    expect(await owner.ledger.change([raised])).toEqual({ conflict: true });
    expect((await view(ledger, 'moved', ids.image)).locations.length).toBe(2);
    for (const one of [reader, owner, proxy]) await one.close();
    expect(await intentsLeft()).toBe(0);
  });

  test('a process that stood still while others aborted its change and forgot it does not make it', async () => {
    const { ids, change } = await prepare('suspended');
    const proxy = await openKillingProxy(url);
    const slow = await open({ url: proxy.url, prefix });
    const held = proxy.holdAt(2);
    const slowly = slow.ledger.change(change);
    const release = await held;
    expect(await ledger.change(change.slice(0, 1))).toEqual({ conflict: false });
    // Another opens it, and later still another, as if a day had gone by.
    const aDayLater = Date.now() + 90_000_000;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => aDayLater);
    onTestFinished(() => void clock.mockRestore());
    const decisions = async () => {
      await fetch(`${url}/${prefix}-ledger-tx/_refresh`, { method: 'POST' });
      return (await (await fetch(`${url}/${prefix}-ledger-tx/_count`)).json()).count as number;
    };
    expect(await decisions()).toBeGreaterThan(0);
    const next = await open({ url, prefix, recoveryDelayMs: 0 });
    await expect.poll(intentsLeft, { timeout: 20_000 }).toBe(0);
    await expect.poll(decisions, { timeout: 20_000 }).toBe(0);
    release();
    expect(await slowly).toEqual({ conflict: true });
    expect(await view(ledger, 'suspended', ids.image)).toMatchObject({ revision: 1 });
    for (const one of [slow, next, proxy]) await one.close();
  });

  test('a change whose answer is lost is known by the version that readers see, also under an intent', async () => {
    const { ids } = await prepare('under');
    const proxy = await openKillingProxy(url);
    const far = await open({ url: proxy.url, prefix });
    const change = async (seen: Ledger, revision: number): Promise<Change> => {
      const [{ version } = { version: 0 }] = await seen.get('image', [ids.image]);
      return { kind: 'image', id: ids.image, expect: version, record: { ...image, revision } };
    };
    const first = await change(ledger, 2);
    proxy.loseAt(1);
    const held = proxy.holdAt(2);
    const changing = far.ledger.change([first]);
    const release = await held;
    const second = await change(ledger, 3);
    await dying(1, 'after', async (dead) => {
      const [kept] = await dead.get('location', [ids.kept]);
      return dead.change([
        { ...second, record: null } as Change,
        { kind: 'location', id: ids.kept, expect: kept!.version, record: null },
      ]);
    });
    const waiting = far.ledger.change([second]);
    release();
    expect(await Promise.all([changing, waiting])).toEqual([{ conflict: false }, { conflict: false }]);
    expect((await view(ledger, 'under', ids.image)).revision).toBe(3);
    await ledger.change([
      {
        kind: 'location',
        id: ids.kept,
        expect: (await ledger.get('location', [ids.kept]))[0]!.version,
        record: null,
      },
    ]);
    for (const one of [far, proxy]) await one.close();
    expect(await intentsLeft()).toBe(0);
  });

  test('of two who want to make the same change one makes it', async () => {
    const { ids, change } = await prepare('same');
    const other = await open({ url, prefix });
    const outcomes = await Promise.all([ledger.change(change), other.ledger.change(change)]);
    expect(outcomes.filter(({ conflict }) => !conflict).length).toBe(1);
    expect(await view(ledger, 'same', ids.image)).toEqual(after);
    await other.close();
    expect(await intentsLeft()).toBe(0);
  });
});
