import { expect, test } from 'vitest';
import type { Kinds } from '../../src/ledger.ts';
import {
  columnName,
  columnsOf,
  computedColumnsOf,
  mustHaveColumn,
  valuesOf,
} from '../../src/ledgers/kinds.ts';

test('columns of the same name are of the same type in all kinds', () => {
  const types = new Map<string, string>();
  for (const { name, type = 'string' } of [
    ...Object.values(columnsOf).flat(),
    ...Object.values(computedColumnsOf).flat(),
  ]) {
    expect(types.get(name) ?? type).toBe(type);
    types.set(name, type);
  }
});

test('a failure has the host of its address, where there is one', () => {
  const failure = { collection: 'c', source: 's', crawlId: 'x', code: 'not_found' } as Kinds['failure'];
  expect(valuesOf('failure', { ...failure, url: 'https://a.example:8080/b' }).at(-1)).toBe('a.example:8080');
  expect(valuesOf('failure', { ...failure, url: 'no address' }).at(-1)).toBe('');
});

test('a field without a column names the kind that lacks it', () => {
  expect(columnName('location', 'imageId')).toBe('image_id');
  expect(() => mustHaveColumn('owner', 'host')).toThrow('owner');
});
