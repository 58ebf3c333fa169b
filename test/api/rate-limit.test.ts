import { expect, test } from 'vitest';
import { openRateLimit, visitorOf } from '../../src/api/rate-limit.ts';

test('a burst, then as many as come in steadily, each visitor apart', () => {
  let at = 0;
  const rate = openRateLimit({ perSecond: 2, burst: 5 }, () => at);
  const take = (times: number, key = 'ada') => Array.from({ length: times }, () => rate.take(key, 1));
  expect(take(6)).toEqual([0, 0, 0, 0, 0, 1]);
  expect(take(2, 'bob')).toEqual([0, 0]);
  at += 1000;
  expect(take(3)).toEqual([0, 0, 1]);
  at += 3_600_000;
  expect(take(6)).toEqual([0, 0, 0, 0, 0, 1]);
});

test('small things cost little, and who is refused pays nothing', () => {
  let at = 0;
  const rate = openRateLimit({ perSecond: 1, burst: 1 }, () => at);
  expect(Array.from({ length: 10 }, () => rate.take('ada', 0.1)).every((wait) => wait === 0)).toBe(true);
  expect(rate.take('ada', 1)).toBe(1);
  expect(rate.take('ada', 1)).toBe(1);
  at += 1001;
  expect(rate.take('ada', 1)).toBe(0);
});

test('remembers the last ten thousand only', () => {
  const rate = openRateLimit({ perSecond: 1, burst: 1 }, () => 0);
  expect([rate.take('ada', 1), rate.take('ada', 1)]).toEqual([0, 1]);
  for (let number = 0; number < 10_000; number++) rate.take(`visitor ${number}`, 1);
  expect(rate.take('ada', 1)).toBe(0);
});

test.each([
  [undefined, '127.0.0.1', '127.0.0.1'],
  ['203.0.113.9', '127.0.0.1', '203.0.113.9'],
  // Only what the nearest proxy wrote counts: the rest may be made up.
  ['1.2.3.4, 203.0.113.9', '127.0.0.1', '203.0.113.9'],
  ['nonsense', '127.0.0.1', '127.0.0.1'],
  ['2001:db8:1:2:3:4:5:6', '::1', '2001:db8:1:2'],
  ['2001:db8::6', '::1', '2001:db8:0:0'],
  [undefined, '::ffff:127.0.0.1', '::ffff:127.0.0.1'],
])('the visitor of %s by %s is %s', (forwarded, remote, visitor) => {
  expect(visitorOf(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }, remote, true)).toBe(
    visitor,
  );
});

test('where no proxy was told of, what a request says of itself is not believed', () => {
  const headers = { 'x-forwarded-for': '203.0.113.9' };
  expect(visitorOf(headers, '127.0.0.1', false)).toBe('127.0.0.1');
});
