// Reads what `export` wrote into a collection: line by line, merging with what is there. Run again after a crash, it completes.
import { z } from 'zod';
import { type Blobs, thumbnailKey } from '../blobs/blobs.ts';
import { ImagedexError } from '../errors.ts';
import type { ImageIndex } from '../indexer/image-index.ts';
import type { Projector } from '../indexer/project.ts';
import { amend, amendment, type Ledger } from '../ledger.ts';
import type { Owner } from '../owner.ts';
import { type Description, imageId, type SourceId } from '../record.ts';
import {
  appearancesSchema,
  footerSchema,
  formatName,
  formatVersion,
  type HeaderLine,
  headerSchema,
  type ImageLine,
  imageSchema,
  locationSchema,
  pageSchema,
} from './export-format.ts';
import {
  eraseTakenDown,
  Mentions,
  type TruePlace,
  takenDown,
  withoutDownLinks,
  withoutDownPlaces,
} from './import-blocks.ts';
import {
  type Merge,
  type Merged,
  mergeAppearances,
  mergeImage,
  mergeLocation,
  mergePage,
} from './merge-lines.ts';
import { type TextLine, textLines } from './text-lines.ts';

export interface ImportParts {
  readonly ledger: Ledger;
  readonly index: ImageIndex;
  readonly blobs: Blobs;
  readonly projector: Projector;
  readonly owner: Owner;
}

export interface ImportReport {
  /** The one that was imported into. */
  readonly collection: string;
  /** Sources that the file names and that were never crawled here: nothing crawls them until somebody names them. */
  readonly sources: readonly SourceId[];
  /** What became of the images of the file. */
  readonly new: number;
  readonly changed: number;
  readonly same: number;
  readonly takenDown: number;
  readonly lines: number;
  readonly badLines: number;
  /** The last line is missing, or tells of more lines than came. */
  readonly isCutOff: boolean;
}

export interface ImportWatch {
  readonly signal: AbortSignal;
  readonly onProgress?: (report: ImportReport) => void;
  readonly onBadLine?: (number: number, reason: string) => void;
}

type Counts = { -readonly [C in keyof ImportReport]: ImportReport[C] };

/** One state of the import: what is counted, and what is not yet done of the lines before. */
interface Run {
  readonly parts: ImportParts;
  readonly merge: Merge;
  readonly counts: Counts;
  /** Contents and locations of which there is nothing because of a take-down: lines that add to them are no bad ones. */
  readonly leftOut: Set<string>;
  readonly onBadLine: (number: number, reason: string) => void;
}

/** Lines that are worked on together. */
interface Batch extends Run {
  readonly mentions: Mentions;
  /** What became of the images, by their ids. */
  readonly images: { readonly id: string; readonly outcome: Merged['outcome'] }[];
}

/** A line of this length holds the greatest that an export writes. */
const maxLineBytes = 64 * 1024 ** 2;
/** Lines that are worked on at a time, and their bytes. */
const maxAtOnce = 128;
const maxTextLength = 8 * 1024 ** 2;

/** `collection`: null for the one that the file names. Throws `import_invalid` where it is no export that can be read. */
export async function importCollection(
  parts: ImportParts,
  bytes: AsyncIterable<Uint8Array>,
  collection: string | null,
  { signal, onProgress = () => {}, onBadLine = () => {} }: ImportWatch,
): Promise<ImportReport> {
  const lines = textLines(bytes, maxLineBytes);
  const first = await lines.next();
  const header = headerOf(first.done === true ? undefined : first.value);
  const name = collection ?? header.collection;
  const sources = await begin(parts, name, header);
  const run: Run = {
    parts,
    merge: { ledger: parts.ledger, collection: name, importId: `import-${header.id}` },
    counts: {
      collection: name,
      sources,
      new: 0,
      changed: 0,
      same: 0,
      takenDown: 0,
      lines: 1,
      badLines: 0,
      isCutOff: true,
    },
    leftOut: new Set(),
    onBadLine,
  };
  for await (const batch of batchesOf(lines)) {
    signal.throwIfAborted();
    await takeBatch(run, batch);
    onProgress(run.counts);
  }
  // What a kill left dirty when it was imported before.
  await parts.projector.sweep(name);
  // Whoever reads what came of it finds it.
  await parts.index.refresh();
  return run.counts;
}

