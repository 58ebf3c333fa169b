// All benchmarks, in the order in which they run.
import type { Bench } from './bench.ts';
import { crawlSite } from './crawl-site.ts';
import { crawlSpeed } from './crawl-speed.ts';
import { graphql } from './graphql.ts';
import { labelModels } from './label-models.ts';
import { ledger } from './ledger.ts';
import { million } from './million.ts';
import { reindex } from './reindex.ts';
import { soakBench } from './soak.ts';
import { writer } from './writer.ts';

export const benches: readonly Bench[] = [
  labelModels,
  writer,
  graphql,
  ledger,
  million,
  reindex,
  crawlSpeed,
  crawlSite,
  soakBench,
];
