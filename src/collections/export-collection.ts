// Writes a collection as JSON Lines: enough to search it elsewhere, and to crawl on from there, with nothing fetched again.
import { randomBytes } from 'node:crypto';
import { batches } from '../batches.ts';
import { type Blobs, thumbnailKey } from '../blobs/blobs.ts';
import {
  type AppearanceRecord,
  type Ledger,
  type LocationRecord,
  listAll,
  type PageRecord,
  type Stored,
} from '../ledger.ts';
import { now } from '../record.ts';
import {
  type AppearanceLine,
  type AppearancesLine,
  type FooterLine,
  formatName,
  formatVersion,
  type HeaderLine,
  type ImageLine,
  type ImageLocation,
  type LocationLine,
  type PageLine,
} from './export-format.ts';

export interface ExportParts {
  readonly ledger: Ledger;
  readonly blobs: Blobs;
}

export interface ExportRequest {
  readonly collection: string;
  readonly thumbnails: boolean;
  /** The version of the program that writes it. */
  readonly imagedex: string;
}

export type ExportCounts = Omit<FooterLine, 'type'>;

type Line = HeaderLine | PageLine | ImageLine | LocationLine | AppearancesLine | FooterLine;

/** Images that are read at a time; with what a line holds at most, this bounds the memory. */
const maxAtOnce = 32;
const maxLocations = 20;
const maxAppearances = 50;

/**
 * The lines, each with its line feed. A crawl may run meanwhile: what it changes is written as it was or as it is, and
 * what is read back is whole in either case.
 */
export async function* exportCollection(
  parts: ExportParts,
  request: ExportRequest,
  signal: AbortSignal,
  onProgress: (counts: ExportCounts) => void = () => {},
): AsyncGenerator<string> {
  const counts = { lines: 0, pages: 0, images: 0, locations: 0, appearances: 0 };
  for await (const line of contents(parts, request)) {
    signal.throwIfAborted();
    counts.lines++;
    tally(counts, line);
    yield `${JSON.stringify(line)}\n`;
    onProgress(counts);
  }
  const footer: FooterLine = { type: 'footer', ...counts, lines: counts.lines + 1 };
  yield `${JSON.stringify(footer)}\n`;
}

function tally(counts: { -readonly [C in keyof ExportCounts]: number }, line: Line): void {
  if (line.type === 'page') counts.pages++;
  const locations =
    line.type === 'image'
      ? line.locations
      : line.type === 'location' || line.type === 'appearances'
        ? [line]
        : [];
  if (line.type === 'image') counts.images++;
  if (line.type !== 'appearances') counts.locations += locations.length;
  for (const { appearances } of locations) counts.appearances += appearances.length;
}

async function* contents(parts: ExportParts, request: ExportRequest): AsyncGenerator<Line> {
  const { ledger } = parts;
  const { collection } = request;
  const [stored] = await ledger.get('collection', [collection]);
  yield {
    type: 'header',
    format: formatName,
    version: formatVersion,
    id: randomBytes(8).toString('hex'),
    collection,
    sources: [...new Set([...(stored?.record.sources ?? []), ...(stored?.record.importedSources ?? [])])],
    exportedAt: now(),
    imagedex: request.imagedex,
  };
  // Before what they show: an import takes the appearances of those pages that it took.
  for await (const { record } of listAll(ledger, 'page', { collection })) yield* pageLines(record);
  for await (const batch of batches(listAll(ledger, 'image', { collection }), maxAtOnce)) {
    const lines = await Promise.all(batch.map((image) => imageLine(parts, request, image)));
    for (const line of lines) if (line !== null) yield* withFurther(ledger, line);
  }
  for await (const batch of batches(listAll(ledger, 'location', { collection }), maxAtOnce)) {
    const without = batch.filter(({ record }) => record.imageId === null);
    const lines = await Promise.all(without.map((location) => imagelessLine(ledger, location)));
    for (const { line, more } of lines) {
      yield line;
      yield* furtherAppearances(ledger, more);
    }
  }
}

function* pageLines({
  source,
  address,
  title,
  links,
  validators,
  depth,
  ...rest
}: PageRecord): Generator<PageLine> {
  const { state, code, expandedAt } = rest;
  // What is gone or shown by nothing says nothing any more.
  if (state === 'gone' || state === 'unlinked') return;
  yield {
    type: 'page',
    source,
    address,
    title,
    validators,
    links: [...links],
    depth,
    state,
    code,
    expandedAt,
  };
}

/** A line, and what is to follow it because it would have been too long. */
interface Opened {
  readonly line: ImageLine;
  readonly imageId: string;
  readonly lastLocation: string | null;
  readonly more: readonly More[];
}
interface More {
  readonly location: Stored<'location'>;
  readonly after: string;
}

