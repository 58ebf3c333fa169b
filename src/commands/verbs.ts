// The verbs, in the order in which help shows them.
import { backup } from './backup.ts';
import { classify } from './classify.ts';
import { collections } from './collections.ts';
import { config } from './config.ts';
import { crawl } from './crawl.ts';
import { crawls } from './crawls.ts';
import { exportVerb } from './export.ts';
import { failures } from './failures.ts';
import { forget } from './forget.ts';
import { importVerb } from './import.ts';
import { init } from './init.ts';
import { models } from './models.ts';
import { prune } from './prune.ts';
import { schedule } from './schedule.ts';
import { search } from './search.ts';
import { serve } from './serve.ts';
import { store } from './store.ts';
import type { Verb } from './verb.ts';

export const verbs: readonly Verb[] = [
  init,
  crawl,
  crawls,
  serve,
  collections,
  schedule,
  search,
  classify,
  models,
  failures,
  exportVerb,
  importVerb,
  backup,
  prune,
  forget,
  store,
  config,
];
