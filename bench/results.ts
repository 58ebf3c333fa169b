// What the benchmarks came to, kept in one file: who runs one of them replaces its part and leaves the others.
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import type { Outcome } from './bench.ts';

export const resultsFile = new URL('../docs/benchmarks.json', import.meta.url);

export interface Result extends Outcome {
  readonly about: string;
  readonly date: string;
  readonly commit: string;
  readonly seconds: number;
  readonly machine: {
    readonly cores: number;
    readonly processor: string;
    readonly memoryGiB: number;
    readonly node: string;
    readonly opensearch: string | null;
  };
}
export type Results = Readonly<Record<string, Result>>;

export async function readResults(): Promise<Results> {
  const text = await readFile(resultsFile, 'utf8').catch(() => '{}');
  return JSON.parse(text) as Results;
}

export async function keepResults(fresh: Results): Promise<void> {
  const all = Object.entries({ ...(await readResults()), ...fresh }).sort(([a], [b]) => (a < b ? -1 : 1));
  await writeFile(resultsFile, `${JSON.stringify(Object.fromEntries(all), rounded, 2)}\n`);
}

/** Five digits are more than any measurement holds. */
const rounded = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;

export const machine = (opensearch: string | null): Result['machine'] => ({
  cores: availableParallelism(),
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.versions.node,
  opensearch,
});

/** With a + where files differ from it. */
export function commit(): string {
  const git = (...args: readonly string[]) =>
    execFileSync('git', args, { encoding: 'utf8', cwd: new URL('..', import.meta.url) }).trim();
  try {
    const isClean = git('status', '--porcelain', '--untracked-files=no', '--', 'src', 'bench') === '';
    return `${git('rev-parse', '--short=12', 'HEAD')}${isClean ? '' : '+'}`;
  } catch {
    return 'unknown';
  }
}