/** null for an image that lies nowhere any more. */
async function imageLine(
  { ledger, blobs }: ExportParts,
  { thumbnails }: ExportRequest,
  { id, record: { sha256, descriptionKey } }: Stored<'image'>,
): Promise<Opened | null> {
  const [[described], locations] = await Promise.all([
    ledger.get('description', [descriptionKey]),
    ledger.list('location', { imageId: id }, { limit: maxLocations }),
  ]);
  if (described === undefined || locations.length === 0) return null;
  const { sha256: _, importedInto: __, ...description } = described.record;
  const [places, thumbnail] = await Promise.all([
    Promise.all(locations.map((location) => imageLocation(ledger, location, description.key))),
    thumbnails ? blobs.get(thumbnailKey(sha256)) : null,
  ]);
  const line: ImageLine = {
    type: 'image',
    sha256,
    description: { ...description, scores: description.scores.map(([concept, score]) => [concept, score]) },
    locations: places.map(({ place }) => place),
    ...(thumbnail === null ? {} : { thumbnail: Buffer.from(thumbnail).toString('base64') }),
  };
  const lastLocation = locations.length < maxLocations ? null : locations.at(-1)!.id;
  return { line, imageId: id, lastLocation, more: places.flatMap(({ more }) => more) };
}

async function* withFurther(
  ledger: Ledger,
  { line, imageId, lastLocation, more }: Opened,
): AsyncGenerator<Line> {
  yield line;
  yield* furtherAppearances(ledger, more);
  for (let after = lastLocation; after !== null; ) {
    const locations = await ledger.list('location', { imageId }, { limit: maxLocations, after });
    for (const location of locations) {
      const { place, more } = await imageLocation(ledger, location, line.description.key);
      yield { type: 'location', sha256: line.sha256, ...place };
      yield* furtherAppearances(ledger, more);
    }
    after = locations.length < maxLocations ? null : locations.at(-1)!.id;
  }
}

async function imageLocation(
  ledger: Ledger,
  location: Stored<'location'>,
  descriptionKey: string,
): Promise<{ place: ImageLocation; more: More[] }> {
  const { validators, descriptionKey: own } = location.record;
  const { appearances, more } = await firstAppearances(ledger, location);
  const place = {
    ...placeOf(location.record),
    validators,
    descriptionKey: own ?? descriptionKey,
    appearances,
  };
  return { place, more };
}

async function imagelessLine(
  ledger: Ledger,
  location: Stored<'location'>,
): Promise<{ line: LocationLine; more: More[] }> {
  const { state, code } = location.record;
  const { appearances, more } = await firstAppearances(ledger, location);
  // One that has an image is never without its id; were it to be, it is to be fetched again.
  const told = state === 'indexed' || state === 'described' ? 'found' : state;
  return { line: { type: 'location', ...placeOf(location.record), state: told, code, appearances }, more };
}

const placeOf = ({ source, address, url, host, words, foundAt, fetchedAt }: LocationRecord) => ({
  source,
  address,
  url,
  host,
  words,
  foundAt,
  fetchedAt,
});

async function firstAppearances(
  ledger: Ledger,
  location: Stored<'location'>,
): Promise<{ appearances: AppearanceLine[]; more: More[] }> {
  const stored = await ledger.list('appearance', { locationId: location.id }, { limit: maxAppearances });
  const appearances = await appearanceLines(ledger, stored);
  return {
    appearances,
    more: stored.length < maxAppearances ? [] : [{ location, after: stored.at(-1)!.id }],
  };
}

async function* furtherAppearances(ledger: Ledger, all: readonly More[]): AsyncGenerator<AppearancesLine> {
  for (const { location, after: first } of all) {
    const { source, address } = location.record;
    for (let after: string | null = first; after !== null; ) {
      const page = { limit: maxAppearances, after };
      const stored: Stored<'appearance'>[] = await ledger.list(
        'appearance',
        { locationId: location.id },
        page,
      );
      if (stored.length === 0) break;
      yield { type: 'appearances', source, address, appearances: await appearanceLines(ledger, stored) };
      after = stored.length < maxAppearances ? null : stored.at(-1)!.id;
    }
  }
}

async function appearanceLines(
  ledger: Ledger,
  stored: readonly Stored<'appearance'>[],
): Promise<AppearanceLine[]> {
  const ids = stored
    .filter(({ record }) => record.pageId !== record.locationId)
    .map(({ record }) => record.pageId);
  const pages = new Map(
    (await ledger.get('page', [...new Set(ids)])).map(({ id, record }) => [id, record.address]),
  );
  return stored.flatMap(({ record }) => appearanceLine(record, pages));
}

function appearanceLine(
  { pageId, locationId, pageUrl, context, variants, skip, seenAt }: AppearanceRecord,
  pages: ReadonlyMap<string, string>,
): AppearanceLine[] {
  const said = { ...(variants && { variants: [...variants] }), ...(skip && { skip }) };
  const line = { pageUrl, context, ...said, seenAt };
  if (pageId === locationId) return [line];
  const page = pages.get(pageId);
  // Taken down since.
  return page === undefined ? [] : [{ page, ...line }];
}