function headerOf(line: TextLine | undefined): HeaderLine {
  const value = line?.text == null ? undefined : parsed(line.text);
  const told = z.object({ format: z.literal(formatName), version: z.number() }).safeParse(value);
  if (!told.success) {
    throw new ImagedexError(
      'import_invalid',
      `expected a file that \`imagedex export\` wrote, whose first line begins {"type":"header","format":"${formatName}"`,
    );
  }
  if (told.data.version > formatVersion) {
    throw new ImagedexError(
      'import_invalid',
      `the file was written by a newer imagedex: expected format version ${formatVersion} or older, found ` +
        `${told.data.version}; update imagedex`,
    );
  }
  const header = headerSchema.safeParse(value);
  if (!header.success)
    throw new ImagedexError('import_invalid', `line 1, the header: ${reasonOf(header.error)}`);
  return header.data;
}

/** The collection is there, and no crawl of it runs. Returns the sources that nobody has crawled into it here. */
async function begin(
  { ledger, owner }: ImportParts,
  name: string,
  { sources }: HeaderLine,
): Promise<readonly SourceId[]> {
  const [stored] = await ledger.get('collection', [name]);
  const unfinished = await ledger.get('crawl', Object.values(stored?.record.unfinished ?? {}));
  for (const { id, record } of unfinished) {
    if (record.owner === null || !(await owner.isAlive(record.owner))) continue;
    throw new ImagedexError(
      'crawl_running',
      record.state === 'cancelled'
        ? `crawl ${id} of collection ${name} is being cancelled; try again in a moment`
        : `crawl ${id} of collection ${name} is running; wait for its end, or stop it, and import then`,
    );
  }
  const addressOf = (source: SourceId) => source.slice(source.indexOf(':') + 1);
  const down = await takenDown(ledger, sources.map(addressOf));
  const wanted = [...new Set(sources)].filter((source) => !down.has(addressOf(source)));
  let named: readonly SourceId[] = [];
  await amend(ledger, [
    amendment('collection', name, (old) => {
      named = wanted.filter((source) => old?.sources.includes(source) !== true);
      const known = old?.importedSources ?? [];
      const importedSources = [...new Set([...known, ...named])];
      if (old !== undefined && importedSources.length === known.length) return undefined;
      return { ...(old ?? { name, sources: [], unfinished: {}, unpurged: [] }), importedSources };
    }),
  ]);
  return named;
}

