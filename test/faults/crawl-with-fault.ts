// A crawl that kills itself and its describers at one point of an image's way. Run as a process group of its own:
// crawl-with-fault DATA_DIR SOURCE POINT COUNT [FLAGS, as JSON]. Faults are wrappers of the ports; src/ knows nothing of them.
import { appendFileSync } from 'node:fs';
import { openParts, type Parts, type Workshop } from '../../src/app/parts.ts';
import { assembleApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config/config.ts';
import type { Change, Ledger } from '../../src/ledger.ts';
import type { Queue } from '../../src/queue/queue.ts';
import type { Work } from '../../src/work.ts';

const [dataDir, source, point, count, flags = '{}'] = process.argv.slice(2);

let passed = 0;
/** Images that were leased and are not done. */
let inFlight = 0;
/** At the COUNT-th time that the way comes by POINT: says how many images were in flight, and kills the group. */
function at(here: string): void {
  if (here !== point || ++passed !== Number(count)) return;
  appendFileSync(`${dataDir}.in-flight`, `${inFlight}\n`);
  process.kill(-process.pid, 'SIGKILL');
}

const changeOf = ({ kind, record }: Change): string =>
  kind === 'location' && record !== null ? `location ${(record as { state: string }).state}` : kind;

function faultyLedger(ledger: Ledger): Ledger {
  return {
    ...ledger,
    change: async (changes) => {
      const kinds = new Set(changes.map(changeOf));
      if (kinds.has('description')) at('before the description is written');
      if (kinds.has('location described')) at('before the location is written');
      if (kinds.size === 1 && kinds.has('image')) at('before the image is marked clean');
      if (kinds.has('location indexed')) at('before the location is settled');
      const result = await ledger.change(changes);
      if (kinds.has('location described')) at('after the location is written');
      if (kinds.size === 1 && kinds.has('image')) at('after the image is marked clean');
      return result;
    },
  };
}

function faultyQueue(queue: Queue<Work>): Queue<Work> {
  return {
    ...queue,
    put: async (items) => {
      at('before found images are put');
      return queue.put(items);
    },
    async *leases(options, signal) {
      for await (const lease of queue.leases(options, signal)) {
        const isImage = lease.item.body.type === 'fetch';
        if (isImage) inFlight++;
        yield {
          ...lease,
          done: async () => {
            if (isImage) at('before the acknowledgment');
            await lease.done();
            if (isImage) inFlight--;
            if (isImage) at('after an image is done');
          },
        };
      }
    },
  };
}

function faulty(parts: Parts): Parts {
  return {
    ...parts,
    ledger: faultyLedger(parts.ledger),
    index: {
      ...parts.index,
      put: async (documents) => {
        at('before the index is written');
        const rejected = await parts.index.put(documents);
        at('after the index is written');
        return rejected;
      },
    },
    blobs: {
      ...parts.blobs,
      put: async (key, content) => {
        at('before the thumbnail is stored');
        await parts.blobs.put(key, content);
      },
    },
    openWorkshop: async (): Promise<Workshop> => {
      const { owner, queue, describers } = await parts.openWorkshop();
      return {
        owner,
        queue: faultyQueue(queue),
        describers: {
          model: describers.model,
          counts: () => describers.counts(),
          close: () => describers.close(),
          describe: async (image) => {
            at('after the fetch');
            return describers.describe(image);
          },
        },
      };
    },
  };
}

const config = await loadConfig({
  flags: { dataDir, retryDelayMs: 10, logLevel: 'error', ...JSON.parse(flags) },
});
const app = assembleApp(faulty(await openParts(config)));
const command = { sources: [source!], collection: 'default', maxImages: null, fresh: false };
const report = await app.crawl(command, new AbortController().signal);
process.stdout.write(`${JSON.stringify(report)}\n`);
await app.close();
