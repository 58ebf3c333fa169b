// What can be set about crawling: how polite, how far, how much.
import { z } from 'zod';
import { type OptionTable, option, type Values } from '../options.ts';

const milliseconds = z.number().int().min(0).max(3_600_000);
const bytes = z
  .number()
  .int()
  .min(1)
  .max(2 ** 31);

export const crawlerOptions = {
  contact: option(
    z
      .string()
      .max(200)
      .regex(/^[\x21-\x7e]*$/, 'a URL or mail address without spaces'),
    '',
    'URL or mail address in the user agent, for people whose site is crawled; without one it says only that robots.txt is obeyed',
  ),
  hostDelayMs: option(
    milliseconds,
    1000,
    'Least time between two requests to one host; never waited on loopback',
  ),
  maxPages: option(
    z.number().int().min(1).max(1_000_000),
    10_000,
    'Pages of a web source that are looked into in one crawl',
  ),
  maxDepth: option(
    z.number().int().min(0).max(1000),
    20,
    'Links between the start page and the last page that is looked into',
  ),
  maxPageBytes: option(bytes, 10 * 1024 ** 2, 'Largest page that is read, decompressed'),
  maxImageBytes: option(bytes, 64 * 1024 ** 2, 'Largest image file that is fetched'),
  fetchTimeoutMs: option(milliseconds.min(1), 60_000, 'Longest time that one request may take as a whole'),
  allowPrivateHosts: option(
    z.array(z.string().min(1)),
    [] as string[],
    'Hosts or host:port pairs that may be fetched from although their addresses are private or loopback',
  ),
} satisfies OptionTable;

export type CrawlerSettings = Values<typeof crawlerOptions>;
