// A second process for the SQLite tests: writes `count` notes and counts each, all at once, then says so.
import { openDatabase } from '../../dist/sqlite/database.js';

const [file, writer, count] = process.argv.slice(2);
const database = await openDatabase(file);
const notes = await database.load(new URL('./notes.mjs', import.meta.url));
await notes.add(writer, 0);
process.stdout.write('started\n');
const all = Array.from({ length: Number(count) }, async (_, n) => {
  await notes.add(writer, n + 1);
  return notes.count_up('all');
});
process.stdout.write(`${JSON.stringify(await Promise.all(all))}\n`);
await database.close();
