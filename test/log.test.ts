import { expect, test } from 'vitest';
import { openLog } from '../src/log.ts';

test('writes what is at least as grave as asked for, as JSON lines where nobody reads along', () => {
  const lines: string[] = [];
  const log = openLog('warn', (line) => lines.push(line), false);
  log.info('unheard');
  log.warn('heard', { code: 'x', count: 2 });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'warn', message: 'heard', code: 'x', count: 2 });
});

test('writes readable lines on a terminal', () => {
  const lines: string[] = [];
  openLog('debug', (line) => lines.push(line), true).debug('found', { url: 'http://x/', count: 2 });
  expect(lines).toEqual(['debug: found url=http://x/ count=2\n']);
});

test('writes out what a terminal would obey', () => {
  const lines: string[] = [];
  openLog('debug', (line) => lines.push(line), true).debug('found', { url: 'a\x1b[2J\nerror: b\r' });
  expect(lines).toEqual(['debug: found url=a\\u001b[2J\n    error: b\\u000d\n']);
});
