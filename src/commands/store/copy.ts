// `imagedex store copy --to opensearch|sqlite`: a collection from one store into the other, with the settings in force.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from '../../app/copy-collection.ts';
import type { CopyReport } from '../../collections/copy-collection.ts';
import { ImagedexError } from '../../errors.ts';
import { megabytes } from '../backup.ts';
import { counted } from '../counted.ts';
import { hint } from '../hint.ts';
import { openStatusLine } from '../status-line.ts';
import { type Call, exitCodes, type Flag } from '../verb.ts';

export const copyFlags = {
  to: {
    type: 'text',
    value: 'STORE',
    doc: 'copy: sqlite or opensearch, which the collection is to lie in; the other is what it comes from',
  },
  'to-blobs': {
    type: 'text',
    value: 'BLOBS',
    doc: 'copy: folder or s3, which the thumbnails are to lie in; without --to all thumbnails and nothing else',
  },
} as const satisfies Readonly<Record<string, Flag>>;

const stores = ['sqlite', 'opensearch'] as const;
const blobs = ['folder', 's3'] as const;

export async function runCopy(call: Call): Promise<number> {
  const { flags, config, terminal, signal } = call;
  const store = chosen(stores, '--to', flags['to']);
  const blobsDriver = chosen(blobs, '--to-blobs', flags['to-blobs']);
  if (store === undefined && blobsDriver === undefined)
    throw new ImagedexError(
      'usage',
      'store copy: expected --to sqlite, --to opensearch, --to-blobs s3 or --to-blobs folder',
    );
  const to: Place = { store: store ?? config.values.store, blobs: blobsDriver ?? config.values.blobs };
  const from: Place = {
    store: store === undefined ? to.store : other(stores, store),
    blobs: blobsDriver === undefined ? to.blobs : other(blobs, blobsDriver),
  };
  if (store === undefined && config.values.blobs === blobsDriver && config.values.blobsBucket === '')
    throw new ImagedexError(
      'usage',
      `store copy --to-blobs ${blobsDriver}: thumbnails lie in ${blobsDriver} already; ` +
        'to bring back those of a bucket, name it with --blobs-bucket',
    );
  if (from.store === 'sqlite') await mustBeThere(config.values.dataDir);
  const { copyAllBlobs, copyBetween } = await import('../../app/copy-collection.ts');
  const status = openStatusLine(terminal);
  try {
    if (store === undefined) {
      const report = await copyAllBlobs(config, { from, to }, signal, (count) =>
        status.show(counted(count, 'thumbnail')),
      );
      status.end();
      print(call, { from, to, ...report }, blobLines(report, from, to));
    } else {
      const report = await copyBetween(
        config,
        { from, to },
        signal,
        (what, done, total) => status.show(`${what} ${done} of ${total}`),
        (store, words) => there(call, words, store === to.store ? to : from, { from, to }),
      );
      status.end();
      print(call, { from, to, ...report }, [
        ...summary(report, from, to),
        ...(blobsDriver === undefined ? [] : blobLines(report, from, to)),
        ...missingLines(call, report, from, to),
        ...further(call, report, from, to),
      ]);
      if (report.rejected.length > 0) return exitCodes.error;
    }
    return exitCodes.ok;
  } catch (error) {
    if (!signal.aborted) throw error;
    status.end();
    terminal.err('Stopped. The same command carries on.\n');
    return exitCodes.interrupted;
  } finally {
    status.end();
  }
}

function chosen<T extends string>(names: readonly T[], flag: string, given: unknown): T | undefined {
  const found = names.find((name) => name === given);
  if (given === undefined || found !== undefined) return found;
  throw new ImagedexError(
    'usage',
    `store copy ${flag}: expected ${names.join(' or ')}, but got ${JSON.stringify(given)}`,
  );
}

const other = <T>(names: readonly T[], one: T): T => names.find((name) => name !== one)!;

async function mustBeThere(dataDir: string): Promise<void> {
  const isThere = await stat(join(dataDir, 'imagedex.db')).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
  if (!isThere) throw new ImagedexError('not_found', `there is no data directory ${dataDir} to copy from`);
}

function print({ json, terminal }: Call, report: object, lines: readonly string[]): void {
  terminal.out(json ? `${JSON.stringify(report)}\n` : `${lines.join('\n')}\n`);
}

function summary(report: CopyReport, from: Place, to: Place): string[] {
  const { collection, images, documents, locations, pages, appearances, crawls, failures, blocks } = report;
  const what = [
    `${counted(images, 'image')} (${documents} in searches)`,
    counted(locations, 'location'),
    counted(pages, 'page'),
    counted(appearances, 'appearance'),
    counted(crawls, 'crawl'),
    counted(failures, 'failure'),
  ];
  return [
    report.written === 0
      ? `Collection ${collection} is in ${to.store} already, the same as in ${from.store}:`
      : `Copied collection ${collection} from ${from.store} to ${to.store}:`,
    `${what.join(', ')}; and all ${counted(blocks, 'entry', 'entries')} of the block list.`,
    ...(report.rejected.length === 0
      ? [
          `Compared: all records and documents are the same in both, and the answers to ${report.questions} questions.`,
        ]
      : rejectedLines(report, to)),
  ];
}

const mostShown = 20;

function rejectedLines({ rejected }: CopyReport, { store }: Place): string[] {
  return [
    `${store} does not take ${counted(rejected.length, 'document')}; the next crawl there tries again:`,
    ...rejected.slice(0, mostShown).map(({ id, reason }) => `  image ${id}: ${reason}`),
    ...(rejected.length > mostShown ? [`  and ${rejected.length - mostShown} more`] : []),
  ];
}

const blobLines = (
  { blobs, blobBytes }: Pick<CopyReport, 'blobs' | 'blobBytes'>,
  from: Place,
  to: Place,
): string[] => [
  `${counted(blobs, 'thumbnail')} (${megabytes(blobBytes)}) of ${from.blobs} are in ${to.blobs}. To use them: \`blobs: ${to.blobs}\` in the configuration.`,
];

function missingLines(call: Call, { images, missingBlobs }: CopyReport, from: Place, to: Place): string[] {
  if (missingBlobs === 0) return [];
  const { dataDir, blobsBucket } = call.config.values;
  const where = from.blobs === 's3' ? blobsBucket : join(dataDir, 'blobs');
  const cure = to.blobs === 'folder' ? '; give the data directory that has them, or let them lie in S3' : '';
  return [`${missingBlobs} of ${counted(images, 'image')} have no thumbnail in ${where}${cure}.`];
}

/** A command that works in one of the two. */
const there = (
  call: Call,
  words: string,
  { store, blobs }: Place,
  { from, to }: { readonly from: Place; readonly to: Place },
): string =>
  hint(call, words, ['dataDir', 'opensearchUrls', 'opensearchPrefix'], {
    ...(from.blobs === to.blobs ? {} : { blobs }),
    store,
  });

function further(call: Call, { collection }: CopyReport, from: Place, to: Place): string[] {
  const keep = from.blobs === to.blobs ? ' --keep-thumbnails' : '';
  const remove = there(call, `collections delete ${collection} --yes${keep}`, from, { from, to });
  return [
    `To use it: \`store: ${to.store}\` in the configuration; then start again what runs.`,
    `What is in ${from.store} is as it was. To delete it there, once all else works: ${remove}`,
  ];
}