const typeOf = (text: string): string | undefined => /^\{"type":"(\w+)"/.exec(text)?.[1];

/** Lines of one type in a row: pages are there before what they show is taken, and images before what follows of them. */
async function* batchesOf(lines: AsyncIterable<TextLine>): AsyncGenerator<TextLine[]> {
  let batch: TextLine[] = [];
  let [type, length] = ['' as string | undefined, 0];
  for await (const line of lines) {
    const own = typeOf(line.text ?? '');
    if (batch.length === maxAtOnce || length > maxTextLength || (own !== type && batch.length > 0)) {
      yield batch;
      batch = [];
      length = 0;
    }
    type = own;
    batch.push(line);
    length += line.text?.length ?? 0;
  }
  if (batch.length > 0) yield batch;
}

async function takeBatch(run: Run, lines: readonly TextLine[]): Promise<void> {
  const { parts, merge, counts } = run;
  const batch: Batch = { ...run, mentions: new Mentions(merge.collection), images: [] };
  const merged = await Promise.all(lines.map((line) => takeLine(batch, line)));
  const dirty = new Set(merged.flatMap((one) => one.dirty));
  await Promise.all([...dirty].map((image) => parts.projector.project(image)));
  // Again, for it may have been taken down since the lines were looked at.
  const isDown = await eraseTakenDown(parts, merge.collection, batch.mentions);
  const ids = batch.images.map(({ id }) => id);
  const left = new Set(isDown ? (await parts.ledger.get('image', ids)).map(({ id }) => id) : ids);
  for (const { id, outcome } of batch.images) counts[left.has(id) ? outcome : 'takenDown']++;
}

const nothing: Merged = { outcome: 'same', dirty: [] };

async function takeLine(run: Batch, { number, text }: TextLine): Promise<Merged> {
  const { counts } = run;
  const isAfterEnd = !counts.isCutOff;
  counts.lines = number;
  const bad = (reason: string): Merged => {
    counts.badLines++;
    run.onBadLine(number, reason);
    return nothing;
  };
  if (text === null) return bad(`expected at most ${maxLineBytes} bytes in a line`);
  if (isAfterEnd) return bad('expected nothing after the footer');
  const value = parsed(text);
  if (value === undefined) return bad('expected JSON');
  const type = (value as { type?: unknown } | null)?.type;
  const take = typeof type === 'string' && Object.hasOwn(takers, type) ? takers[type] : undefined;
  if (take === undefined)
    return bad(`expected a type of ${Object.keys(takers).join(', ')}, came ${JSON.stringify(type)}`);
  const taken = await take(run, value, number);
  return typeof taken === 'string' ? bad(taken) : taken;
}

type Taker = (run: Batch, value: unknown, number: number) => Promise<Merged | string>;

/** Checks the line, then takes it; a reason where it is none. */
const taker =
  <S extends z.ZodType>(
    schema: S,
    take: (run: Batch, line: z.infer<S>, number: number) => Promise<Merged | string>,
  ): Taker =>
  async (run, value, number) => {
    const checked = schema.safeParse(value);
    return checked.success ? take(run, checked.data, number) : reasonOf(checked.error);
  };

const takers: { readonly [type: string]: Taker | undefined } = {
  page: taker(pageSchema, async ({ parts, merge, mentions }, line) => {
    const page = await withoutDownLinks(parts.ledger, line);
    mentions.addPage(line, page);
    return page === null ? nothing : mergePage(merge, page);
  }),
  image: taker(imageSchema, takeImage),
  location: taker(locationSchema, async (batch, line) => {
    const [location] = await allowed(batch, line.sha256, [line]);
    if (location === undefined) return nothing;
    const merged = await mergeLocation(batch.merge, location);
    return (
      merged ?? (batch.leftOut.has(line.sha256 ?? '') ? nothing : 'expected the line of its image before it')
    );
  }),
  appearances: taker(appearancesSchema, async (batch, line) => {
    const [location] = await allowed(batch, undefined, [line]);
    if (location === undefined) return nothing;
    const merged = await mergeAppearances(batch.merge, location);
    return (
      merged ?? (batch.leftOut.has(nameOf(line)) ? nothing : 'expected the line of its location before it')
    );
  }),
  footer: taker(footerSchema, async ({ counts }, { lines }, number) => {
    counts.isCutOff = lines > number;
    return lines === number ? nothing : `expected ${lines} lines, came ${number}`;
  }),
};

async function takeImage(batch: Batch, image: ImageLine): Promise<Merged> {
  const { parts, merge, counts, leftOut, images } = batch;
  const { sha256, thumbnail } = image;
  const locations = await allowed(batch, sha256, image.locations);
  if (locations.length === 0) {
    counts.takenDown++;
    leftOut.add(sha256);
    return nothing;
  }
  // Before the description, as in a crawl: who finds a description finds its thumbnail.
  if (thumbnail !== undefined && (await mayHaveThumbnail(parts, sha256)))
    await parts.blobs.put(thumbnailKey(sha256), Buffer.from(thumbnail, 'base64'));
  const description = { ...image.description, sha256 } as Description;
  const merged = await mergeImage(merge, description, locations);
  images.push({ id: imageId(merge.collection, sha256), outcome: merged.outcome });
  return merged;
}

/** Where there is one it stays; and who has seen the bytes here makes a lost one again. */
async function mayHaveThumbnail({ ledger, blobs }: ImportParts, sha256: string): Promise<boolean> {
  if ((await blobs.sizeOf(thumbnailKey(sha256))) !== null) return false;
  const known = await ledger.list('description', { sha256 }, { limit: 1000 });
  return known.every(({ record }) => record.importedInto !== undefined);
}

const nameOf = ({ source, address }: TruePlace): string => `${source} ${address}`;

/** Those that are not taken down, with those of their appearances that are not. */
async function allowed<P extends TruePlace>(
  { parts, leftOut, mentions }: Batch,
  sha256: string | undefined,
  places: readonly P[],
): Promise<P[]> {
  const left = await withoutDownPlaces(parts.ledger, sha256, places);
  mentions.addPlaces(sha256, places, left);
  const there = new Set(left.map(nameOf));
  for (const place of places) if (!there.has(nameOf(place))) leftOut.add(nameOf(place));
  return left;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The first thing that is wrong, and where. */
function reasonOf({ issues }: z.ZodError): string {
  const [issue] = issues;
  return `${issue?.path.join('.') || 'the line'}: ${issue?.message ?? 'not as expected'}`;
}
