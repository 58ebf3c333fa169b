// What every driver of the Queue port does, also with several processes on the same data and when they are killed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Item, Lease, LeaseOptions, Queue } from '../../src/queue/queue.ts';

export interface QueuePlace {
  /** Small JSON, from which the opener module opens the same queue again, in another process too. */
  readonly settings: unknown;
  remove(): Promise<void>;
}
export interface Body {
  readonly n: number;
}
/** What the opener module exports as `open(settings)`: the queue of an owner of its own. */
export interface OpenedQueue {
  readonly queue: Queue<Body>;
  close(): Promise<void>;
}

const crawlId = 'crawl';
const item = (key: string, partition: string | null = null, n = 0): Item<Body> => ({
  crawlId,
  key,
  partition,
  body: { n },
});
const items = (count: number, partition: string | null = null, name = 'k'): Item<Body>[] =>
  Array.from({ length: count }, (_, n) => item(`${name}${n}`, partition, n));
const keyOf = (lease: Lease<Body>): string => lease.item.key;
const forever = new AbortController().signal;

/** An iteration by hand: `next` waits for a lease, `none` looks whether none comes. */
class Taker {
  readonly #leases: AsyncIterator<Lease<Body>>;
  #coming: Promise<IteratorResult<Lease<Body>>> | undefined;

  constructor(queue: Queue<Body>, options: Partial<LeaseOptions> = {}, signal: AbortSignal = forever) {
    const wanted = { crawlId, maxInFlight: 100, maxPerPartition: 1, ...options };
    this.#leases = queue.leases(wanted, signal)[Symbol.asyncIterator]();
  }

  async result(): Promise<IteratorResult<Lease<Body>>> {
    const coming = this.#coming ?? this.#leases.next();
    this.#coming = undefined;
    return coming;
  }

  async next(): Promise<Lease<Body>> {
    const { value, done } = await this.result();
    if (done) throw new Error('the iteration has ended');
    return value;
  }

  async take(count: number): Promise<Lease<Body>[]> {
    const taken: Lease<Body>[] = [];
    while (taken.length < count) taken.push(await this.next());
    return taken;
  }

