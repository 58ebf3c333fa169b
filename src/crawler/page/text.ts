// The characters of a page: its charset told from byte order mark, Content-Type or meta tag, in this order.

const sniffBytes = 4096;

export function pageCharset(body: Uint8Array, contentType: string | undefined): string {
  const [a, b, c] = body;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  const said = known(/charset\s*=\s*["']?([^\s"';,]+)/i.exec(contentType ?? '')?.[1]);
  if (said !== undefined) return said;
  const start = Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, sniffBytes)).toString(
    'latin1',
  );
  const meta = known(/<meta[^>]+charset\s*=\s*["']?([^\s"'/>;]+)/i.exec(start)?.[1]);
  // A page whose tag can be read byte by byte is not UTF-16, whatever it says.
  if (meta !== undefined) return meta.startsWith('utf-16') ? 'utf-8' : meta;
  return isUtf8(body) ? 'utf-8' : 'windows-1252';
}

function known(label: string | undefined): string | undefined {
  if (label === undefined) return undefined;
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

function isUtf8(body: Uint8Array): boolean {
  try {
    // What is cut off in mid-character at the end is no proof against it.
    new TextDecoder('utf-8', { fatal: true }).decode(body, { stream: true });
    return true;
  } catch {
    return false;
  }
}

const pieceBytes = 16 * 1024;

export function* pageText(body: Uint8Array, contentType: string | undefined): Generator<string> {
  const decoder = new TextDecoder(pageCharset(body, contentType));
  for (let start = 0; start < body.length; start += pieceBytes) {
    yield decoder.decode(body.subarray(start, start + pieceBytes), { stream: true });
  }
  yield decoder.decode();
}
