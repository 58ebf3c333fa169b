// What is said of a reindex while it runs without a terminal, and when somebody stops it.
import { expect, test } from 'vitest';
import { openReindexView, stopped } from '../../../src/commands/store/reindex-view.ts';

const written: string[] = [];
const stop = new AbortController();
const call = {
  signal: stop.signal,
  terminal: { isTerminal: false, columns: 0, out: () => {}, err: (text: string) => void written.push(text) },
};

test('a line for each step, an answer to a stop at once, and what became of it', () => {
  const view = openReindexView(call);
  view.onProgress({ step: 'waiting', done: 0, total: 0 });
  for (const done of [0, 1, 2]) view.onProgress({ step: 'copying', done, total: 2 });
  expect(written.splice(0)).toEqual([
    'a new index is made; waiting until every writer knows it\n',
    expect.stringMatching(/^copying 0 of 2 documents/),
  ]);
  const other = new Error('something else');
  expect(() => stopped(other, call)).toThrow(other);
  stop.abort();
  expect(written.splice(0)).toEqual([expect.stringContaining('Stopping: what was begun is removed')]);
  expect(() => stopped(other, call)).toThrow(other);
  expect(stopped(stop.signal.reason, call)).toBe(130);
  expect(written.splice(0)).toEqual(['Interrupted: nothing was changed, searches go on as before.\n']);
  view.end();
});
