// What an object says of itself, as page context: its metadata, its tags, and the folders of its key.
import { isUtf8 } from 'node:buffer';
import type { PageContext } from '../../../record.ts';
import { nameWords } from '../../../text.ts';
import { folderWords } from './address.ts';
import type { Tags } from './tags.ts';

type Field = 'title' | 'alt' | 'caption' | 'description' | 'heading' | 'section' | 'link' | 'date';

/** Names as people spell them, without regard to case, `-` and `_`. */
const fields: Readonly<Record<string, Field>> = {
  title: 'title',
  name: 'title',
  alt: 'alt',
  alttext: 'alt',
  caption: 'caption',
  description: 'description',
  desc: 'description',
  heading: 'heading',
  headline: 'heading',
  section: 'section',
  category: 'section',
  link: 'link',
  url: 'link',
  page: 'link',
  pageurl: 'link',
  date: 'date',
  published: 'date',
  publishedat: 'date',
};

const maxChars = 2_000;

/** undefined where it says nothing. Metadata goes before tags; tags of other names are words of the section. */
export function contextOf(
  key: string,
  metadata: Readonly<Record<string, string>>,
  tags: Tags,
): PageContext | undefined {
  const said = new Map<Field, string>();
  const others: string[] = [];
  for (const [name, raw] of Object.entries(metadata)) say(said, name, headerText(raw));
  for (const [name, value] of tags) {
    if (!say(said, name, value)) others.push(nameWords(`${name} ${value}`).trim());
  }
  const captions = new Set([said.get('caption'), said.get('description')]);
  const section = said.get('section') ?? folderWords(key);
  const context = {
    alt: said.get('alt'),
    caption: joined([...captions], ' – '),
    heading: said.get('heading'),
    title: said.get('title'),
    section: joined([section, ...others], ' · '),
    link: linkOf(said.get('link')),
    publishedAt: dateOf(said.get('date')),
  };
  const entries = Object.entries(context).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as PageContext);
}

/** False where the name means nothing to us. */
function say(said: Map<Field, string>, name: string, text: string): boolean {
  const field = fields[name.toLowerCase().replace(/[-_]/g, '')];
  if (field === undefined) return false;
  const value = text.replace(/\s+/g, ' ').trim().slice(0, maxChars);
  if (value !== '' && !said.has(field)) said.set(field, value);
  return true;
}

const joined = (parts: readonly (string | undefined)[], by: string): string | undefined => {
  const some = parts.filter((part) => part !== undefined && part !== '');
  return some.length === 0 ? undefined : some.join(by);
};

const linkOf = (text: string | undefined): string | undefined =>
  text !== undefined && /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text).href : undefined;

/** ISO 8601 and the dates of mails; 3/4/2026 is March to some and April to others. */
function dateOf(text: string | undefined): string | undefined {
  if (text === undefined || !/^(?:\d{4}(?:-\d\d){0,2}(?:[T ].*)?|\w{3}, \d.*)$/.test(text)) return undefined;
  const isLocal = /[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/.test(text);
  const time = Date.parse(isLocal ? `${text.replace(' ', 'T')}Z` : text);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** Headers are ASCII: other letters come as UTF-8 bytes one by one, or in the words of RFC 2047. */
export function headerText(raw: string): string {
  const bytes = Buffer.from(raw, 'latin1');
  const text = /^[\0-\xff]*$/.test(raw) && isUtf8(bytes) ? bytes.toString() : raw;
  return text
    .replace(/(\?=)\s+(?==\?)/g, '$1')
    .replace(
      /=\?([\w-]+)(?:\*[\w-]+)?\?([BQ])\?([^?]*)\?=/gi,
      (word, charset: string, kind: string, coded: string) =>
        decodeWord(charset, kind.toUpperCase() === 'B' ? Buffer.from(coded, 'base64') : quoted(coded), word),
    );
}

const quoted = (coded: string): Buffer =>
  Buffer.from(
    coded
      .replaceAll('_', ' ')
      .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );

function decodeWord(charset: string, bytes: Buffer, otherwise: string): string {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return otherwise;
  }
}
