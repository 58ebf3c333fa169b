// Random faults, thousands of operations: the newest revision of each document is there once, every outcome is told once.
import { afterEach, expect, it } from 'vitest';
import type { BulkOperation, BulkOutcome } from '../../src/opensearch/bulk-operation.ts';
import { openBulkWriter } from '../../src/opensearch/bulk-writer.ts';
import { type Dice, dice } from '../contracts/image-documents.ts';
import { bareCluster } from './bare-cluster.ts';
import { type ScriptedItem, type Step, startScriptedServer } from './scripted-server.ts';

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const passing: readonly ScriptedItem[] = [
  { status: 429, error: { type: 'rejected_execution_exception', reason: 'busy' } },
  { status: 503, error: { type: 'unavailable_shards_exception', reason: 'away' } },
  { status: 403, error: { type: 'cluster_block_exception', reason: 'blocked by: [read-only]' } },
];
const unfit: ScriptedItem = { status: 400, error: { type: 'mapper_parsing_exception', reason: 'unfit' } };
const isUnfit = (id: string) => id.endsWith('7');

function randomStep(random: Dice, bytes: number): Step {
  const items = (id: string): ScriptedItem | undefined =>
    isUnfit(id) ? unfit : random.chance(0.05) ? random.pick(passing) : undefined;
  const good: Step = { does: 'answer', items, ...(random.chance(0.3) ? { afterMs: random.upTo(6) } : {}) };
  if (random.chance(0.6)) return good;
  if (bytes > 20_000) return { does: 'status', status: 413, isApplied: false };
  // What is applied without the items' say must be fit for it.
  const isApplied = false;
  return random.pick<Step>([
    { does: 'status', status: 429, isApplied },
    { does: 'status', status: 503, isApplied },
    { does: 'status', status: 200, body: 'nonsense', isApplied },
    { does: 'answer', items: () => random.pick(passing) },
    { does: 'hang', isApplied },
    { does: 'reset', isApplied },
    ...(random.chance(0.5) ? lostAnswers : []),
  ]);
}
const lostAnswers: readonly Step[] = [
  { does: 'status', status: 504 },
  { does: 'hang' },
  { does: 'hang', isHalf: true },
  { does: 'reset' },
  { does: 'reset', isHalf: true },
  { does: 'cut' },
  { does: 'fewer items' },
];

it.each([1, 2, 3, 4])('seed %s: nothing is lost, doubled or overwritten by something older', async (seed) => {
  const random = dice(seed);
  const server = await startScriptedServer();
  const { cluster } = await bareCluster(server.url, {
    bulkMaxDocuments: 25,
    bulkMaxBytes: 30_000,
    bulkMaxWaitMs: 2,
    bulkConcurrency: 3,
  });
  const writer = openBulkWriter(cluster, { requestTimeoutMs: 60, baseMs: 1, maxMs: 8 });
  opened.push(
    () => server.close(),
    () => cluster.close(),
    () => writer.close(),
  );
  server.always((operations, bytes) => {
    const step = randomStep(random, bytes);
    // An answer that is lost cannot refuse what is unfit: such requests keep to the rules.
    const losesAnswer = step.does !== 'answer' && !('isApplied' in step);
    return losesAnswer && operations.some(({ id }) => isUnfit(id)) ? { does: 'answer', items } : step;
  });
  const items = (id: string) => (isUnfit(id) ? unfit : undefined);

  const newest = new Map<string, number>();
  const told: [BulkOperation, BulkOutcome][] = [];
  const write = async (count: number): Promise<void> => {
    const operations = Array.from({ length: count }, (): BulkOperation => {
      const id = `d${random.upTo(400)}`;
      const version = random.upTo(1000) + 1;
      newest.set(id, Math.max(version, newest.get(id) ?? 0));
      const text = 'x'.repeat(random.upTo(600));
      return { action: 'index', index: 'x', id, version, body: { version, text } };
    });
    const outcomes = await writer.write(operations);
    expect(outcomes).toHaveLength(count);
    for (const [at, operation] of operations.entries()) told.push([operation, outcomes[at]!]);
  };
  const caller = async (): Promise<void> => {
    for (let n = 0; n < 20; n++) await write(1 + random.upTo(40));
  };
  await Promise.all(Array.from({ length: 6 }, caller));

  const counts = writer.counts();
  const { written, conflicts, rejected } = counts;
  process.stdout.write(`seed ${seed}: ${JSON.stringify(counts)}\n`);
  expect(told.length).toBeGreaterThan(2000);
  expect(written + conflicts + rejected).toBe(told.length);
  expect(counts).toMatchObject({ waiting: 0, waitingBytes: 0 });
  expect(counts.retries).toBeGreaterThan(500);
  expect(server.collisions).toBe(0);
  for (const [{ id }, { state }] of told) expect(state === 'rejected').toBe(isUnfit(id));
  const fit = [...newest].filter(([id]) => !isUnfit(id));
  expect(server.documents.size).toBe(fit.length);
  for (const [id, version] of fit) {
    const kept = server.documents.get(`x/${id}`)!;
    expect([id, kept.version, kept.body]).toEqual([id, version, expect.objectContaining({ version })]);
  }
});
