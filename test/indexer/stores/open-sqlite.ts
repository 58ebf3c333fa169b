// Opens the SQLite image index from a file name, for the contract suite and its second processes.
import { open as openIndex } from '../../../src/indexer/stores/sqlite.ts';
import { openDatabase } from '../../../src/sqlite/database.ts';
import type { OpenedImageIndex } from '../../contracts/image-index.ts';

export async function open({ file }: { readonly file: string }): Promise<OpenedImageIndex> {
  const database = await openDatabase(file);
  return { index: await openIndex(database), close: () => database.close() };
}
