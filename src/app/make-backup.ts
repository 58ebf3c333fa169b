// What a backup is made of: the database through a connection of its own, so that nobody who uses the data waits.
import { join } from 'node:path';
import { type BackupReport, backUp } from '../collections/backup.ts';
import { openLedger } from '../drivers.ts';
import { openDatabase } from '../sqlite/database.ts';
import type { Parts } from './parts.ts';

export async function makeBackup(
  { config, blobs }: Parts,
  folder: string,
  signal: AbortSignal,
  onProgress?: (thumbnails: number) => void,
): Promise<BackupReport> {
  const { dataDir } = config.values;
  const database = await openDatabase(join(dataDir, 'imagedex.db'));
  try {
    const parts = {
      blobs,
      modelsFolder: join(dataDir, 'models'),
      copyDatabase: (file: string) => database.copyInto(file),
      openLedger: async (file: string) => {
        const copy = await openDatabase(file);
        return { ...(await openLedger({ driver: 'sqlite', database: copy })), close: () => copy.close() };
      },
    };
    return await backUp(parts, folder, signal, onProgress);
  } finally {
    await database.close();
  }
}
