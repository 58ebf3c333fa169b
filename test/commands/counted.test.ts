import { expect, test } from 'vitest';
import { counted } from '../../src/commands/counted.ts';

test('one of a thing is no plural, none and several are', () => {
  expect([0, 1, 2].map((count) => counted(count, 'image'))).toEqual(['0 images', '1 image', '2 images']);
  expect([1, 3].map((count) => counted(count, 'address', 'addresses'))).toEqual(['1 address', '3 addresses']);
});
