import { expect, test } from 'vitest';
import { allocateContent, freeContent } from '../src/content-memory.ts';

test('a large content is empty once it is freed, views of it too', () => {
  const content = allocateContent(3 * 1024 ** 2);
  content.fill(7);
  const part = content.subarray(10, 20);
  expect(part[0]).toBe(7);
  freeContent(part);
  expect([content.length, part.length]).toEqual([0, 0]);
  freeContent(content);
});

test('a small content is an ordinary buffer, and freeing it changes nothing', () => {
  const content = allocateContent(100);
  content.fill(7);
  freeContent(content);
  expect(content.length).toBe(100);
});

test('freed memory goes back to the system at once', () => {
  const before = process.memoryUsage.rss();
  for (let round = 0; round < 20; round++) {
    const content = allocateContent(40 * 1024 ** 2);
    content.fill(round);
    freeContent(content);
  }
  expect(process.memoryUsage.rss() - before).toBeLessThan(60 * 1024 ** 2);
});
