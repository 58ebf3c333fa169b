// Run by export-collection.test.ts in a process of its own: imports many made-up images, exports them, and says what it took.
import { createHash } from 'node:crypto';
import { exportLines, importLines } from '../../src/app/move-collection.ts';
import { openParts } from '../../src/app/parts.ts';
import { loadConfig } from '../../src/config.ts';
import { descriptionKey } from '../../src/record.ts';

const [dataDir, count] = [process.argv[2]!, Number(process.argv[3])];
const at = '2026-11-21T09:30:00.000Z';
const source = 'web:https://many.example/';
const thumbnail = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(4000, 7)]).toString('base64');
const model = 'made-up@1#0000';

function imageLine(number: number) {
  const sha256 = createHash('sha256').update(String(number)).digest('hex');
  const key = descriptionKey(sha256, model, 'original');
  const address = `https://many.example/${number}.jpg`;
  const page = `https://many.example/${number % 500}.html`;
  return {
    type: 'image',
    sha256,
    description: {
      key,
      model,
      format: 'JPEG',
      width: 100,
      height: 80,
      sizeBytes: 5000,
      exif: {},
      scores: [
        ['n01629819', 40_000],
        ['n02121808', 20_000],
      ],
      embedding: Buffer.alloc(512, number % 256).toString('base64'),
      describedAt: at,
    },
    locations: [
      {
        source,
        address,
        url: address,
        host: 'many.example',
        words: String(number),
        foundAt: at,
        fetchedAt: at,
        validators: { etag: `"${number}"` },
        descriptionKey: key,
        appearances: [{ page, pageUrl: page, context: { alt: `picture ${number}` }, seenAt: at }],
      },
    ],
    thumbnail,
  };
}

function* lines(): Generator<object> {
  yield {
    type: 'header',
    format: 'imagedex-collection',
    version: 1,
    id: '0123456789abcdef',
    collection: 'many',
    sources: [source],
    exportedAt: at,
    imagedex: '0.1.0',
  };
  for (let number = 0; number < 500; number++) {
    const address = `https://many.example/${number}.html`;
    const facts = { title: null, validators: {}, links: [], depth: 1, state: 'expanded', code: null };
    yield { type: 'page', source, address, ...facts, expandedAt: at };
  }
  for (let number = 0; number < count; number++) yield imageLine(number);
  yield {
    type: 'footer',
    lines: count + 502,
    pages: 500,
    images: count,
    locations: count,
    appearances: count,
  };
}

async function* bytes(): AsyncGenerator<Uint8Array> {
  for (const line of lines()) yield Buffer.from(`${JSON.stringify(line)}\n`);
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
