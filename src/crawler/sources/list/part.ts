// Reads one part of a list: its images, each once, and what is wrong with its entries.
import { type Failure, failure } from '../../../errors.ts';
import type { PageContext, SourceId } from '../../../record.ts';
import type { ImageSighting } from '../../source.ts';
import { webLocation } from '../../web-location.ts';
import { type EntryReader, readEntry } from './entry.ts';
import type { OpenedList } from './opened-list.ts';

export interface ListPart {
  readonly images: readonly ImageSighting[];
  readonly problems: readonly Failure[];
  /** The entry that the next part begins with. */
  readonly next: number | undefined;
}

export interface PartOptions {
  readonly collection: string;
  readonly source: SourceId;
  readonly textOf: (html: string) => string;
}

const maxEntries = 1000;
const maxImages = 5000;
const maxShown = 100;

export async function readPart(
  { document, mapping, base }: OpenedList,
  from: number,
  { collection, source, textOf }: PartOptions,
  signal: AbortSignal,
): Promise<ListPart> {
  const images = new Map<string, ImageSighting>();
  const problems = new Problems();
  let next: number | undefined;
  for await (const { number, place, value, fault } of document.entries(from, signal)) {
    if (number >= from + maxEntries || images.size >= maxImages) {
      next = number;
      break;
    }
    if (fault !== undefined) problems.add(place, fault);
    if (fault !== undefined || mapping === undefined) continue;
    const reader: EntryReader = { mapping, base, textOf };
    const reading = readEntry(value, reader);
    for (const problem of reading.problems) problems.add(place, problem);
    if (reading.badDate !== undefined) problems.addDate(place, reading.badDate);
    for (const { url, context, pageUrl } of reading.images) {
      const known = images.get(url);
      images.set(url, known === undefined ? sighting(url, context, pageUrl) : also(known, context, pageUrl));
    }
  }
  return { images: [...images.values()], problems: problems.all(), next };

  function sighting(url: string, context: PageContext, pageUrl: string | undefined): ImageSighting {
    const location = webLocation(collection, source, url);
    return { location, partition: location.host, context, ...(pageUrl === undefined ? {} : { pageUrl }) };
  }
}

/** An image that two entries have: the first one's words come before the second's. */
const also = (known: ImageSighting, context: PageContext, pageUrl: string | undefined): ImageSighting => ({
  ...known,
  context: { ...context, ...known.context },
  ...(known.pageUrl === undefined && pageUrl !== undefined ? { pageUrl } : {}),
});

class Problems {
  readonly #shown: Failure[] = [];
  #others = 0;
  #dates = 0;
  #firstDate = '';

  add(place: string, what: string): void {
    if (this.#shown.length < maxShown) this.#shown.push(badEntry(`${place}: ${what}`));
    else this.#others++;
  }

  addDate(place: string, date: string): void {
    if (this.#dates++ === 0) this.#firstDate = `${place}: ${date}`;
  }

  all(): Failure[] {
    const others = this.#others === 0 ? [] : [badEntry(`${this.#others} more entries cannot be read`)];
    const dates = `${this.#dates} dates cannot be read and are left out, the first at ${this.#firstDate}`;
    return [...this.#shown, ...others, ...(this.#dates === 0 ? [] : [badEntry(dates)])];
  }
}

export const badEntry = (reason: string): Failure => failure('find', 'bad_entry', reason);
