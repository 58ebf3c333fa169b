import { expect, test } from 'vitest';
import { type TextLine, textLines } from '../../src/collections/text-lines.ts';

async function lines(chunks: readonly string[], maxLineBytes = 100): Promise<TextLine[]> {
  const all: TextLine[] = [];
  const bytes = async function* () {
    for (const chunk of chunks) yield Buffer.from(chunk, 'latin1');
  };
  for await (const line of textLines(bytes(), maxLineBytes)) all.push(line);
  return all;
}
const texts = async (chunks: readonly string[], most?: number) =>
  (await lines(chunks, most)).map(({ text }) => text);

test('lines are the same however the bytes are cut', async () => {
  const whole = Buffer.from('{"a":1}\nzwölf\r\n\nlast').toString('latin1');
  for (let size = 1; size <= whole.length; size++) {
    const chunks = whole.match(new RegExp(`[^]{1,${size}}`, 'g'))!;
    expect(await texts(chunks)).toEqual(['{"a":1}', 'zwölf', '', 'last']);
  }
});

test('they are numbered from 1, and a line feed at the end begins no further one', async () => {
  expect(await lines(['a\nb\n'])).toEqual([
    { number: 1, text: 'a' },
    { number: 2, text: 'b' },
  ]);
  expect(await lines([])).toEqual([]);
});

test('one that is too long is told of, and the next one is read', async () => {
  expect(await texts(['aaaa', 'aa\nbbbbb\ncc', 'cccc'], 5)).toEqual([null, 'bbbbb', null]);
});
