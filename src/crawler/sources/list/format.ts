// What kind of list the bytes are: told from their beginning, and from name and media type where that leaves a choice.

export type ListFormat =
  | { readonly kind: 'json' }
  /** One JSON value a line. */
  | { readonly kind: 'lines' }
  /** One address a line. */
  | { readonly kind: 'addresses' }
  | { readonly kind: 'table'; readonly delimiter: string };

/** So much of a list is looked at. */
export const sniffBytes = 256 * 1024;

export interface ListHead {
  /** The first `sniffBytes`, or all there are. */
  readonly bytes: Buffer;
  /** A file's name or a URL's path. */
  readonly name: string;
  readonly mediaType: string;
}

/** What it is instead, in words, where it is no list. */
export function formatOf(head: ListHead): ListFormat | { readonly fault: string } {
  const [a, b] = head.bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    return { fault: 'it is in UTF-16: write it in UTF-8' };
  }
  const text = head.bytes.toString('utf8').replace(/^\ufeff/, '');
  if (text.includes('\0')) return { fault: 'its bytes are no text' };
  if (text.trim() === '') return { fault: 'it is empty' };
  // Comments, and no more than that.
  const start = text.replace(/^(?:\s+|#[^\n]*)+/, '');
  if (start === '') return { kind: 'addresses' };
  if (start.startsWith('<'))
    return { fault: 'it is HTML or XML: a web site is crawled by its address alone' };
  if (/^["[{]/.test(start)) return jsonFormat(start, head);
  return textFormat(start, head);
}

/** JSON Lines where the first line is whole and others follow. */
function jsonFormat(start: string, head: ListHead): ListFormat {
  const end = start.indexOf('\n');
  const [first, rest] = end === -1 ? [start, ''] : [start.slice(0, end), start.slice(end)];
  const isTable = /\.(csv|tsv|tab)$/i.test(head.name) || /csv|tab-separated/i.test(head.mediaType);
  // A table whose first column's name is quoted begins like a JSON text.
  if (start.startsWith('"') && (isTable || !isJson(first))) return tableFormat(first, head);
  const isNamedLines = /\.(jsonl|ndjson)$/i.test(head.name) || /ndjson|jsonl|json-seq/i.test(head.mediaType);
  if (isNamedLines && !start.startsWith('[')) return { kind: 'lines' };
  return isJson(first) && rest.trim() !== '' ? { kind: 'lines' } : { kind: 'json' };
}

function textFormat(start: string, head: ListHead): ListFormat | { readonly fault: string } {
  const lines = start.split(/\r?\n/, 50).filter((line) => line.trim() !== '');
  const [first = '', second = ''] = lines;
  if (/^(https?:)?\/\/\S+$/i.test(first.trim())) return { kind: 'addresses' };
  const { name, mediaType } = head;
  if (/\.(csv|tsv|tab)$/i.test(name) || /csv|tab-separated/i.test(mediaType)) return tableFormat(first, head);
  if (/\.(jsonl|ndjson)$/i.test(name) || /ndjson|jsonl/i.test(mediaType)) return { kind: 'lines' };
  const table = tableFormat(first, head);
  const isTable = delimiters.some((delimiter) => first.includes(delimiter)) || second.includes('://');
  return isTable ? table : { fault: 'it is neither JSON nor a table nor a line for each address' };
}

const delimiters = [',', ';', '\t', '|'] as const;

function tableFormat(header: string, { name, mediaType }: ListHead): ListFormat {
  if (/\.(tsv|tab)$/i.test(name) || /tab-separated/i.test(mediaType)) {
    return { kind: 'table', delimiter: '\t' };
  }
  const bare = header.replace(/"[^"]*"/g, '');
  const count = (delimiter: string) => bare.split(delimiter).length;
  const delimiter = delimiters.reduce((best, one) => (count(one) > count(best) ? one : best));
  return { kind: 'table', delimiter };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
