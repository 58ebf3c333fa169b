// Opens the SQLite ledger from a file name, for the contract suite and its second processes.
import { open as openLedger } from '../../src/ledgers/sqlite.ts';
import { openDatabase } from '../../src/sqlite/database.ts';
import type { OpenedLedger } from '../contracts/ledger.ts';

export async function open({ file }: { readonly file: string }): Promise<OpenedLedger> {
  const database = await openDatabase(file);
  return { ledger: await openLedger(database), close: () => database.close() };
}
