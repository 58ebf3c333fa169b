import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Claim, cancelCrawl, claim, finish, mustBeClaimable } from '../../src/crawls/claim.ts';
import { TemporaryError } from '../../src/errors.ts';
import type { Ledger } from '../../src/ledger.ts';
import { type Owner, openOwner } from '../../src/owner.ts';
import { openWorld, type World } from '../world.ts';

const source = 'folder:/photos';
const wanted: Claim = {
  collection: 'default',
  sources: [source],
  maxImages: null,
  fresh: false,
  isRetry: false,
  startedBy: 'command',
  sourceSettings: { [source]: {} },
};
const [here, there] = [{ id: 'queue here' }, { id: 'queue there' }];
let world: World;
let ledger: Ledger;
let owner: Owner;
beforeEach(async () => {
  world = await openWorld();
  ledger = world.parts.ledger;
  owner = await openOwner(ledger);
});
afterEach(async () => {
  await owner.close();
  await world.close();
});

/** Applies changes of this kind and then loses the answer, so often. */
function forgetful(kind: string, times: number): Ledger {
  let left = times;
  const change: Ledger['change'] = async (changes) => {
    const answer = await ledger.change(changes);
    if (changes.some((one) => one.kind === kind) && left-- > 0)
      throw new TemporaryError('data_unavailable', 'no answer');
    return answer;
  };
  return world.parts.patience.patient({ ...ledger, change });
}
const crawlOf = async (id: string) => (await ledger.get('crawl', [id]))[0]!.record;

test('a claim whose answer was lost is no other’s', async () => {
  const { id } = await claim({ ledger: forgetful('crawl', 1), owner, queue: here }, wanted);
  expect(await crawlOf(id)).toMatchObject({ state: 'running', owner: owner.id, queue: 'queue here' });
  expect(await ledger.list('crawl', {}, { limit: 10 })).toHaveLength(1);
  await expect(claim({ ledger, owner, queue: here }, wanted)).rejects.toMatchObject({
    code: 'crawl_running',
  });
});

test('of two claims in one process one gets the sources, also where its answer was lost', async () => {
  const claimant = { ledger: forgetful('crawl', 1), owner, queue: here };
  const both = await Promise.allSettled([claim(claimant, wanted), claim(claimant, wanted)]);
  expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
});

test('an end and a cancellation whose answers were lost are told as what they are', async () => {
  const first = await claim({ ledger, owner, queue: here }, wanted);
  await finish(forgetful('crawl', 1), owner, first.id);
  expect(await crawlOf(first.id)).toMatchObject({ state: 'complete', owner: null });
  await expect(finish(ledger, owner, first.id)).rejects.toMatchObject({ code: 'crawl_running' });
  const second = await claim({ ledger, owner, queue: here }, wanted);
  expect(await cancelCrawl(forgetful('crawl', 1), second.id)).toBe(true);
  expect(await cancelCrawl(ledger, second.id)).toBe(false);
});

test('what another queue holds is carried on by nobody else, and begun anew with fresh', async () => {
  const dead = await openOwner(ledger);
  const { id } = await claim({ ledger, owner: dead, queue: there }, wanted);
  await dead.close();
  const claimant = { ledger, owner, queue: here };
  for (const act of [claim, mustBeClaimable])
    await expect(act(claimant, wanted)).rejects.toThrow(/another data directory.*--fresh/);
  // Of some of its sources, too.
  await expect(claim(claimant, { ...wanted, sources: [source, 'folder:/other'] })).rejects.toThrow(id);
  const anew = await claim(claimant, { ...wanted, fresh: true });
  expect(anew).toMatchObject({ abandoned: [id], record: { queue: 'queue here' } });
  expect(await crawlOf(id)).toMatchObject({ state: 'abandoned', queue: 'queue there' });
});

test('a crawl of before that names no queue is carried on', async () => {
  const dead = await openOwner(ledger);
  const { id } = await claim({ ledger, owner: dead, queue: there }, wanted);
  await dead.close();
  const [stored] = await ledger.get('crawl', [id]);
  const { queue: _, host: __, ...old } = stored!.record;
  await ledger.change([{ kind: 'crawl', id, expect: stored!.version, record: old }]);
  expect(await claim({ ledger, owner, queue: here }, wanted)).toMatchObject({
    id,
    record: { queue: 'queue here' },
  });
});

test('only what a schedule starts, or who says so, leaves out pages that are not due; a retry never does', async () => {
  const begun = async (more: Partial<Claim>): Promise<boolean | undefined> => {
    const { id, record } = await claim({ ledger, owner, queue: here }, { ...wanted, ...more });
    await finish(ledger, owner, id);
    return record.onlyDue;
  };
  expect(await begun({})).toBeUndefined();
  expect(await begun({ startedBy: 'api' })).toBeUndefined();
  expect(await begun({ startedBy: 'schedule' })).toBe(true);
  expect(await begun({ onlyDue: true })).toBe(true);
  expect(await begun({ startedBy: 'schedule', onlyDue: false })).toBeUndefined();
  expect(await begun({ startedBy: 'schedule', isRetry: true })).toBeUndefined();
});

test('a crawl of what is due is not carried on by one of all; one of all stays so whoever carries it on', async () => {
  const cutOff = async (more: Partial<Claim>): Promise<string> => {
    const dead = await openOwner(ledger);
    const { id } = await claim({ ledger, owner: dead, queue: here }, { ...wanted, ...more });
    await dead.close();
    return id;
  };
  const claimant = { ledger, owner, queue: here };
  const due = await cutOff({ startedBy: 'schedule' });
  const again = await cutOff({ onlyDue: true });
  expect([again, await crawlOf(due)]).toMatchObject([due, { onlyDue: true }]);
  const all = await cutOff({});
  expect(all).not.toBe(due);
  expect((await crawlOf(all)).onlyDue).toBeUndefined();
  expect(await crawlOf(due)).toMatchObject({ state: 'abandoned' });
  const carriedOn = await claim(claimant, { ...wanted, startedBy: 'schedule' });
  expect(carriedOn.id).toBe(all);
  expect(carriedOn.record.onlyDue).toBeUndefined();
});
