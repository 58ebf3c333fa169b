// Reads what `export` wrote into a collection: line by line, merging with what is there. Run again after a crash, it completes.
import { z } from 'zod';
import { type Blobs, thumbnailKey } from '../blobs/blobs.ts';
import { type Place, placeOf } from '../crawler/taken-down.ts';
import { ImagedexError } from '../errors.ts';
import type { Projector } from '../indexer/project.ts';
import { amend, amendment, type Ledger } from '../ledger.ts';
import type { Owner } from '../owner.ts';
import type { Description } from '../record.ts';
import { areBlocked, blockedContents, isBlocked } from './blocks.ts';
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
  readonly blobs: Blobs;
  readonly projector: Projector;
  readonly owner: Owner;
}

export interface ImportReport {
  /** The one that was imported into. */
  readonly collection: string;
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
  readonly onBadLine: (number: number, reason: string) => void;
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
  await begin(parts, name, header);
  const run: Run = {
    parts,
    merge: { ledger: parts.ledger, collection: name, importId: `import-${header.id}` },
    counts: {
      collection: name,
      new: 0,
      changed: 0,
      same: 0,
      takenDown: 0,
      lines: 1,
      badLines: 0,
      isCutOff: true,
    },
    onBadLine,
  };
  for await (const batch of batchesOf(lines)) {
    signal.throwIfAborted();
    await takeBatch(run, batch);
    onProgress(run.counts);
  }
  // What a kill left dirty when it was imported before.
  await parts.projector.sweep(name);
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

/** The collection is there, and no crawl of it runs. */
async function begin({ ledger, owner }: ImportParts, name: string, { sources }: HeaderLine): Promise<void> {
  const [stored] = await ledger.get('collection', [name]);
  const unfinished = await ledger.get('crawl', Object.values(stored?.record.unfinished ?? {}));
  for (const { id, record } of unfinished) {
    if (record.owner === null || !(await owner.isAlive(record.owner))) continue;
    throw new ImagedexError(
      'crawl_running',
      `crawl ${id} of collection ${name} is running; wait for its end, or stop it, and import then`,
    );
  }
  await amend(ledger, [
    amendment('collection', name, (old) => {
      const known = old?.sources ?? [];
      const all = [...new Set([...known, ...sources])];
      if (old !== undefined && all.length === known.length) return undefined;
      return { ...(old ?? { name, unfinished: {}, unpurged: [] }), sources: all };
    }),
  ]);
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

async function takeBatch(run: Run, batch: readonly TextLine[]): Promise<void> {
  const merged = await Promise.all(batch.map((line) => takeLine(run, line)));
  const dirty = new Set(merged.flatMap((one) => one.dirty));
  await Promise.all([...dirty].map((image) => run.parts.projector.project(image)));
}

const nothing: Merged = { outcome: 'same', dirty: [] };

async function takeLine(run: Run, { number, text }: TextLine): Promise<Merged> {
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

type Taker = (run: Run, value: unknown, number: number) => Promise<Merged | string>;

/** Checks the line, then takes it; a reason where it is none. */
const taker =
  <S extends z.ZodType>(
    schema: S,
    take: (run: Run, line: z.infer<S>, number: number) => Promise<Merged | string>,
  ): Taker =>
  async (run, value, number) => {
    const checked = schema.safeParse(value);
    return checked.success ? take(run, checked.data, number) : reasonOf(checked.error);
  };

const takers: { readonly [type: string]: Taker | undefined } = {
  page: taker(pageSchema, async ({ parts, merge }, page) =>
    (await isBlocked(parts.ledger, placeOf(page.address))) ? nothing : mergePage(merge, page),
  ),
  image: taker(imageSchema, takeImage),
  location: taker(locationSchema, async ({ parts, merge }, line) => {
    const [location] = await allowed(parts, line.sha256, [line]);
    if (location === undefined) return nothing;
    return (await mergeLocation(merge, location)) ?? 'expected the line of its image before it';
  }),
  appearances: taker(appearancesSchema, async ({ parts, merge }, line) => {
    const [location] = await allowed(parts, undefined, [{ ...line, ...placeOf(line.address) }]);
    if (location === undefined) return nothing;
    return (await mergeAppearances(merge, location)) ?? 'expected the line of its location before it';
  }),
  footer: taker(footerSchema, async ({ counts }, { lines }, number) => {
    counts.isCutOff = lines > number;
    return lines === number ? nothing : `expected ${lines} lines, came ${number}`;
  }),
};

async function takeImage({ parts, merge, counts }: Run, image: ImageLine): Promise<Merged> {
  const { sha256, thumbnail } = image;
  const locations = await allowed(parts, sha256, image.locations);
  if (locations.length === 0) {
    counts.takenDown++;
    return nothing;
  }
  // Before the description, as in a crawl: who finds a description finds its thumbnail.
  const key = thumbnailKey(sha256);
  if (thumbnail !== undefined && (await parts.blobs.sizeOf(key)) === null)
    await parts.blobs.put(key, Buffer.from(thumbnail, 'base64'));
  const description = { ...image.description, sha256 } as Description;
  const merged = await mergeImage(merge, description, locations);
  counts[merged.outcome]++;
  return merged;
}

/** Those places that are not taken down, with those of their appearances that are not. */
async function allowed<P extends Place & { readonly appearances: readonly { readonly pageUrl: string }[] }>(
  { ledger }: ImportParts,
  sha256: string | undefined,
  places: readonly P[],
): Promise<P[]> {
  if (sha256 !== undefined && (await blockedContents(ledger, [sha256])).length > 0) return [];
  const shown = places.flatMap(({ appearances }) => appearances.map(({ pageUrl }) => placeOf(pageUrl)));
  const answers = await areBlocked(ledger, [...places, ...shown]);
  const ofPages = answers.slice(places.length);
  return places.flatMap((place, at) => {
    const blocked = ofPages.splice(0, place.appearances.length);
    const appearances = place.appearances.filter((_, index) => blocked[index] !== true);
    return answers[at] === true ? [] : [{ ...place, appearances }];
  });
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
