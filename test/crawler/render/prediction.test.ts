import { expect, test } from 'vitest';
import { Prediction } from '../../../src/crawler/render/prediction.ts';

const page = (n: number) => `http://site.example/album/${n}`;

test('after three in vain a kind of page is left alone for a while, each time for longer', () => {
  const prediction = new Prediction();
  let opened = 0;
  for (let n = 0; n < 300; n++) {
    if (prediction.isInVain(page(n))) continue;
    opened++;
    prediction.learn(page(n), false);
  }
  expect(opened).toBe(6);
  expect(prediction.isInVain('http://site.example/text/1')).toBe(false);
  expect(prediction.isInVain('http://other.example/album/1')).toBe(false);
});

test('one that shows more is worth every look', () => {
  const prediction = new Prediction();
  for (let n = 0; n < 100; n++) {
    expect(prediction.isInVain(page(n))).toBe(false);
    prediction.learn(page(n), n % 3 === 0);
  }
});
