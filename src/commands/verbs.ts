// The verbs, in the order in which help shows them.
import { classify } from './classify.ts';
import { config } from './config.ts';
import { crawl } from './crawl.ts';
import { crawls } from './crawls.ts';
import { failures } from './failures.ts';
import { init } from './init.ts';
import { models } from './models.ts';
import { search } from './search.ts';
import { serve } from './serve.ts';
import type { Verb } from './verb.ts';

export const verbs: readonly Verb[] = [
  init,
  crawl,
  crawls,
  serve,
  search,
  classify,
  models,
  failures,
  config,
];
