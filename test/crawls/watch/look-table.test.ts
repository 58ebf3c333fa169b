import { expect, test } from 'vitest';
import { LookTable } from '../../../src/crawls/watch/look-table.ts';
import { locationId } from '../../../src/record.ts';

const id = (number: number | string): string => locationId('c', 'folder:/x', String(number));

test('says what is new, the same and other, and takes what nobody has seen', () => {
  const table = new LookTable();
  expect(table.see(id(1), 'a')).toBe('new');
  table.set(id(1), 'a', '.');
  table.set(id(2), 'a', 'sub');
  table.set(id(3), 'a', '.');
  table.begin();
  expect(table.see(id(1), 'a')).toBe('same');
  expect(table.see(id(3), 'b')).toBe('other');
  expect(table.takeUnseen(['.'])).toEqual([]);
  // What is other stays so until somebody takes it.
  expect(table.see(id(3), 'b')).toBe('other');
  expect(table.takeUnseen(['.', 'sub'])).toEqual([id(2)]);
  expect(table.size).toBe(2);
  expect(table.see(id(2), 'a')).toBe('new');
});

test('agrees with a Map through thousands of changes', () => {
  const table = new LookTable();
  const known = new Map<string, { mark: string; part: string }>();
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % below;
  };
  for (let round = 0; round < 30; round++) {
    table.begin();
    const seen = new Map<string, string>();
    for (let count = 0; count < 1000; count++) {
      const number = random(4000);
      seen.set(id(number), `mark ${random(3)}`);
    }
    for (const [one, mark] of seen) {
      const before = known.get(one);
      expect(table.see(one, mark)).toBe(
        before === undefined ? 'new' : before.mark === mark ? 'same' : 'other',
      );
      const part = before?.part ?? `part ${random(3)}`;
      table.set(one, mark, part);
      known.set(one, { mark, part });
    }
    const gone = [...known].filter(([one, { part }]) => part === 'part 1' && !seen.has(one));
    for (const [one] of gone) known.delete(one);
    expect(table.takeUnseen(['part 1']).sort()).toEqual(gone.map(([one]) => one).sort());
    expect(table.size).toBe(known.size);
  }
});
