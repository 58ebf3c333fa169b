import { execFileSync } from 'node:child_process';
import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  rename,
  rm,
  stat,
  symlink,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Budget, Fetched, ImageSighting, Source } from '../../../src/crawler/source.ts';
import { open } from '../../../src/crawler/sources/folder.ts';
import type { LocationRecord } from '../../../src/ledger.ts';
import { sha256Of } from '../../../src/record.ts';
import { unprivileged } from '../../unprivileged.ts';

const gif = Buffer.from('R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==', 'base64');
const settings = { maxImageBytes: 200_000 };
const { signal } = new AbortController();

let folder: string;
let held: number;
const budget: Budget = {
  reserve: async (bytes) => {
    held += bytes;
    return () => {
      held -= bytes;
    };
  },
  tryReserve: (bytes) => {
    held += bytes;
    return true;
  },
  grow: async (bytes) => {
    held += bytes;
  },
};
beforeEach(async () => {
  held = 0;
  folder = await mkdtemp(join(tmpdir(), 'imagedex-folder-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = async (path: string, content: string | Buffer = gif): Promise<void> => {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), content);
};
const openFolder = (): Promise<Source> => open({ address: folder, settings });

/** Everything below the roots, and how many listings it took. */
async function walk(source: Source) {
  const images: ImageSighting[] = [];
  const others: string[] = [];
  let listings = 0;
  const items = [...(await source.start('default', signal))];
  for (let item = items.shift(); item !== undefined; item = items.shift()) {
    listings++;
    const expansion = await source.expand(item, 'default', undefined, signal);
    if (expansion.outcome === 'expanded') {
      expect(expansion.page).toBeNull();
      images.push(...expansion.images);
      items.push(...expansion.further);
    } else others.push(`${item.address} ${expansion.outcome}`);
  }
  return { images, listings, others, addresses: images.map(({ location }) => location.address) };
}

async function fetchOne(source: Source, address: string, etag?: string): Promise<Fetched> {
  const { images } = await walk(source);
  const { location } = images.find((image) => image.location.address === address)!;
  const earlier = etag === undefined ? undefined : ({ validators: { etag } } as LocationRecord);
  return source.fetch(location, earlier, budget, signal);
}

describe('what is found', () => {
  test('every file below, in order, by its path from the source', async () => {
    for (const path of ['b.gif', 'a.txt', 'none', 'z/deep/er/x.gif', 'ä b#?.gif']) await put(path);
    const source = await openFolder();
    const { images, addresses, listings } = await walk(source);
    expect(addresses).toEqual(['a.txt', 'b.gif', 'none', 'ä b#?.gif', 'z/deep/er/x.gif']);
    expect(listings).toBe(4);
    expect(source.id).toBe(`folder:${folder}`);
    for (const { location, partition, context } of images) {
      expect([location.host, partition, context]).toEqual(['', null, null]);
      expect(fileURLToPath(location.url)).toBe(join(folder, location.address));
    }
    expect(new Set(images.map(({ location }) => location.id)).size).toBe(5);
  });

  test('the same by another path or a link to it', async () => {
    await put('real/a.gif');
    await symlink(join(folder, 'real'), join(folder, 'link'));
    const [real, link] = await Promise.all(
      ['real', 'link/../real/.'].map((name) => open({ address: join(folder, name), settings })),
    );
    expect(link!.id).toBe(real!.id);
    expect((await walk(link!)).images).toEqual((await walk(real!)).images);
  });

  test('not: hidden files and folders, pipes and sockets', async () => {
    for (const path of ['a.gif', '.hidden.gif', '.git/b.gif']) await put(path);
    execFileSync('mkfifo', [join(folder, 'pipe.gif')]);
    const server = createServer().listen(join(folder, 'socket.gif'));
    expect((await walk(await openFolder())).addresses).toEqual(['a.gif']);
    server.close();
  });

  test('links to files within the source, but none that lead out, nowhere or to folders', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'imagedex-outside-'));
    await writeFile(join(outside, 'secret.gif'), gif);
    await put('sub/a.gif');
    for (const [name, target] of [
      ['in.gif', 'sub/a.gif'],
      ['out.gif', join(outside, 'secret.gif')],
      ['dangling.gif', 'nothing'],
      ['itself.gif', 'itself.gif'],
      ['up', '..'],
      ['again', 'sub'],
    ] as const) {
      await symlink(target, join(folder, name));
    }
    const source = await openFolder();
    expect((await walk(source)).addresses).toEqual(['in.gif', 'sub/a.gif']);
    expect(await fetchOne(source, 'in.gif')).toMatchObject({ outcome: 'fetched' });
    await rm(outside, { recursive: true });
  });

  test('a single file', async () => {
    for (const path of ['a.gif', 'b.gif']) await put(path);
    const source = await open({ address: join(folder, 'b.gif'), settings });
    expect((await walk(source)).addresses).toEqual(['b.gif']);
    expect(await fetchOne(source, 'b.gif')).toMatchObject({ outcome: 'fetched' });
  });

  test('a folder of 12,000 files and folders in parts, each once', { timeout: 60_000 }, async () => {
    const names = Array.from({ length: 12_000 }, (_, i) => `${(i * 7919) % 12_000}`);
    for (const name of names) await writeFile(join(folder, name), '');
    await put('5/x', gif).catch(() => {}); // A file is there already.
    await put('folder/x', gif);
    const source = await openFolder();
    const { addresses, listings } = await walk(source);
    expect(addresses.toSorted()).toEqual([...names, 'folder/x'].sort());
    expect(listings).toBe(1 + 3 + 1);
    const [root] = await source.start('default', signal);
    const parts = await source.expand(root!, 'default', undefined, signal);
    // A file that comes between the parts is in one of them.
    await put('99999999');
    const later = [];
    for (const { address, depth } of parts.outcome === 'expanded' ? parts.further : []) {
      const part = await source.expand(source.further(address, depth), 'default', undefined, signal);
      later.push(...(part.outcome === 'expanded' ? part.images : []));
    }
    expect(later).toHaveLength(12_001);
  });

  test.skipIf(process.platform !== 'linux')('a name that is not UTF-8 is a failure', async () => {
    const name = (before: string): Buffer =>
      Buffer.concat([Buffer.from(`${folder}/${before}`), Buffer.from([0xff, 0x41])]);
    await put('a.gif');
    await writeFile(name('f'), gif);
    await writeFile(name('g'), gif);
    await mkdir(name('folder'));
    const source = await openFolder();
    const { images, others } = await walk(source);
    expect(images.map(({ location }) => location.url.slice(-10))).toContain('/%66%ff%41');
    expect(new Set(images.map(({ location }) => location.id)).size).toBe(3);
    expect(others).toEqual(['.//%66%6f%6c%64%65%72%ff%41 failed']);
    const fetched = await fetchOne(source, './/%66%ff%41');
    expect(fetched).toMatchObject({ outcome: 'failed', failure: { code: 'unreadable', retry: 'never' } });
  });
});

