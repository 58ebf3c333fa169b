import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Connection } from '../../src/sqlite/binding.ts';
import { type Database, openDatabase } from '../../src/sqlite/database.ts';
import type { Procedures } from '../../src/sqlite/module.ts';
import { unprivileged } from '../unprivileged.ts';

type Db = Connection;
interface Notes {
  readonly name: 'notes';
  readonly migrations: readonly string[];
  readonly reads: {
    notes(db: Db, writer: string): number[];
    count(db: Db): number;
    blob(db: Db, id: string): ArrayBuffer | undefined;
    types(db: Db, values: readonly unknown[]): string[];
    integrity(db: Db): string;
    journal(db: Db): string;
    unsendable(db: Db): unknown;
    die(db: Db): void;
  };
  readonly writes: {
    add(db: Db, writer: string, n: number): number;
    addTwo(db: Db, writer: string, a: number, b: number): void;
    count_up(db: Db, name: string): number;
    keep(db: Db, id: string, content: Uint8Array): number;
    fill(db: Db, pages: number): number;
    set_version(db: Db, version: number): number;
  };
}

const notesModule = new URL('./notes.mjs', import.meta.url);
let folder: string;
let file: string;
let opened: Database[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imagedex-sqlite-'));
  file = join(folder, 'imagedex.db');
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((database) => database.close().catch(() => {})));
  await rm(folder, { recursive: true });
});

