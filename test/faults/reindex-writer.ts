// A process that changes, adds, removes and forgets documents until its standard input ends, then says what must be there.
import { once } from 'node:events';
import { open } from '../../src/indexer/stores/opensearch.ts';
import { openLog } from '../../src/log.ts';
import { openCluster } from '../../src/opensearch/cluster.ts';
import { dice } from '../contracts/image-documents.ts';
import { openSearchSettings } from '../opensearch/settings.ts';
import { type Expected, madeDocument, writerTimes } from './reindex-documents.ts';

const [url, prefix, first, last, seed] = process.argv.slice(2) as [string, string, string, string, string];
const cluster = await openCluster(
  { ...openSearchSettings, opensearchUrls: [url], opensearchPrefix: prefix },
  openLog('error'),
);
const index = await open(cluster, writerTimes);
const roll = dice(Number(seed));
/** Null: forgotten. Only what was answered stands here, and nobody else writes these. */
const state = new Map<string, Expected | null>();
for (let at = Number(first); at < Number(last); at++) state.set(`d-${at}`, { revision: 1, isRemoved: false });
const ids = [...state.keys()];

async function step(round: number): Promise<void> {
  const added = Array.from({ length: 5 }, (_, at) => `new-${seed}-${round}-${at}`);
  const changed = new Set(Array.from({ length: 40 }, () => ids[roll.upTo(ids.length)]!));
  const next = (id: string) => (state.get(id)?.revision ?? 0) + 1;
  const put: [string, number][] = [];
  const removed: [string, number][] = [];
  const forgotten: string[] = [];
  for (const id of [...changed, ...added]) {
    if (roll.chance(0.1)) removed.push([id, next(id)]);
    else if (roll.chance(0.05)) forgotten.push(id);
    else put.push([id, next(id)]);
  }
  const rejected = await index.put(put.map(([id, revision]) => madeDocument(id, revision)));
  if (rejected.length > 0) throw new Error(`rejected: ${JSON.stringify(rejected[0])}`);
  await index.remove(removed.map(([id, revision]) => ({ id, collection: 'default', revision })));
  await index.forget(forgotten);
  for (const [id, revision] of put) state.set(id, { revision, isRemoved: false });
  for (const [id, revision] of removed) state.set(id, { revision, isRemoved: true });
  for (const id of forgotten) state.set(id, null);
  ids.push(...added);
}

let isOver = false;
process.stdin.resume();
process.stdin.once('end', () => {
  isOver = true;
});
process.stderr.write('writes\n');
let rounds = 0;
while (!isOver) await step(rounds++);
await index.close();
await cluster.close();
const text = JSON.stringify({ rounds, state: [...state] });
if (!process.stdout.write(text)) await once(process.stdout, 'drain');
