// All benchmarks, in the order in which they run.
import type { Bench } from './bench.ts';
import { labelModels } from './label-models.ts';

export const benches: readonly Bench[] = [labelModels];