async function open(): Promise<{ database: Database; notes: Procedures<Notes> }> {
  const database = await openDatabase(file);
  opened.push(database);
  return { database, notes: await database.load<Notes>(notesModule) };
}
const startWriter = (writer: string, count: number) =>
  spawn(
    process.execPath,
    [fileURLToPath(new URL('./write-notes.mjs', import.meta.url)), file, writer, `${count}`],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
const range = (length: number) => Array.from({ length }, (_, n) => n);

test('reads see what was written, also what was not awaited', async () => {
  const { notes } = await open();
  const writes = range(1500).map((n) => notes.add('a', n));
  expect(await notes.count()).toBe(1500);
  expect(await Promise.all(writes)).toEqual(range(1500));
  expect(await notes.notes('a')).toEqual(range(1500));
  expect(await notes.journal()).toBe('wal');
});

test('of writes that are committed together one that throws fails alone and leaves nothing', async () => {
  const { notes } = await open();
  const results = await Promise.allSettled([
    notes.add('a', 1),
    notes.addTwo('a', 2, 1),
    notes.add('a', 3),
    notes.add('a', 1),
    notes.add('a', 4),
  ]);
  expect(results.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
  expect(results[1]).toMatchObject({ reason: { code: expect.stringMatching(/^SQLITE_CONSTRAINT/) } });
  expect(await notes.notes('a')).toEqual([1, 3, 4]);
});

test('values arrive as they were given', async () => {
  const { notes } = await open();
  const values = [1, 1.5, true, null, 'x', new Uint8Array([1]), undefined];
  expect(await notes.types(values)).toEqual(['integer', 'real', 'integer', 'null', 'text', 'blob', 'null']);
  await notes.keep('x', Buffer.from('bytes'));
  expect(Buffer.from((await notes.blob('x'))!).toString()).toBe('bytes');
  expect(await notes.blob('y')).toBeUndefined();
});

test('what cannot be sent is an error, and the thread goes on', async () => {
  const { notes } = await open();
  await expect(notes.unsendable()).rejects.toThrow('could not be cloned');
  await expect(notes.types([() => 1])).rejects.toThrow('could not be cloned');
  expect(await notes.count()).toBe(0);
});

test('close waits for what is under way, and keeps it', async () => {
  const { database, notes } = await open();
  const writes = range(300).map((n) => notes.add('a', n));
  await Promise.all([database.close(), database.close()]);
  await Promise.all(writes);
  await expect(notes.count()).rejects.toMatchObject({ code: 'data_unavailable' });
  const sizes = await Promise.all(
    (await readdir(folder)).filter((name) => name.endsWith('-wal')).map((name) => stat(join(folder, name))),
  );
  expect(sizes.every(({ size }) => size === 0)).toBe(true);
  expect(await (await open()).notes.count()).toBe(300);
});

test('data of a newer program is refused', async () => {
  const { database, notes } = await open();
  await notes.set_version(7);
  await database.close();
  await expect(open()).rejects.toMatchObject({
    code: 'data_newer',
    message: expect.stringMatching(/expected version 2 .* found 7; update/),
  });
});

test('data of an older program is brought up to date', async () => {
  const older = await openDatabase(file);
  opened.push(older);
  await writeFile(
    join(folder, 'old.mjs'),
    `export const module = { name: 'notes', migrations: ['CREATE TABLE notes (id INTEGER PRIMARY KEY, writer TEXT, n INTEGER)'], reads: {}, writes: {} };`,
  );
  await older.load(new URL(`file://${folder}/old.mjs`));
  await older.close();
  const { notes } = await open();
  await notes.keep('x', new Uint8Array(3));
  expect((await notes.blob('x'))?.byteLength).toBe(3);
});

test('a copy is one state of the data, and nobody who writes waits for it', async () => {
  const { notes } = await open();
  // So that the copy takes a while.
  await notes.keep('large', new Uint8Array(32 * 1024 ** 2));
  const other = await openDatabase(file);
  opened.push(other);
  const target = join(folder, 'copy.db');
  let isCopied = false;
  const copying = other.copyInto(target).finally(() => {
    isCopied = true;
  });
  let written = 0;
  while (!isCopied) await notes.addTwo('pair', written++, written++);
  await copying;
  const copy = await openDatabase(target);
  opened.push(copy);
  const copied = await copy.load<Notes>(notesModule);
  const pairs = await copied.notes('pair');
  expect(pairs.length % 2).toBe(0);
  expect(pairs).toEqual(range(pairs.length));
  expect(pairs.length).toBeLessThan(written);
  expect(await copied.integrity()).toBe('ok');
});

test('a copy that cannot be made says why, and of which file', async () => {
  const { database, notes } = await open();
  await database.copyInto(join(folder, 'there.db'));
  await expect(database.copyInto(join(folder, 'there.db'))).rejects.toThrow('already exists');
  const target = join(folder, 'nowhere', 'copy.db');
  await expect(database.copyInto(target)).rejects.toMatchObject({
    code: 'data_unavailable',
    message: expect.stringContaining(target),
  });
  expect(await notes.add('a', 1)).toBe(1);
});

test('a file that cannot be opened is said to be so', async () => {
  const refused = async (words: string) =>
    expect(open()).rejects.toMatchObject({
      code: 'data_unavailable',
      message: expect.stringContaining(`${file}: ${words}`),
    });
  for (const garbage of ['garbage\n', 'no database, no database, '.repeat(500)]) {
    await writeFile(file, garbage);
    await refused('expected a database, but the file is not one: move it away');
  }
  file = folder;
  await refused('it cannot be opened or made: see that its folder');
  file = join(folder, 'imagedex.db', 'below-a-file.db');
  await refused('its folder cannot be made');
});

test('a damaged file is said to be so, and one that may not be written', async () => {
  const { database, notes } = await open();
  await notes.add('a', 1);
  await database.close();
  await Promise.all([chmod(folder, 0o755), chmod(file, 0o644)]);
  const refused = (words: string) =>
    expect(open()).rejects.toMatchObject({
      code: 'data_unavailable',
      message: expect.stringContaining(`${file}: ${words}`),
    });
  await unprivileged(() => refused('it cannot be written with the rights of this user: mend the rights'));
  const content = await readFile(file);
  await writeFile(file, content.fill(65, 100, 4096));
  await refused('the database is damaged: put a copy of it back');
});

test('a full disk is an error for all that it hit, and nothing hangs', async () => {
  const { notes } = await open();
  await notes.add('a', 1);
  await notes.fill(20);
  const writes = [notes.keep('x', new Uint8Array(1_000_000)), notes.add('a', 2)];
  const [first] = await Promise.allSettled(writes);
  expect(first).toMatchObject({
    status: 'rejected',
    reason: { code: 'data_unavailable', message: expect.stringContaining('full') },
  });
  await notes.fill(100_000);
  expect(await notes.add('a', 3)).toBe(3);
});

test('when the thread dies all that waits is rejected', async () => {
  const { notes } = await open();
  const calls = [notes.die(), notes.add('a', 1), notes.count()];
  for (const result of await Promise.allSettled(calls)) {
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'data_unavailable' } });
  }
  await expect(notes.count()).rejects.toMatchObject({ code: 'data_unavailable' });
});

test('several processes write at once and lose nothing', async () => {
  const { notes } = await open();
  const writers = ['b', 'c'].map((name) => startWriter(name, 1000));
  const counted: Promise<number[]>[] = writers.map(async (child) =>
    JSON.parse((await text(child.stdout!)).split('\n')[1]!),
  );
  const own = range(1000).map(async (n) => {
    await notes.add('a', n);
    return notes.count_up('all');
  });
  const numbers = [...(await Promise.all(counted)).flat(), ...(await Promise.all(own))];
  expect(numbers.sort((a, b) => a - b)).toEqual(range(3000).map((n) => n + 1));
  expect(await notes.count()).toBe(3002);
}, 60_000);

test('a process killed in the middle leaves a readable file with all that it was told was written', async () => {
  const child = startWriter('b', 100_000);
  await once(child.stdout!, 'data');
  const { notes } = await open();
  while ((await notes.notes('b')).length < 100) await notes.count_up('meanwhile');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const written = await notes.notes('b');
  expect(written).toEqual(range(written.length));
  expect(await notes.integrity()).toBe('ok');
  expect(await notes.add('a', 1)).toBe(1);
}, 60_000);
