// The settings of crawling as they are by default, but for sitemaps: a test that means these says so.
import { type CrawlerSettings, crawlerOptions } from '../../../src/crawler/options.ts';

export const webSettings = {
  ...Object.fromEntries(Object.entries(crawlerOptions).map(([name, { default: value }]) => [name, value])),
  sitemaps: false,
} as unknown as CrawlerSettings;
