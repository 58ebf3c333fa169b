import { describe, expect, test } from 'vitest';
import { parseRobots } from '../../src/crawler/robots-rules.ts';
import { sharedPath } from '../shared.ts';
import { robotsExpectations, writtenPath } from './robots-expectations.ts';

const shared = sharedPath('robots');

test.skipIf(shared === null)('every expectation of the robots.txt specification tests is met', () => {
  const expectations = robotsExpectations(shared as string);
  expect(expectations.length).toBe(400);
  const missed = expectations.filter(
    ({ robots, url, agent, isAllowed }) => parseRobots(robots, agent).allows(writtenPath(url)) !== isAllowed,
  );
  expect(missed.map(({ file, url, agent }) => `${file}: ${agent} ${url}`)).toEqual([]);
});

const rules = (text: string) => parseRobots(Buffer.from(text), 'imagedex');

describe('rules for us', () => {
  test('our own group counts alone, wherever it stands and however often', () => {
    const robots = rules(
      'User-agent: *\nDisallow: /\n\nUser-agent: ImageDex/1.0\nDisallow: /a\n\nUser-agent: imagedex\nDisallow: /b',
    );
    expect(['/', '/a', '/b', '/c'].map((path) => robots.allows(path))).toEqual([true, false, false, true]);
  });

  test('a group of ours without rules allows everything', () => {
    expect(rules('User-agent: *\nDisallow: /\nUser-agent: imagedex\nDisallow:').allows('/x')).toBe(true);
  });

  test('what is forbidden is so in every spelling of its letters', () => {
    expect(rules('User-agent: *\nDisallow: /%7Ejoe/').allows('/~joe/x')).toBe(false);
    expect(rules('User-agent: *\nDisallow: /~joe/').allows('/%7ejoe/x')).toBe(false);
    expect(rules('User-agent: *\nDisallow: /a%2Fb').allows('/a/b')).toBe(true);
  });

  test('a crawl delay is read, and breaks no group', () => {
    const robots = rules('User-agent: imagedex\nCrawl-delay: 2.5\nUser-agent: other\nDisallow: /x');
    expect([robots.crawlDelaySeconds, robots.allows('/x')]).toEqual([2.5, false]);
    expect(rules('User-agent: *\nCrawl-delay: soon').crawlDelaySeconds).toBe(null);
  });

  test('a pattern made to take long does not', () => {
    const robots = rules(`User-agent: *\nDisallow: /${'*a'.repeat(500)}$`);
    expect(robots.allows(`/${'a'.repeat(4000)}b`)).toBe(true);
  });
});
