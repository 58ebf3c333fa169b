// A take-down that kills itself before its COUNT-th write: forget-with-fault DATA_DIR TARGET COUNT. Faults are wrappers
// of the ports; src/ knows nothing of them.
import { openParts } from '../../src/app/parts.ts';
import { forget } from '../../src/collections/forget.ts';
import { loadConfig } from '../../src/config/config.ts';

const [dataDir, target, count] = process.argv.slice(2);
let writes = 0;
const write = <A extends unknown[], R>(work: (...args: A) => Promise<R>) => {
  return (...args: A): Promise<R> => {
    if (++writes === Number(count)) process.kill(process.pid, 'SIGKILL');
    return work(...args);
  };
};

const { ledger, index, blobs, taxonomy, openQueue, close } = await openParts(
  await loadConfig({ flags: { dataDir, logLevel: 'error' } }),
);
await forget(
  {
    taxonomy,
    ledger: { ...ledger, change: write(ledger.change) },
    index: {
      ...index,
      put: write(index.put),
      remove: write(index.remove),
      forget: write(index.forget),
      purge: write(index.purge),
    },
    blobs: { ...blobs, remove: write(blobs.remove) },
    openQueue: async () => {
      const queue = await openQueue();
      return { ...queue, drop: write(queue.drop), purge: write(queue.purge) };
    },
  },
  target!,
);
process.stdout.write(`${writes}\n`);
await close();