describe('what cannot be listed', () => {
  test.each([
    ['nothing', 'there is nothing'],
    ['file/below', 'there is nothing'],
  ])('a source that is not there: %s', async (name, words) => {
    await put('file');
    const source = await open({ address: join(folder, name), settings });
    await expect(source.start('default', signal)).rejects.toMatchObject({
      code: 'source_unavailable',
      message: expect.stringContaining(words),
    });
  });

  test('a source that is neither file nor folder', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const source = await open({ address: join(folder, 'pipe'), settings });
    await expect(source.start('default', signal)).rejects.toMatchObject({ code: 'source_unavailable' });
  });

  test('a folder that went meanwhile is gone, but not when the whole source went', async () => {
    await put('sub/a.gif');
    const source = await openFolder();
    const sub = source.further('sub', 1);
    await rename(join(folder, 'sub'), join(folder, 'other'));
    expect(await source.expand(sub, 'default', undefined, signal)).toMatchObject({
      outcome: 'gone',
      failure: { code: 'not_found' },
    });
    await rm(folder, { recursive: true });
    for (const address of ['sub', '.']) {
      expect(await source.expand(source.further(address, 1), 'default', undefined, signal)).toMatchObject({
        outcome: 'failed',
        failure: { stage: 'find', code: 'unreadable', reason: expect.stringContaining('not there any more') },
      });
    }
  });

  test('what this user may not read is unreadable', async () => {
    await put('a.gif');
    await put('sub/b.gif');
    await chmod(folder, 0o755);
    await chmod(join(folder, 'a.gif'), 0);
    await chmod(join(folder, 'sub'), 0);
    await unprivileged(async () => {
      const source = await openFolder();
      expect((await walk(source)).others).toEqual(['sub failed']);
      expect(await fetchOne(source, 'a.gif')).toMatchObject({
        outcome: 'failed',
        failure: { code: 'unreadable' },
      });
      const sub = await open({ address: join(folder, 'sub'), settings });
      await expect(sub.start('default', signal)).rejects.toThrow('this user may not read it');
    });
    await chmod(join(folder, 'sub'), 0o700);
  });
});

