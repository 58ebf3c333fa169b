import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { amend, amendment, type Ledger, type OwnerRecord } from '../src/ledger.ts';
import { type Heartbeat, type Owner, openOwner } from '../src/owner.ts';
import type { OpenedLedger } from './contracts/ledger.ts';
import { open } from './ledgers/open-sqlite.ts';

const quick: Heartbeat = { everyMs: 20, nearMs: 30_000, looks: 20, pauseMs: 20 };
const hourMs = 3_600_000;

let folder: string;
let opened: OpenedLedger;
let ledger: Ledger;
let owner: Owner;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imagedex-owner-'));
  opened = await open({ file: join(folder, 'imagedex.db') });
  ledger = opened.ledger;
  owner = await openOwner(ledger, quick);
});
afterEach(async () => {
  await owner.close();
  await opened.close();
  await rm(folder, { recursive: true });
});

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();
async function enter(id: string, fields: Partial<OwnerRecord>): Promise<void> {
  const record = { host: hostname(), pid: process.pid, heartbeatAt: ago(0), ...fields };
  await ledger.change([{ kind: 'owner', id, expect: 0, record }]);
}
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid!;
}

test('an owner is known while it is open', async () => {
  const other = await openOwner(ledger);
  expect(other.id).not.toBe(owner.id);
  expect(await owner.isAlive(other.id)).toBe(true);
  expect(await ledger.get('owner', [owner.id])).toMatchObject([
    { record: { host: hostname(), pid: process.pid } },
  ]);
  await other.close();
  expect(await owner.isAlive(other.id)).toBe(false);
  expect(await owner.isAlive(owner.id)).toBe(true);
});

test('a process of this machine that is gone is dead at once, and its record is removed', async () => {
  await enter('gone', { pid: await deadPid() });
  expect(await owner.isAlive('gone')).toBe(false);
  expect(await ledger.get('owner', ['gone'])).toEqual([]);
});

test.each([
  ['an hour behind', hourMs],
  ['an hour ahead', -hourMs],
  ['as ours after the store was away', 40_000],
])('whose heart beats is alive, its clock %s', async (_, ageMs) => {
  await enter('far', { host: 'elsewhere', heartbeatAt: ago(ageMs) });
  let isBeating = true;
  const beat = async () => {
    for (; isBeating; await sleep(20))
      await amend(ledger, [amendment('owner', 'far', (old) => ({ ...old!, heartbeatAt: ago(ageMs) }))]);
  };
  const beating = beat();
  expect(await owner.isAlive('far')).toBe(true);
  isBeating = false;
  // The last beat must not come after the heart is looked at again.
  await beating;
  expect(await owner.isAlive('far')).toBe(false);
  expect(await ledger.get('owner', ['far'])).toEqual([]);
});

test('a heartbeat of just now tells of other machines; an old one that does not change, of all', async () => {
  await enter('far', { host: 'elsewhere', pid: await deadPid(), heartbeatAt: ago(20_000) });
  await enter('far-silent', { host: 'elsewhere', heartbeatAt: ago(40_000) });
  await enter('here-silent', { heartbeatAt: ago(40_000) });
  expect(await owner.isAlive('far')).toBe(true);
  expect(await owner.isAlive('far-silent')).toBe(false);
  expect(await owner.isAlive('here-silent')).toBe(false);
});

test('who comes removes the records of the dead, and waits for nobody', async () => {
  await enter('gone', { pid: await deadPid() });
  await enter('far', { host: 'elsewhere' });
  await enter('far-silent', { host: 'elsewhere', heartbeatAt: ago(hourMs) });
  await enter('far-forgotten', { host: 'elsewhere', heartbeatAt: ago(48 * hourMs) });
  const other = await openOwner(ledger);
  const ids = (await ledger.list('owner', {}, { limit: 10 })).map(({ id }) => id);
  expect(ids.sort()).toEqual(['far', 'far-silent', owner.id, other.id].sort());
  await other.close();
});

test('who cannot open leaves no record', async () => {
  const list = () => Promise.reject(new Error('not allowed'));
  await expect(openOwner({ ...ledger, list })).rejects.toThrow('not allowed');
  const ids = (await ledger.list('owner', {}, { limit: 10 })).map(({ id }) => id);
  expect(ids).toEqual([owner.id]);
});
