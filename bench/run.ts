// `npm run bench`: runs all benchmarks, or those that are named, prints what came and keeps it for docs/benchmarks.md.
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { Bench, BenchCall } from './bench.ts';
import { benches } from './benches.ts';
import { makePage } from './make-page.ts';
import { commit, keepResults, machine, type Result } from './results.ts';
import { type BenchServer, openServer } from './server.ts';
import { columns, findingText } from './tables.ts';

const usage = `Usage: npm run bench -- [NAME…] [--docs N] [--dry]

Benchmarks: ${benches.map(({ name }) => name).join(', ')}; without a name all of them.
--docs N   at most so many documents in each
--dry      prints only: docs/benchmarks.json stays as it is
OPENSEARCH_3 names a running OpenSearch to use; else each benchmark starts its own.
`;
const flag = { type: 'boolean', default: false } as const;
const { values, positionals } = parseArgs({
  options: { docs: { type: 'string' }, dry: flag, help: { ...flag, short: 'h' } },
  allowPositionals: true,
});
const chosen = positionals.length === 0 ? benches : benches.filter(({ name }) => positionals.includes(name));
const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name));
const most = Number(values.docs ?? Number.POSITIVE_INFINITY);

// So that servers that were started end with it.
process.once('SIGINT', () => process.exit(130));

if (values.help) process.stdout.write(usage);
else if (unknown.length > 0 || Number.isNaN(most) || most < 1) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else await runAll(chosen);

async function runAll(chosen: readonly Bench[]): Promise<void> {
  const closers: (() => Promise<void>)[] = [];
  try {
    for (const bench of chosen) {
      // One that fails keeps none of the others from running.
      await runOne(bench, closers).then(keep, (error: unknown) => {
        process.stderr.write(`${bench.name}: ${error instanceof Error ? error.stack : String(error)}\n`);
        process.exitCode = 1;
      });
    }
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

async function keep(result: Result & { readonly name: string }): Promise<void> {
  const { name, ...kept } = result;
  for (const table of kept.tables) process.stdout.write(`\n${columns(table)}\n`);
  for (const finding of kept.findings ?? []) process.stdout.write(`${findingText(finding)}\n`);
  if (kept.findings?.some(({ holds }) => !holds)) process.exitCode = 1;
  if (values.dry) return;
  await keepResults({ [name]: kept });
  await makePage(false);
}

async function runOne(bench: Bench, closers: (() => Promise<void>)[]) {
  const started = performance.now();
  const date = new Date().toISOString();
  let server: BenchServer | undefined;
  const progress = (line: string) => {
    const seconds = Math.round((performance.now() - started) / 1000);
    process.stderr.write(`${bench.name} ${seconds} s: ${line}\n`);
  };
  const call: BenchCall = {
    documents: (usual) => Math.min(usual, most),
    async server() {
      progress('starting OpenSearch');
      server ??= await openServer();
      return server;
    },
    progress,
    atEnd: (close) => void closers.push(close),
  };
  try {
    const { opensearch = server?.version ?? null, ...outcome } = await bench.run(call);
    const seconds = (performance.now() - started) / 1000;
    return {
      name: bench.name,
      about: bench.about,
      date,
      commit: commit(),
      seconds,
      machine: machine(opensearch),
      ...outcome,
    };
  } finally {
    await server?.close();
  }
}
