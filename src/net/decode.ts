// The encodings of bodies: which we ask for, and the streams that undo them.
import { Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';

/** An encoding that we did not ask for, or too many of them. */
export class EncodingError extends Error {}

type MakeDecoder = () => Transform;
interface Zstd {
  readonly createZstdDecompress?: (options: { readonly params: Record<number, number> }) => Transform;
  readonly constants: { readonly ZSTD_d_windowLogMax?: number };
}
// Node has it since 22.15; older ones must not ask for it.
const { createZstdDecompress, constants } = zlib as unknown as Zstd;
/** 8 MiB, as browsers have it: a decoder holds as much memory as the other side says. */
const zstdWindowLog = 23;
const zstd: MakeDecoder | undefined =
  createZstdDecompress === undefined
    ? undefined
    : () => createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax ?? 100]: zstdWindowLog } });

const decoders: ReadonlyMap<string, MakeDecoder> = new Map([
  ['gzip', zlib.createGunzip],
  ['x-gzip', zlib.createGunzip],
  ['br', zlib.createBrotliDecompress],
  ...(zstd === undefined ? [] : [['zstd', zstd] as const]),
]);
const maxEncodings = 2;

export const acceptEncoding = ['gzip', 'deflate', 'br', ...(zstd === undefined ? [] : ['zstd'])].join(', ');

export const encodingsOf = (contentEncoding: string): string[] =>
  contentEncoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');

/** The streams from the wire to the plain body, the last encoding first. */
export async function decode(wire: AsyncGenerator<Buffer>, encodings: readonly string[]): Promise<unknown[]> {
  if (encodings.length > maxEncodings) throw new EncodingError(`it is encoded ${encodings.length} times`);
  const made: Transform[] = [];
  let source = wire;
  for (const name of encodings.toReversed()) {
    if (name === 'deflate' && made.length === 0) {
      const { isZlib, whole } = await peek(source);
      source = whole;
      made.push(isZlib ? zlib.createInflate() : zlib.createInflateRaw());
    } else if (name === 'deflate') made.push(zlib.createInflate());
    else {
      const make = decoders.get(name);
      if (make === undefined)
        throw new EncodingError(`its encoding ${JSON.stringify(name.slice(0, 40))} is unknown`);
      made.push(make());
    }
  }
  return [Readable.from(source, { objectMode: false }), ...made];
}

/** Some servers send "deflate" without the zlib header that the standard asks for. */
async function peek(
  source: AsyncGenerator<Buffer>,
): Promise<{ isZlib: boolean; whole: AsyncGenerator<Buffer> }> {
  const first = await source.next();
  const chunk = first.done === true ? Buffer.alloc(0) : first.value;
  const whole = async function* () {
    yield chunk;
    yield* source;
  };
  return { isZlib: chunk.length === 0 || ((chunk[0] ?? 0) & 0x0f) === 8, whole: whole() };
}
