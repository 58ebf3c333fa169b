// One list as a sequence of entries that can be read from any of them on, however long it is.
import { isUtf8 } from 'node:buffer';
import { messageOf } from '../../../errors.ts';
import { formatOf, sniffBytes } from './format.ts';
import { itemsOf, nextIn } from './json.ts';
import type { UserMapping } from './mapping.ts';
import { cutRecords, type RawRecord, type RecordPlace } from './records.ts';
import { firstBytes, type ListBytes, spool } from './spool.ts';
import { openFields, row } from './table.ts';

export interface ListEntry {
  /** From 1. */
  readonly number: number;
  /** `line 7` or `entry 7`. */
  readonly place: string;
  readonly value: unknown;
  /** Why it has no value. */
  readonly fault?: string;
}

export interface ListDocument {
  /** From that entry to the last. */
  entries(from: number, signal: AbortSignal): AsyncGenerator<ListEntry>;
  /** What it says of the next page: an address, or whatever lies at the path that was mapped. */
  readonly next: unknown;
  close(): Promise<void>;
}

export interface DocumentOptions {
  readonly bytes: ListBytes;
  readonly name: string;
  readonly mediaType: string;
  readonly user: UserMapping;
  /** JSON that is not JSON Lines is read whole. */
  readonly maxJsonBytes: number;
}

/** Or what is wrong with it. Closes the bytes where nothing more is to be read of them. */
export async function openDocument(
  options: DocumentOptions,
  signal: AbortSignal,
): Promise<ListDocument | { readonly fault: string }> {
  const { bytes, name, mediaType } = options;
  const head = await firstBytes(bytes, sniffBytes, signal);
  const format = formatOf({ bytes: head, name, mediaType });
  if ('fault' in format) return format;
  if (format.kind === 'json') return openJson(options, signal);
  if (format.kind === 'table') return openTable(bytes, format.delimiter, signal);
  return openRecords({ bytes, word: 'line', read: format.kind === 'lines' ? readJson : readAddress });
}

type ReadRecord = (text: string) => { readonly value: unknown } | { readonly fault: string };

const readAddress: ReadRecord = (text) => ({ value: text.trim() });

function readJson(text: string): { readonly value: unknown } | { readonly fault: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { fault: `expected JSON, but ${messageOf(error).slice(0, 150)}` };
  }
}

async function openTable(
  bytes: ListBytes,
  delimiter: string,
  signal: AbortSignal,
): Promise<ListDocument | { readonly fault: string }> {
  const fields = await openFields(delimiter);
  const start = { offset: 0, line: 1 };
  for await (const record of cutRecords(bytes.read(0, signal), start, delimiter.charCodeAt(0))) {
    if (record.fault !== undefined) return { fault: `its first line has ${record.fault}` };
    const columns = fields(textOf(record)).map((column) => column.trim());
    const read: ReadRecord = (text) => {
      try {
        return { value: row(columns, fields(text)) };
      } catch (error) {
        return { fault: messageOf(error).slice(0, 150) };
      }
    };
    return openRecords({ bytes, word: 'line', read, delimiter: delimiter.charCodeAt(0), start: record.next });
  }
  return { fault: 'it is empty' };
}

async function openJson(
  { bytes, user, maxJsonBytes }: DocumentOptions,
  signal: AbortSignal,
): Promise<ListDocument | { readonly fault: string }> {
  if (bytes.sizeBytes > maxJsonBytes) {
    return {
      fault: `its ${bytes.sizeBytes} bytes of JSON are more than maxListBytes, ${maxJsonBytes}: write it as JSON Lines`,
    };
  }
  const read = readJson(textOf({ bytes: await firstBytes(bytes, bytes.sizeBytes, signal) }));
  await bytes.close();
  if ('fault' in read) return read;
  const items = itemsOf(read.value, user.items ?? []);
  if ('fault' in items) return items;
  const next = nextIn(read.value, user.next);
  if (items.length <= maxItemsHeld) return { entries: held(items), next, close: async () => {} };
  // Read on part by part, without holding it all.
  const lines = await spool(jsonLines(items), signal);
  return { ...openRecords({ bytes: lines, word: 'entry', read: readJson }), next };
}

const maxItemsHeld = 1000;

async function* jsonLines(items: readonly unknown[]): AsyncGenerator<Buffer> {
  for (let at = 0; at < items.length; at += maxItemsHeld) {
    const some = items.slice(at, at + maxItemsHeld);
    yield Buffer.from(some.map((item) => `${JSON.stringify(item)}\n`).join(''));
  }
}

const held = (items: readonly unknown[]): ListDocument['entries'] =>
  async function* (from) {
    for (const [index, value] of items.slice(from - 1).entries()) {
      const number = from + index;
      yield { number, place: `entry ${number}`, value };
    }
  };

interface Records {
  readonly bytes: ListBytes;
  readonly word: 'line' | 'entry';
  readonly read: ReadRecord;
  readonly delimiter?: number;
  readonly start?: RecordPlace;
}

function openRecords({ bytes, word, read, delimiter, start }: Records): ListDocument {
  const first = { number: 1, place: start ?? { offset: 0, line: 1 } };
  // Where the next part begins is known from the one before; in another process it is counted out anew.
  let reached = first;
  return {
    next: undefined,
    close: () => bytes.close(),
    async *entries(from, signal) {
      const begin = reached.number <= from ? reached : first;
      let { number } = begin;
      const chunks = bytes.read(begin.place.offset, signal);
      for await (const record of cutRecords(chunks, begin.place, delimiter ?? null)) {
        if (delimiter === undefined && record.bytes[0] === hash) continue;
        if (number >= from) {
          reached = { number, place: record };
          const entry = record.fault === undefined ? read(textOf(record)) : { fault: record.fault };
          yield {
            number,
            place: `${word} ${word === 'line' ? record.line : number}`,
            value: undefined,
            ...entry,
          };
        }
        number++;
      }
    },
  };
}

/** A line of JSON or of an address that begins with it is a comment. */
const hash = 0x23;

const windows1252 = new TextDecoder('windows-1252');

/** Spreadsheets still write what is not UTF-8. As a stream, for Node 20 takes it for Latin-1 otherwise. */
const textOf = ({ bytes }: Pick<RawRecord, 'bytes'>): string =>
  (isUtf8(bytes) ? bytes.toString('utf8') : windows1252.decode(bytes, { stream: true }))
    .replace(/^\ufeff/, '')
    .trimEnd();
