// What a benchmark is: it measures something on documents that it makes, and says so in tables.
import type { BenchServer } from './server.ts';

export type Cell = string | number;

export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** How it was measured, and what a reader may take it for. */
  readonly notes?: readonly string[];
}

/** A figure that an issue or a decision names, against what came. */
export interface Finding {
  readonly what: string;
  readonly wanted: string;
  readonly came: string;
  readonly holds: boolean;
}

export interface Outcome {
  readonly documents: number;
  readonly tables: readonly Table[];
  readonly findings?: readonly Finding[];
  /** Bytes, rates and the like that documents quote, by name. */
  readonly figures?: Readonly<Record<string, number>>;
  /** Its version, where it was not `call.server()`'s. */
  readonly opensearch?: string;
}

export interface BenchCall {
  /** The least of what the benchmark usually takes and of `--docs`. */
  documents(usual: number): number;
  /** One that this benchmark has for itself, closed when the run ends; where OPENSEARCH_3 names one, that. */
  server(): Promise<BenchServer>;
  progress(line: string): void;
  /** Runs at the end of the run, the last one first. */
  atEnd(close: () => Promise<void>): void;
}

export interface Bench {
  readonly name: string;
  /** One line. */
  readonly about: string;
  run(call: BenchCall): Promise<Outcome>;
}
