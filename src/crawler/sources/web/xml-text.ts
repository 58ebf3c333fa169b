// The characters of an XML or text file as the web serves it: unpacked where its bytes are gzip, whatever it is called.
import { createGunzip } from 'node:zlib';

/** More was to come: its cap was reached, or it was cut off. */
export class CutOffError extends Error {}

const pieceBytes = 64 * 1024;

/** Throws `CutOffError` after what could be read. */
export async function* xmlText(
  body: Buffer,
  contentType: string | undefined,
  maxBytes: number,
): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let isBegun = false;
  for await (const piece of isGzip(body) ? unpacked(body, maxBytes) : pieces(body)) {
    decoder ??= new TextDecoder(charsetOf(piece, contentType));
    const text: string = decoder.decode(piece, { stream: true });
    // Blank lines before the XML declaration are a common mistake.
    const rest: string = isBegun ? text : text.trimStart();
    isBegun ||= rest !== '';
    yield rest;
  }
  yield decoder?.decode() ?? '';
}

const isGzip = (body: Buffer): boolean => body[0] === 0x1f && body[1] === 0x8b;

function* pieces(body: Buffer): Generator<Buffer> {
  for (let start = 0; start < body.length; start += pieceBytes)
    yield body.subarray(start, start + pieceBytes);
}

async function* unpacked(body: Buffer, maxBytes: number): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  gunzip.end(body);
  let bytes = 0;
  try {
    for await (const piece of gunzip as AsyncIterable<Buffer>) {
      const room = maxBytes - bytes;
      bytes += piece.length;
      yield piece.subarray(0, room);
      if (piece.length > room) throw new CutOffError(`it is larger than ${maxBytes} bytes, unpacked`);
    }
  } catch (error) {
    if (error instanceof CutOffError) throw error;
    throw new CutOffError(`its gzip is broken: ${(error as Error).message}`);
  }
}

/** Byte order mark, Content-Type, XML declaration, in this order; UTF-8 where none says anything. */
function charsetOf(start: Buffer, contentType: string | undefined): string {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  if (start[0] === 0xef && start[1] === 0xbb) return 'utf-8';
  const said = /charset\s*=\s*["']?([^\s"';,]+)/i.exec(contentType ?? '')?.[1];
  const declared = /^\s*<\?xml[^>]{1,200}?encoding\s*=\s*["']([^"']{1,40})["']/.exec(
    start.toString('latin1', 0, 300),
  )?.[1];
  return known(said) ?? asciiLike(known(declared)) ?? 'utf-8';
}

/** A declaration that can be read byte by byte is not UTF-16, whatever it says. */
const asciiLike = (charset: string | undefined): string | undefined =>
  charset?.startsWith('utf-16') ? 'utf-8' : charset;

function known(label: string | undefined): string | undefined {
  if (label === undefined) return undefined;
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}