describe('fetch', () => {
  test('gives the content, and holds its bytes', async () => {
    const content = Buffer.concat([gif, Buffer.alloc(100_000)]);
    await put('a.txt', content);
    const fetched = await fetchOne(await openFolder(), 'a.txt');
    expect(fetched).toMatchObject({ outcome: 'fetched', format: 'GIF', sha256: sha256Of(content) });
    if (fetched.outcome !== 'fetched') return;
    expect(Buffer.from(fetched.content)).toEqual(content);
    expect(fetched.validators.sizeBytes).toBe(content.length);
    expect(held).toBe(content.length);
  });

  test('an unchanged file is not read', async () => {
    await put('a.gif');
    const source = await openFolder();
    const first = await fetchOne(source, 'a.gif');
    const etag = first.outcome === 'fetched' ? first.validators.etag : undefined;
    expect(await fetchOne(source, 'a.gif', etag)).toEqual({ outcome: 'unchanged' });
    expect(held).toBe(gif.length);
  });

  test.each([
    [
      'other bytes of the same length and time',
      async (path: string) => {
        const { atime, mtime } = await stat(path);
        await writeFile(path, Buffer.concat([gif.subarray(0, -1), Buffer.from('x')]));
        await utimes(path, atime, mtime);
      },
    ],
    [
      'another file moved to its place',
      async (path: string) => {
        await writeFile(`${path}.new`, gif);
        await rename(`${path}.new`, path);
      },
    ],
    ['more bytes', (path: string) => appendFile(path, 'x')],
  ])('a changed file is read again: %s', async (_, change) => {
    await put('a.gif');
    const source = await openFolder();
    const first = await fetchOne(source, 'a.gif');
    const etag = first.outcome === 'fetched' ? first.validators.etag : undefined;
    // File systems keep times in ticks of some milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 20));
    await change(join(folder, 'a.gif'));
    expect(await fetchOne(source, 'a.gif', etag)).toMatchObject({ outcome: 'fetched' });
  });

  test.each([
    ['empty', '', 'not_an_image'],
    ['words', 'some words', 'not_an_image'],
    ['drawing.png', '<svg/>', 'unsupported_format'],
    ['large.gif', Buffer.concat([gif, Buffer.alloc(300_000)]), 'too_many_bytes'],
    ['film.gif', Buffer.alloc(300_000), 'not_an_image'],
  ])('skips %s', async (name, content, code) => {
    await put(name, content);
    expect(await fetchOne(await openFolder(), name)).toMatchObject({ outcome: 'skipped', code });
    expect(held).toBe(0);
  });

  test('a file that went is gone, whatever took its place', async () => {
    const outside = join(folder, '..', `outside-${process.pid}.gif`);
    await writeFile(outside, gif);
    await put('a.gif');
    const path = join(folder, 'a.gif');
    const source = await openFolder();
    const location = (await walk(source)).images[0]!.location;
    const places: (() => Promise<unknown> | undefined)[] = [
      async () => {},
      () => mkdir(path),
      async () => execFileSync('mkfifo', [path]),
      () => symlink(outside, path),
    ];
    for (const place of places) {
      await rm(path, { recursive: true, force: true });
      await place();
      expect(await source.fetch(location, undefined, budget, signal)).toMatchObject({
        outcome: 'gone',
        failure: { stage: 'fetch', code: 'not_found' },
      });
    }
    await rm(folder, { recursive: true });
    // The whole source went: a disk may be unplugged, so nothing is concluded.
    expect(await source.fetch(location, undefined, budget, signal)).toMatchObject({ outcome: 'failed' });
    await unlink(outside);
    expect(held).toBe(0);
  });

  /** Changes the file at each of the first `times` reservations, which is while it is being read. */
  const meddling = (times: number): Budget => {
    let left = times;
    return {
      ...budget,
      reserve: async (bytes, signal) => {
        if (left-- > 0) await appendFile(join(folder, 'a.gif'), 'x');
        return budget.reserve(bytes, signal);
      },
    };
  };

  test('a file that changes while it is read is read once more', async () => {
    await put('a.gif');
    const source = await openFolder();
    const location = (await walk(source)).images[0]!.location;
    const content = Buffer.concat([gif, Buffer.from('x')]);
    expect(await source.fetch(location, undefined, meddling(1), signal)).toMatchObject({
      outcome: 'fetched',
      sha256: sha256Of(content),
      validators: { sizeBytes: content.length },
    });
    expect(held).toBe(content.length);
    held = 0;
    expect(await source.fetch(location, undefined, meddling(2), signal)).toMatchObject({
      outcome: 'failed',
      failure: { code: 'unreadable', reason: expect.stringContaining('changed') },
    });
    expect(held).toBe(0);
  });

  test('stops when it is told to, and holds nothing', async () => {
    await put('a.gif');
    const source = await openFolder();
    const location = (await walk(source)).images[0]!.location;
    const stop = new AbortController();
    const stopping: Budget = {
      ...budget,
      reserve: async (bytes, signal) => {
        stop.abort(new Error('stopped'));
        return budget.reserve(bytes, signal);
      },
    };
    await expect(source.fetch(location, undefined, stopping, stop.signal)).rejects.toThrow('stopped');
    expect(held).toBe(0);
  });
});
