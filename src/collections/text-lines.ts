// Cuts bytes into lines, each with its number. A line that is too long is told of and not held.

export interface TextLine {
  /** From 1. */
  readonly number: number;
  /** null where it is longer than it may be. */
  readonly text: string | null;
}

const lineFeed = 10;

export async function* textLines(
  bytes: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
): AsyncGenerator<TextLine> {
  let pieces: Uint8Array[] = [];
  let [size, number] = [0, 0];
  const add = (piece: Uint8Array) => {
    size += piece.length;
    if (size <= maxLineBytes) pieces.push(piece);
    else pieces = [];
  };
  const take = (): TextLine => {
    const text = size > maxLineBytes ? null : Buffer.concat(pieces).toString('utf8').replace(/\r$/, '');
    pieces = [];
    size = 0;
    number++;
    return { number, text };
  };
  for await (const chunk of bytes) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      add(chunk.subarray(start, end));
      yield take();
      start = end + 1;
    }
    if (start < chunk.length) add(chunk.subarray(start));
  }
  if (size > 0) yield take();
}
