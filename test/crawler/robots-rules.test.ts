import { describe, expect, test } from 'vitest';
import { parseRobots } from '../../src/crawler/robots-rules.ts';
import { sharedPath } from '../shared.ts';
import { robotsExpectations, writtenPath } from './robots-expectations.ts';

const shared = sharedPath('robots');

test.skipIf(shared === null)(
  'crawl 1: every one of the 400 expectations of the robots.txt specification tests is met',
  () => {
    const expectations = robotsExpectations(shared as string);
    expect(expectations.length).toBe(400);
    const missed = expectations.filter(
      ({ robots, url, agent, isAllowed }) =>
        parseRobots(robots, agent).allows(writtenPath(url)) !== isAllowed,
    );
    expect(missed.map(({ file, url, agent }) => `${file}: ${agent} ${url}`)).toEqual([]);
  },
);

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

  test('sitemaps are read wherever they stand, for everybody, and so many at most', () => {
    const sitemap = (n: number) => `Sitemap: https://a.example/${n}.xml\n`;
    const robots = rules(
      `${sitemap(1)}User-agent: other\n${sitemap(2)}Disallow: /\nUser-agent: imagedex\nDisallow: /x`,
    );
    expect(robots.sitemaps).toEqual(['https://a.example/1.xml', 'https://a.example/2.xml']);
    expect(robots.allows('/x')).toBe(false);
    expect(rules(Array.from({ length: 200 }, (_, n) => sitemap(n)).join('')).sitemaps.length).toBe(100);
  });

  test('of patterns that are too many, what is forbidden stays forbidden', () => {
    const many = Array.from({ length: 5000 }, (_, n) => `Disallow: /a${n}/*aaaaaaaab*c\n`).join('');
    const robots = rules(`User-agent: *\n${many}Allow: /a4000/*.jpg\nDisallow: /z*.php`);
    expect(robots.allows('/a10/x')).toBe(true);
    expect(robots.allows('/a10/aaaaaaaabxc')).toBe(false);
    expect(robots.allows('/a4999/x')).toBe(false);
    expect([robots.allows('/b'), robots.allows('/zoo')]).toEqual([true, false]);
  });

  test('a line made to take long does not', () => {
    const robots = rules(`User-agent: *\n${`a${' '.repeat(16_000)}b\n`.repeat(30)}Disallow: /x`);
    expect(robots.allows('/x')).toBe(false);
  });

  test('a pattern made to take long does not', () => {
    const robots = rules(`User-agent: *\nDisallow: /${'*a'.repeat(500)}$`);
    expect(robots.allows(`/${'a'.repeat(4000)}b`)).toBe(true);
  });
});
