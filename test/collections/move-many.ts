// Run by export-collection.test.ts in a process of its own: imports many made-up images, exports them, and says what it took.
import { exportLines, importLines } from '../../src/app/move-collection.ts';
import { openParts } from '../../src/app/parts.ts';
import { loadConfig } from '../../src/config/config.ts';
import { madeUpLines } from './made-up-lines.ts';

const [dataDir, count] = [process.argv[2]!, Number(process.argv[3])];
async function* bytes(): AsyncGenerator<Uint8Array> {
  for (const line of madeUpLines(count)) yield Buffer.from(line);
}

/** The greatest of each phase; the first quarter is what there is to warm up. */
const peak = { firstQuarter: 0, import: 0, export: 0 };
let phase: keyof typeof peak = 'firstQuarter';
const sampler = setInterval(() => {
  peak[phase] = Math.max(peak[phase], process.memoryUsage().rss);
}, 20);

const parts = await openParts(await loadConfig({ flags: { dataDir, logLevel: 'error' } }));
const signal = new AbortController().signal;
const onProgress = (counts: { readonly new: number }) => {
  if (counts.new >= count / 4) phase = 'import';
};
const report = await importLines(parts, bytes(), null, { signal, onProgress });
phase = 'export';
let [exported, size] = [0, 0];
for await (const line of exportLines(parts, { collection: 'many', thumbnails: true }, signal)) {
  exported++;
  size += line.length;
}
clearInterval(sampler);
const found = await parts.index.search({
  collection: 'many',
  filter: { labels: { allOf: [{ concept: 'n00015388' }] } },
  orderBy: { field: 'CONFIDENCE', direction: 'DESC' },
  first: 1,
});
process.stdout.write(JSON.stringify({ report, exported, size, found: found.totalCount.value, peak }));
await parts.close();
