import { describe, expect, test } from 'vitest';
import { patternOf, trapIn } from '../../src/crawler/traps.ts';

const site = 'https://shop.example';
const year = 2026;

describe('addresses that are traps', () => {
  test.each([
    [`/${'a'.repeat(2100)}`, 'longer than 2048 characters'],
    [`/${Array.from({ length: 31 }, (_, at) => `p${at}`).join('/')}`, 'more than 30 parts'],
    ['/a/b/a/b/a/b', 'repeat themselves'],
    ['/x/img/css/js/img/css/js/img/css/js/y', 'repeat themselves'],
    ['/a/a/a/a', 'repeat themselves'],
    ['/a/1/a/2/a/3/a/4/a', 'repeat themselves'],
    [`/list?${Array.from({ length: 16 }, (_, at) => `p${at}=1`).join('&')}`, 'more than 15 parameters'],
    ['/list?tag=a&tag=b&tag=c&tag=d', 'same parameter again and again'],
    ['/calendar?year=2031&month=5', 'the year 2031'],
    ['/calendar?date=2031-05-12', 'the year 2031'],
    ['/2031/05/12/', 'the year 2031'],
    ['/diary/9999-12', 'the year 9999'],
    ['/events/2100/7', 'the year 2100'],
  ])('%s', (path, reason) => {
    expect(trapIn(`${site}${path}`, year)).toContain(reason);
  });

  test.each([
    '/',
    '/a/b/a/b',
    '/photos/photos/photos',
    '/1/1/1',
    '/2019/05/12/my-photo.html',
    '/2028/05/12/',
    '/album/2050/3',
    '/photo/20345/7',
    '/photo/2050/12',
    '/diary/1850-12',
    '/product?id=203105',
    '/list?tag=a&tag=b&page=2&sort=price',
    '/calendar?year=2027&month=5',
  ])('%s is none', (path) => {
    expect(trapIn(`${site}${path}`, year)).toBeUndefined();
  });
});

test('addresses are alike by their paths with other numbers, and by the names of their parameters', () => {
  expect(patternOf(`${site}/about`)).toBeUndefined();
  expect(patternOf(`${site}/photo/12.html`)).toMatchObject({
    key: 'shop.example/photo/#.html',
    parameters: 0,
  });
  const [one, other] = [`${site}/list?b=1&a=2`, `${site}/list?a=7&b=8&b=9`].map(patternOf);
  expect(one).toEqual(other);
  expect(one).toMatchObject({ key: 'shop.example/list?a&b', parameters: 2, isDated: false });
  expect(patternOf(`${site}/list?month=8`)).toMatchObject({ isDated: true });
  expect(patternOf(`${site}/2019/05/12/`)).toMatchObject({ isDated: true });
});
