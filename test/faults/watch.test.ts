// Two `serve` on one data directory watch once; one that is killed is followed by the other; without inotify it is polled.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { picture } from '../pictures.ts';
import { testFolder } from '../world.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

interface Serving {
  readonly child: ChildProcess;
  readonly log: () => string;
  readonly ask: <T>(query: string) => Promise<T>;
}

const folders: string[] = [];
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function kill(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

async function placeOfPictures(): Promise<string> {
  const folder = await testFolder();
  folders.push(folder);
  await mkdir(join(folder, 'pictures', 'sub'), { recursive: true });
  await writeFile(join(folder, 'pictures', '0.jpg'), await picture(0));
  await writeFile(
    join(folder, 'imagedex.config.yaml'),
    'port: 0\ndescribers: 1\nwatchPollMs: 1000\nwatchSettleMs: 500\ncollections: { default: { sources: [pictures], watch: true } }\n',
  );
  return folder;
}

/** `within`: a command that the program is started by. */
async function serve(cwd: string, within: readonly string[] = []): Promise<Serving> {
  const [program, ...args] = [...within, process.execPath, cli, 'serve', '--json'];
  const child = spawn(program!, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let [out, log] = ['', ''];
  child.stdout!.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr!.on('data', (chunk) => {
    log += chunk;
  });
  await until(async () => out.includes('\n') || child.exitCode !== null, 30_000);
  if (child.exitCode !== null) throw new Error(log);
  const { graphql } = JSON.parse(out) as { graphql: string };
  return {
    child,
    log: () => log,
    ask: async <T>(query: string) => {
      const answer = await fetch(graphql, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      return ((await answer.json()) as { data: T }).data;
    },
  };
}

async function until(what: () => Promise<boolean>, mostMs = 30_000): Promise<void> {
  const start = performance.now();
  while (!(await what())) {
    if (performance.now() - start > mostMs) throw new Error(`not so after ${mostMs} ms: ${what}`);
    await sleep(100);
  }
}

const count = async ({ ask }: Serving): Promise<number> =>
  (await ask<{ images: { totalCount: { value: number } } }>('{ images { totalCount { value } } }')).images
    .totalCount.value;
const changeCrawls = async ({ ask }: Serving): Promise<number> =>
  (
    await ask<{ crawls: { startedBy: string; isPartial: boolean }[] }>('{ crawls { startedBy isPartial } }')
  ).crawls.filter(({ startedBy, isPartial }) => startedBy === 'WATCH' && isPartial).length;
interface Watch {
  readonly isWatched: boolean;
  readonly by: string;
  readonly error: string | null;
  readonly lookedAt: string | null;
  readonly source: { readonly kind: string };
}
const watches = async ({ ask }: Serving): Promise<Watch[]> =>
  (await ask<{ watches: Watch[] }>('{ watches { isWatched by error lookedAt source { kind } } }')).watches;

describe('processes that watch', { timeout: 180_000 }, () => {
  test('two on one data directory watch once; the one that is left goes on when the other is killed', async () => {
    const folder = await placeOfPictures();
    const one = await serve(folder);
    await until(async () => (await count(one)) === 1);
    const other = await serve(folder);
    expect(await watches(other)).toMatchObject([
      { isWatched: true, by: 'EVENTS', error: null, source: { kind: 'folder' } },
    ]);
    await writeFile(join(folder, 'pictures', '1.jpg'), await picture(1));
    await until(async () => (await count(other)) === 2);
    await sleep(2_000);
    expect(await changeCrawls(other)).toBe(1);
    await kill(one.child);
    await writeFile(join(folder, 'pictures', '2.jpg'), await picture(2));
    await until(async () => (await count(other)) === 3);
    await writeFile(join(folder, 'pictures', '3.jpg'), await picture(3));
    await until(async () => (await count(other)) === 4);
  });

  test('killed in the middle of a watch, and started again: what changed meanwhile is seen, and it stops at once', async () => {
    const folder = await placeOfPictures();
    const killed = await serve(folder);
    await until(async () => (await count(killed)) === 1);
    for (let number = 1; number <= 20; number++)
      await writeFile(join(folder, 'pictures', 'sub', `${number}.jpg`), await picture(number));
    await until(async () => (await changeCrawls(killed)) > 0);
    await kill(killed.child);
    await rm(join(folder, 'pictures', 'sub', '1.jpg'));
    await writeFile(join(folder, 'pictures', '21.jpg'), await picture(21));
    const again = await serve(folder);
    await until(async () => (await count(again)) === 21);
    const start = performance.now();
    await kill(again.child, 'SIGTERM');
    expect(again.child.exitCode).toBe(0);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  // In a user namespace of its own a process may be left three watches.
  const few = ['unshare', '--user', '--map-root-user', 'sh', '-c'];
  const limit = 'echo 1 > /proc/sys/user/max_inotify_watches && ';
  const canLimit = spawnSync(few[0]!, [...few.slice(1), `${limit} true`]).status === 0;
  if (!canLimit) process.stderr.write('skipped: needs unshare with user namespaces, to run out of watches\n');

  test.skipIf(!canLimit)(
    'where the system has no watches left it is polled, says so once, and finds what comes',
    async () => {
      const folder = await placeOfPictures();
      const serving = await serve(folder, [...few, `${limit} exec "$@"`, 'sh']);
      await until(async () => (await count(serving)) === 1);
      await until(async () => (await watches(serving))[0]?.by === 'POLLING');
      await writeFile(join(folder, 'pictures', 'sub', '1.jpg'), await picture(1));
      await until(async () => (await count(serving)) === 2);
      await rm(join(folder, 'pictures', '0.jpg'));
      await until(async () => (await count(serving)) === 1);
      expect(serving.log().match(/ENOSPC/g)).toHaveLength(1);
    },
  );
});
