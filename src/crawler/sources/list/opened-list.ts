// A list whose bytes are here: its format, what is what in its entries, and where it goes on.
import { failure } from '../../../errors.ts';
import { type Head, headerOf } from '../../../net/answer.ts';
import type { Validators } from '../../../record.ts';
import type { CrawlerSettings } from '../../options.ts';
import type { Expansion } from '../../source.ts';
import { type ListDocument, openDocument } from './document.ts';
import { type Mapping, mappingOf, type UserMapping } from './mapping.ts';
import { type NextPage, nextPage } from './next-page.ts';
import type { ListBytes } from './spool.ts';

export interface OpenedList {
  readonly document: ListDocument;
  /** undefined where it has no entries. */
  readonly mapping: Mapping | undefined;
  readonly validators: Validators;
  /** Changes with every change of it. */
  readonly version: string;
  /** What relative addresses are relative to; undefined in a file. */
  readonly base: string | undefined;
  readonly next: NextPage;
}

export type Unopened = Exclude<Expansion, { outcome: 'expanded' }>;

export interface ReadOptions {
  readonly user: UserMapping;
  readonly settings: CrawlerSettings;
  /** Where the first entries of a page say nothing: those of the first page did. */
  readonly fallback: () => Mapping | undefined;
}

export interface Found {
  readonly bytes: ListBytes;
  readonly name: string;
  /** null for what did not come over the web. */
  readonly head: Head | null;
  readonly validators: Validators;
  readonly version: string;
}

export async function openBytes(
  { user, settings, fallback }: ReadOptions,
  { bytes, name, head, validators, version }: Found,
  signal: AbortSignal,
): Promise<OpenedList | Unopened> {
  const mediaType = (head && headerOf(head, 'content-type')) ?? '';
  const { maxListBytes: maxJsonBytes, allowPrivateHosts: allowHosts } = settings;
  const where = head?.url ?? name;
  const fault = async (what: string): Promise<Unopened> => {
    await bytes.close();
    return {
      outcome: 'failed',
      failure: failure('find', 'bad_entry', `${where} cannot be read as a list: ${what}`),
    };
  };
  const document = await openDocument({ bytes, name, mediaType, user, maxJsonBytes }, signal);
  if ('fault' in document) return fault(document.fault);
  const told = await toldBy(document, user, signal);
  const mapping = told !== undefined && 'fault' in told ? fallback() : told;
  if (told !== undefined && mapping === undefined) {
    await document.close();
    return fault((told as { fault: string }).fault);
  }
  const isMapped = user.next !== undefined;
  const next = nextPage({ said: document.next, isMapped, head, allowHosts });
  return { document, mapping, validators, version, base: head?.url, next };
}

const sampleEntries = 100;

async function toldBy(
  document: ListDocument,
  user: UserMapping,
  signal: AbortSignal,
): Promise<Mapping | { readonly fault: string } | undefined> {
  const values: unknown[] = [];
  let firstFault: string | undefined;
  for await (const { number, place, value, fault } of document.entries(1, signal)) {
    if (fault === undefined) values.push(value);
    else firstFault ??= `${place}: ${fault}`;
    if (number >= sampleEntries) break;
  }
  if (values.length === 0 && firstFault !== undefined) return { fault: firstFault };
  return mappingOf(values, user);
}
