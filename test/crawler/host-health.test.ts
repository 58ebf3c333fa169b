import { expect, test } from 'vitest';
import { askedRestMs, healthOf } from '../../src/crawler/host-health.ts';
import { failure } from '../../src/errors.ts';

const head = (status: number, retryAfter?: string) => ({
  url: 'https://a.example/',
  status,
  headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
});

test.each<[string, ReturnType<typeof healthOf>, string | null]>([
  ['an answer', healthOf(head(200), undefined), 'well'],
  ['a page that is missing', healthOf(head(404), undefined), 'well'],
  ['a page that is broken', healthOf(head(500), undefined), 'well'],
  ['a redirect', healthOf(head(301), undefined), 'well'],
  ['too many requests', healthOf(head(429), undefined), 'busy'],
  ['not now, but then', healthOf(head(503, '60'), undefined), 'busy'],
  ['not now', healthOf(head(503), undefined), 'unwell'],
  ['a gateway without a server', healthOf(head(502), undefined), 'unwell'],
  ['a gateway that waited too long', healthOf(head(504), undefined), 'unwell'],
  ['a content network without a server', healthOf(head(521), undefined), 'unwell'],
  ['a broken connection', healthOf(null, failure('fetch', 'network_error', 'reset')), 'unwell'],
  ['no answer in time', healthOf(null, failure('fetch', 'timed_out', 'no answer')), 'unwell'],
  ['a body that stands still', healthOf(head(200), failure('fetch', 'timed_out', 'stood still')), 'unwell'],
  ['no HTTP', healthOf(null, failure('fetch', 'bad_response', 'no HTTP')), 'well'],
  ['who stopped asking', healthOf(null, undefined), null],
])('of %s', (_, health, expected) => {
  expect(health).toBe(expected);
});

test('a wish to be left alone counts with 429 and 503 alone', () => {
  expect([429, 503, 500, 200].map((status) => askedRestMs(head(status, '2')))).toEqual([
    2000,
    2000,
    undefined,
    undefined,
  ]);
});
