// Where a data directory still says something of what was taken down: every column of every table, and every blob's name.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openConnection } from '../../src/sqlite/binding.ts';

/** `table.column` and what was found there. */
export async function traces(dataDir: string, words: readonly string[]): Promise<string[]> {
  const needles = words.map((word) => word.toLowerCase());
  // Terms of the full text are in hexadecimal, and of neighbours only what differs is written.
  const terms = needles
    .filter((word) => /^[a-z]{9,}$/.test(word))
    .map((word) => Buffer.from(word.slice(3)).toString('hex'));
  const found: string[] = [];
  const look = (where: string, text: string) => {
    for (const needle of [...needles, ...terms])
      if (text.toLowerCase().includes(needle)) found.push(`${where}: ${needle} in ${text.slice(0, 300)}`);
  };
  const db = openConnection(join(dataDir, 'imagedex.db'));
  try {
    const tables = db.all<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'");
    for (const { name } of tables) {
      // Contentless: its terms lie in the tables beside it.
      if (name === 'image_words') continue;
      for (const row of db.all(`SELECT * FROM ${name}`)) {
        for (const [column, value] of Object.entries(row)) {
          if (value === null || typeof value === 'number') continue;
          look(
            `${name}.${column}`,
            typeof value === 'string' ? value : Buffer.from(value).toString('latin1'),
          );
        }
      }
    }
  } finally {
    db.close();
  }
  for (const entry of await readdir(join(dataDir, 'blobs'), { recursive: true })) look('blobs', entry);
  return found;
}
