// What every driver of the Blobs port does, also with several processes on the same data and when they are killed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Blobs } from '../../src/blobs/blobs.ts';
import { open as openFolder } from '../../src/blobs/folder.ts';

export interface BlobsPlace {
  /** What the driver's `open` takes; small JSON, so that another process can open the same blobs. */
  readonly settings: unknown;
  remove(): Promise<void>;
}

export const bytesOf = (letter: string, length: number): Uint8Array =>
  new Uint8Array(Buffer.alloc(length, letter));

/** Another process that opens the same blobs and puts `letters` in turn under `key`, for ever or once each. */
export async function putter(
  driver: URL,
  place: BlobsPlace,
  key: string,
  letters: string,
  isEndless: boolean,
) {
  const script = fileURLToPath(new URL('../fixtures/blob-putter.ts', import.meta.url));
  const task = JSON.stringify({ driver: driver.href, settings: place.settings, key, letters, isEndless });
  const child = spawn(process.execPath, ['--import', 'tsx', script, task], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, ended, line: async () => (await lines.next()).value as string | undefined };
}

export function describeBlobs(name: string, driver: URL, makePlace: () => Promise<BlobsPlace>): void {
  describe(`blobs: ${name}`, () => {
    let place: BlobsPlace;
    let blobs: Blobs;
    const open = async (): Promise<Blobs> => (await import(driver.href)).open(place.settings);

    beforeEach(async () => {
      place = await makePlace();
      blobs = await open();
    });
    afterEach(async () => {
      await blobs.close();
      await place.remove();
    });
    const listed = async (prefix: string): Promise<string[]> => {
      const keys: string[] = [];
      for await (const { key } of blobs.list(prefix)) keys.push(key);
      return keys.sort();
    };

    test('what was put is there, for the next process too', async () => {
      await blobs.put('thumbnails/abcd.jpg', bytesOf('x', 1000));
      await blobs.put('empty', new Uint8Array());
      await blobs.close();
      blobs = await open();
      expect(Buffer.from((await blobs.get('thumbnails/abcd.jpg'))!)).toEqual(Buffer.alloc(1000, 'x'));
      expect((await blobs.get('empty'))!.length).toBe(0);
      expect(await blobs.get('thumbnails/abce.jpg')).toBeNull();
    });

    test('a second put replaces the first', async () => {
      await blobs.put('a/b', bytesOf('x', 1000));
      await blobs.put('a/b', bytesOf('y', 10));
      expect(Buffer.from((await blobs.get('a/b'))!).toString()).toBe('y'.repeat(10));
    });

    test('what was removed is gone, and removing it again is nothing', async () => {
      await blobs.put('a/b', bytesOf('x', 1));
      await blobs.remove('a/b');
      await blobs.remove('a/b');
      expect(await blobs.get('a/b')).toBeNull();
      expect(await listed('')).toEqual([]);
    });

    test('sizes are told without reading', async () => {
      await blobs.put('a/b', bytesOf('x', 1000));
      await blobs.put('a/none', new Uint8Array());
      expect(await blobs.sizeOf('a/b')).toBe(1000);
      expect(await blobs.sizeOf('a/none')).toBe(0);
      expect(await blobs.sizeOf('a/c')).toBeNull();
    });

    test('a copy in a folder is a blob of its own', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'imagedex-blobs-'));
      try {
        await blobs.put('a/b', bytesOf('x', 1000));
        expect(await blobs.copyTo('a/b', folder)).toBe(1000);
        // Again is nothing, and what is not there is told.
        expect(await blobs.copyTo('a/b', folder)).toBe(1000);
        expect(await blobs.copyTo('a/c', folder)).toBeNull();
        await blobs.put('a/b', bytesOf('y', 10));
        const copies = await openFolder({ folder });
        expect(Buffer.from((await copies.get('a/b'))!)).toEqual(Buffer.alloc(1000, 'x'));
        await copies.put('a/b', bytesOf('z', 5));
        expect(await blobs.sizeOf('a/b')).toBe(10);
        await copies.close();
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    test('keys are listed by prefix, wherever it cuts them', async () => {
      const keys = [
        'thumbnails/00ff.jpg',
        'thumbnails/00fe.jpg',
        'thumbnails/zz',
        'thumb',
        'r/256/a.b-c',
        'thumbnails',
      ];
      for (const key of keys) await blobs.put(key, bytesOf('x', 1));
      expect(await listed('')).toEqual([...keys].sort());
      expect(await listed('thumb')).toEqual(keys.filter((key) => key.startsWith('thumb')).sort());
      expect(await listed('thumbnails/00f')).toEqual(['thumbnails/00fe.jpg', 'thumbnails/00ff.jpg']);
      expect(await listed('r/')).toEqual(['r/256/a.b-c']);
      expect(await listed('none')).toEqual([]);
    });

    test('a key may be the beginning of another', async () => {
      for (const key of ['ab', 'ab/ab', 'ab/ab/ab', 'ab/ab/ab/ab']) await blobs.put(key, Buffer.from(key));
      for (const key of await listed('')) expect(Buffer.from((await blobs.get(key))!).toString()).toBe(key);
      expect(await listed('')).toHaveLength(4);
    });

    test.each(['', '/a', 'a/', 'a//b', '..', 'a/../b', '.tmp/a', 'A', 'a b', 'a\\b', 'ä', 'a\0'])(
      'the key %j is refused',
      async (key) => {
        await expect(async () => blobs.put(key, bytesOf('x', 1))).rejects.toThrow('expected a key');
        await expect(async () => blobs.get(key)).rejects.toThrow('expected a key');
        await expect(async () => blobs.remove(key)).rejects.toThrow('expected a key');
      },
    );

    test('many at once', async () => {
      const keys = Array.from({ length: 200 }, (_, i) => `many/${i}`);
      await Promise.all(keys.map((key) => blobs.put(key, Buffer.from(key))));
      expect(await listed('many/')).toEqual([...keys].sort());
    });

    test('two processes put the same key: one of both is there, whole', { timeout: 60_000 }, async () => {
      const processes = await Promise.all(
        ['aa', 'bb'].map((letters) => putter(driver, place, 'same/key', letters, false)),
      );
      for (const { ended } of processes) expect(await ended).toEqual([0, null]);
      expectWhole(await blobs.get('same/key'));
    });

    test('a process killed while it writes leaves no half blob', { timeout: 60_000 }, async () => {
      for (let kill = 0; kill < 4; kill++) {
        const { child, ended, line } = await putter(driver, place, 'same/key', 'ab', true);
        for (let puts = 0; puts <= kill; puts++) await line();
        child.kill('SIGKILL');
        await ended;
        expectWhole(await blobs.get('same/key'));
      }
    });
  });
}

function expectWhole(content: Uint8Array | null): void {
  expect(content!.length).toBe(4 * 1024 ** 2);
  const letter = content![0]!;
  expect(content!.every((byte) => byte === letter)).toBe(true);
}
