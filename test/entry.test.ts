import { expect, it } from 'vitest';
import { builtFile } from '../src/entry.ts';

it.each([
  ['file:///p/src/', 'describer.ts', 'file:///p/dist/describer.js'],
  ['file:///p/src/', 'sqlite/thread.ts', 'file:///p/dist/sqlite/thread.js'],
  ['file:///p/dist/', 'describer.ts', 'file:///p/dist/describer.js'],
  ['file:///home/src/p/src/', 'src/b.ts', 'file:///home/src/p/dist/src/b.js'],
  ['file:///home/src/p%20q/dist/', 'a/b.ts', 'file:///home/src/p%20q/dist/a/b.js'],
])('within %s starts %s as %s', (here, file, built) => {
  expect(builtFile(new URL(file, here), new URL(here)).href).toBe(built);
});

it('finds this project', () => {
  const source = new URL('../src/cli.ts', import.meta.url);
  expect(builtFile(source).href).toBe(new URL('../dist/cli.js', import.meta.url).href);
});

it('refuses a file from elsewhere', () => {
  expect(() => builtFile(new URL('file:///elsewhere/a.ts'))).toThrow('expected a file below');
});
