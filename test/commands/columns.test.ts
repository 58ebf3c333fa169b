import { expect, it } from 'vitest';
import { columns } from '../../src/commands/columns.ts';

it('aligns cells and leaves no blanks at the end of lines', () => {
  expect(
    columns([
      ['a', 'bb', 'c'],
      ['aaa', 'b', 'cccc'],
      ['a', '', ''],
    ]),
  ).toEqual(['a    bb  c', 'aaa  b   cccc', 'a']);
});

it('lets a cell that is too wide push only its own row', () => {
  expect(
    columns(
      [
        ['aaaaaa', 'b'],
        ['aa', 'b'],
      ],
      4,
    ),
  ).toEqual(['aaaaaa  b', 'aa  b']);
});
