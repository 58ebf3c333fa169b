// The settings of crawling as they are by default.
import { type CrawlerSettings, crawlerOptions } from '../../../src/crawler/options.ts';

export const webSettings = Object.fromEntries(
  Object.entries(crawlerOptions).map(([name, { default: value }]) => [name, value]),
) as unknown as CrawlerSettings;