  /** True where no lease comes though some time is given to it. */
  async none(): Promise<boolean> {
    this.#coming ??= this.#leases.next();
    return (await Promise.race([this.#coming, sleep(300, 'none')])) === 'none';
  }

  async end(): Promise<void> {
    await this.#leases.return?.();
  }
}

export function describeQueue(name: string, opener: URL, makePlace: () => Promise<QueuePlace>): void {
  describe(`queue: ${name}`, { timeout: 60_000 }, () => {
    let place: QueuePlace;
    let opened: OpenedQueue[];
    let queue: Queue<Body>;
    const open = async (): Promise<Queue<Body>> => {
      const one: OpenedQueue = await (await import(opener.href)).open(place.settings);
      opened.push(one);
      return one.queue;
    };
    beforeEach(async () => {
      opened = [];
      place = await makePlace();
      queue = await open();
    });
    afterEach(async () => {
      for (const one of opened) {
        await one.queue.stop();
        await one.close();
      }
      await place.remove();
    });
    const counts = async () => {
      const { pending, leased, delayed, done } = await queue.counts(crawlId);
      return [pending, leased, delayed, done];
    };
    const ended = async (taker: Taker) => expect((await taker.result()).done).toBe(true);

    test('a key is known for the whole life of its crawl', async () => {
      expect(await queue.put([item('a'), item('b'), item('a')])).toEqual({ added: 2, known: 1 });
      expect(await queue.put([item('b'), item('c')])).toEqual({ added: 1, known: 1 });
      expect(await queue.put([{ ...item('a'), crawlId: 'other' }])).toEqual({ added: 1, known: 0 });
      const taker = new Taker(queue);
      for (const lease of await taker.take(3)) await lease.done();
      await ended(taker);
      expect(await counts()).toEqual([0, 0, 0, 3]);
      expect(await queue.put([item('a'), item('b')])).toEqual({ added: 0, known: 2 });
      expect(await queue.put([])).toEqual({ added: 0, known: 0 });
      await ended(new Taker(queue));
      expect(await queue.counts('other')).toEqual({ pending: 1, leased: 0, delayed: 0, done: 0 });
    });

    test('items come as they were put, oldest first', async () => {
      await queue.put(items(600));
      await queue.put([item('last', 'host', 9)]);
      const taken = await new Taker(queue, { maxInFlight: 1000 }).take(601);
      const unlimited = taken.filter((lease) => lease.item.partition === null);
      expect(unlimited.map((lease) => lease.item)).toEqual(items(600));
      expect(taken.find((lease) => keyOf(lease) === 'last')).toMatchObject({
        item: item('last', 'host', 9),
        attempt: 1,
      });
      expect(await counts()).toEqual([0, 601, 0, 0]);
    });

    test('no more are in flight than may be', async () => {
      await queue.put(items(5));
      const taker = new Taker(queue, { maxInFlight: 2 });
      const [a, b] = await taker.take(2);
      expect(await taker.none()).toBe(true);
      expect(await counts()).toEqual([3, 2, 0, 0]);
      await b!.freePartition();
      expect(await taker.none()).toBe(true);
      await a!.done();
      expect(keyOf(await taker.next())).toBe('k2');
      expect(await taker.none()).toBe(true);
      await b!.retry(60_000);
      expect(keyOf(await taker.next())).toBe('k3');
    });

    test('an iteration waits for what is put while something is open, and ends when nothing is', async () => {
      await queue.put([item('a')]);
      const taker = new Taker(queue);
      const a = await taker.next();
      expect(await taker.none()).toBe(true);
      await queue.put([item('b')]);
      const b = await taker.next();
      await a.done();
      expect(await taker.none()).toBe(true);
      await b.done();
      await ended(taker);
      await ended(new Taker(queue));
    });

    test('of a partition so many are leased as may be, until they free it', async () => {
      await queue.put([...items(3, 'h', 'h'), ...items(1, 'i', 'i'), item('free')]);
      const taker = new Taker(queue);
      const first = await taker.take(3);
      expect(first.map(keyOf).sort()).toEqual(['free', 'h0', 'i0']);
      expect(await taker.none()).toBe(true);
      const h0 = first.find((lease) => keyOf(lease) === 'h0')!;
      await h0.freePartition();
      const h1 = await taker.next();
      expect(keyOf(h1)).toBe('h1');
      // It has given up its place already: to be done frees nothing more.
      await h0.done();
      expect(await taker.none()).toBe(true);
      await h1.done();
      expect(keyOf(await taker.next())).toBe('h2');
    });

    test('a partition can take more than one at a time', async () => {
      await queue.put(items(5, 'h'));
      const taker = new Taker(queue, { maxPerPartition: 3 });
      const [first] = await taker.take(3);
      expect(await taker.none()).toBe(true);
      await first!.freePartition();
      expect(keyOf(await taker.next())).toBe('k3');
      expect(await taker.none()).toBe(true);
    });

    test('a freed partition rests as long as was asked, also for another owner', async () => {
      await queue.put(items(3, 'h'));
      const taker = new Taker(queue);
      const other = new Taker(await open());
      const first = await taker.next();
      const freedAt = Date.now();
      await first.freePartition(700);
      await first.done();
      expect(await Promise.all([taker.none(), other.none()])).toEqual([true, true]);
      const second = await Promise.race([taker.next(), other.next()]);
      expect(Date.now() - freedAt).toBeGreaterThanOrEqual(699);
      expect(keyOf(second)).toBe('k1');
    });

    test('retry and defer free the partition too', async () => {
      await queue.put(items(3, 'h'));
      const taker = new Taker(queue);
      await (await taker.next()).retry(60_000);
      await (await taker.next()).defer(60_000);
      expect(keyOf(await taker.next())).toBe('k2');
      expect(await counts()).toEqual([0, 1, 2, 0]);
    });

    test('a partition of very many does not hide the others', async () => {
      await queue.put(items(5000, 'big', 'big'));
      await queue.put(items(2000));
      await queue.put([...items(3, 'small', 'small'), ...items(2, 'tiny', 'tiny')]);
      // One at a time, so that each choice counts.
      const taker = new Taker(queue, { maxInFlight: 1 });
      const seen: string[] = [];
      for (let n = 0; n < 40; n++) {
        const lease = await taker.next();
        seen.push(keyOf(lease));
        await lease.done();
      }
      for (const key of ['small0', 'small1', 'small2', 'tiny1', 'big2']) expect(seen).toContain(key);
    });

    test('retry uses up an attempt, defer does not, and both wait', async () => {
      await queue.put([item('a')]);
      const taker = new Taker(queue);
      const first = await taker.next();
      const at = Date.now();
      await first.retry(400);
      expect(await counts()).toEqual([0, 0, 1, 0]);
      const second = await taker.next();
      expect(Date.now() - at).toBeGreaterThanOrEqual(399);
      expect([keyOf(second), second.attempt]).toEqual(['a', 2]);
      await second.defer(0);
      const third = await taker.next();
      expect(third.attempt).toBe(2);
      await third.extend();
      await third.retry(0);
      const fourth = await taker.next();
      expect(fourth.attempt).toBe(3);
      await fourth.done();
      await ended(taker);
    });

    test('a delayed item does not hold up the others', async () => {
      await queue.put([item('a', 'h'), item('b', 'h')]);
      const taker = new Taker(queue);
      await (await taker.next()).retry(300);
      const b = await taker.next();
      expect(keyOf(b)).toBe('b');
      await b.done();
      expect(keyOf(await taker.next())).toBe('a');
    });

    test('what has ended once stays as it ended', async () => {
      await queue.put([item('a')]);
      const taker = new Taker(queue);
      const lease = await taker.next();
      await lease.done();
      await lease.retry(0);
      await lease.defer(0);
      await lease.freePartition();
      await lease.done();
      await ended(taker);
      expect(await counts()).toEqual([0, 0, 0, 1]);
    });

    const itemsOf = async (crawl: string) => {
      const all: Item<Body>[] = [];
      for await (const one of queue.items(crawl)) all.push(one);
      return all;
    };

    test('items are what is not done, as it was put', async () => {
      const all = [...items(700), ...items(700, 'h', 'h')];
      await queue.put(all);
      await queue.put([{ ...item('a'), crawlId: 'other' }]);
      const taker = new Taker(queue);
      const [first, second, third] = await taker.take(3);
      await first!.done();
      await second!.retry(60_000);
      const left = all.filter(({ key }) => key !== keyOf(first!));
      expect(await itemsOf(crawlId)).toEqual(left);
      await third!.freePartition();
      expect(await itemsOf('other')).toHaveLength(1);
      expect(await itemsOf('none')).toEqual([]);
    });

    test('what is dropped is done, whether it was pending, delayed or leased', async () => {
      await queue.put([...items(4, 'h'), ...items(2, 'i', 'i'), item('free')]);
      await queue.put([{ ...item('k1', 'h'), crawlId: 'other' }]);
      const taker = new Taker(queue, { maxInFlight: 9 });
      const held = await taker.take(3);
      const k0 = held.find((lease) => keyOf(lease) === 'k0')!;
      const i0 = held.find((lease) => keyOf(lease) === 'i0')!;
      await i0.defer(60_000);
      const i1 = await taker.next();
      expect(await taker.none()).toBe(true);
      expect(await queue.drop(crawlId, ['k0', 'k1', 'i0', 'never', 'k1'])).toBe(3);
      expect(await queue.drop(crawlId, ['k0', 'k1'])).toBe(0);
      // Its partition is free, and whoever held it has lost it.
      expect(keyOf(await taker.next())).toBe('k2');
      expect(await counts()).toEqual([1, 3, 0, 3]);
      await k0.retry(0);
      await k0.freePartition(60_000);
      expect(await counts()).toEqual([1, 3, 0, 3]);
      expect(await queue.put([item('k1', 'h')])).toEqual({ added: 0, known: 1 });
      expect((await itemsOf(crawlId)).map(({ key }) => key)).toEqual(['k2', 'k3', 'i1', 'free']);
      expect((await queue.counts('other')).pending).toBe(1);
      await i1.done();
      expect(await queue.drop(crawlId, ['k2', 'k3', 'free'])).toBe(3);
      await ended(taker);
      expect(await counts()).toEqual([0, 0, 0, 7]);
    });

    test('a closed crawl takes nothing more and hands out what it has', async () => {
      await queue.put([item('a')]);
      await queue.close(crawlId);
      expect(await queue.put([item('b')])).toBeNull();
      expect(await (await open()).put([item('a')])).toBeNull();
      const taker = new Taker(queue);
      await (await taker.next()).done();
      await ended(taker);
    });

    test('a purged crawl is forgotten, and others are not', async () => {
      await queue.put([...items(20, 'h'), ...items(20, null, 'n')]);
      await queue.put([{ ...item('a'), crawlId: 'other' }]);
      const taker = new Taker(queue);
      const held = await taker.next();
      await queue.close(crawlId);
      await queue.purge(crawlId);
      await held.done();
      expect(await counts()).toEqual([0, 0, 0, 0]);
      expect(await queue.put([item('k0', 'h')])).toEqual({ added: 1, known: 0 });
      expect(keyOf(await new Taker(queue).next())).toBe('k0');
      expect((await queue.counts('other')).pending).toBe(1);
    });

    test('a signal ends the iteration, and what was not handed out is free', async () => {
      await queue.put(items(10, null));
      const stop = new AbortController();
      const taker = new Taker(queue, { maxInFlight: 5 }, stop.signal);
      const first = await taker.next();
      stop.abort();
      await ended(taker);
      expect(await counts()).toEqual([9, 1, 0, 0]);
      await first.done();
      const again = new Taker(queue, { maxInFlight: 1 });
      expect(keyOf(await again.next())).toBe('k1');
      await again.end();
    });

    test('a signal ends an iteration that waits', async () => {
      await queue.put([item('a', 'h'), item('b', 'h')]);
      const stop = new AbortController();
      const taker = new Taker(queue, {}, stop.signal);
      await taker.next();
      expect(await taker.none()).toBe(true);
      stop.abort();
      await ended(taker);
    });

    test('stop gives back what this process has leased, as the same attempt', async () => {
      await queue.put(items(3, 'h'));
      const taker = new Taker(queue);
      const lease = await taker.next();
      const other = new Taker(await open());
      expect(await other.none()).toBe(true);
      await queue.stop();
      await ended(taker);
      const again = await other.next();
      expect([keyOf(again), again.attempt]).toEqual(['k0', 1]);
      // The first owner has lost it.
      await lease.done();
      expect(await counts()).toEqual([2, 1, 0, 0]);
    });

    test('two iterations of one process share the items', async () => {
      await queue.put(items(200));
      const taken: string[] = [];
      const work = async () => {
        for await (const lease of queue.leases({ crawlId, maxInFlight: 7, maxPerPartition: 1 }, forever)) {
          taken.push(keyOf(lease));
          void lease.done();
        }
      };
      await Promise.all([work(), work()]);
      expect(taken.length).toBe(200);
      expect(new Set(taken).size).toBe(200);
    });

    const startWorker = (isHolding = false) => {
      const script = fileURLToPath(new URL('../fixtures/queue-worker.ts', import.meta.url));
      const task = JSON.stringify({ opener: opener.href, settings: place.settings, crawlId, isHolding });
      const child = spawn(process.execPath, ['--import', 'tsx', script, task], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      return {
        child,
        lines: createInterface({ input: child.stdout! })[Symbol.asyncIterator](),
        exit: once(child, 'exit'),
      };
    };
    interface Span {
      readonly key: string;
      readonly partition: string | null;
      readonly from: number;
      readonly to: number;
    }

    test('processes share a crawl: every item once, a partition one at a time, rest times kept', async () => {
      const hosts = ['a', 'b', 'c'].flatMap((host) => items(25, host, host));
      await queue.put([...hosts, ...items(400)]);
      const workers = [startWorker(), startWorker()];
      const spans: Span[] = [];
      for (const { lines, exit } of workers) {
        for (let line = await lines.next(); !line.done; line = await lines.next())
          spans.push(JSON.parse(line.value));
        expect((await exit)[0]).toBe(0);
      }
      expect(spans.map(({ key }) => key).sort()).toEqual(
        [...hosts, ...items(400)].map(({ key }) => key).sort(),
      );
      for (const host of ['a', 'b', 'c']) {
        const ofHost = spans.filter(({ partition }) => partition === host).sort((a, b) => a.from - b.from);
        // The workers free a partition with a rest of 10 ms.
        const gaps = ofHost.slice(1).map((span, n) => span.from - ofHost[n]!.to);
        expect(Math.min(...gaps)).toBeGreaterThanOrEqual(9);
      }
      expect(await counts()).toEqual([0, 0, 0, 475]);
    });

    test('what a killed process held comes again, as the same attempt', async () => {
      await queue.put([...items(20), ...items(3, 'h', 'h')]);
      const holder = startWorker(true);
      for (let held = 0; held < 21; held++) await holder.lines.next();
      const taker = new Taker(queue);
      // It lives, so what it holds is its own.
      expect(await taker.none()).toBe(true);
      holder.child.kill('SIGKILL');
      await holder.exit;
      const taken = await taker.take(21);
      expect(taken.map(keyOf).sort()).toEqual([...items(20), item('h0')].map(({ key }) => key).sort());
      expect(taken.every(({ attempt }) => attempt === 1)).toBe(true);
      for (const lease of taken) await lease.done();
      for (const lease of [await taker.next()]) await lease.done();
      await (await taker.next()).done();
      await ended(taker);
    });
  });
}
