// Opens the SQLite queue from a file name as a new owner, for the contract suite and its second processes.
import { open as openLedger } from '../../src/ledgers/sqlite.ts';
import { openOwner } from '../../src/owner.ts';
import { open as openQueue } from '../../src/queue/sqlite.ts';
import { openDatabase } from '../../src/sqlite/database.ts';
import type { Body, OpenedQueue } from '../contracts/queue.ts';

export async function open({ file }: { readonly file: string }): Promise<OpenedQueue> {
  const database = await openDatabase(file);
  const owner = await openOwner(await openLedger(database));
  return {
    queue: await openQueue<Body>(database, owner),
    async close() {
      await owner.close();
      await database.close();
    },
  };
}
