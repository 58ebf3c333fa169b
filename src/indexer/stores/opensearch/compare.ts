// Whether two generations hold the same: every document's revision, counts, and what a sample of searches finds.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReindexProgress, ReindexReport } from '../../generations.ts';
import { compareSample } from './compare-sample.ts';
import { behind, type Copied, type Copying, mend, nothingCopied, sumOf } from './copy.ts';
import { countDifference, countDocuments } from './counts.ts';
import { eachPage } from './pages.ts';
import { type Place, placesOf, walkPlaces } from './walk.ts';

export interface ReindexWatch {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ReindexProgress) => void;
}
type Compared = Pick<ReindexReport, 'before' | 'after' | 'mended' | 'ahead' | 'searches' | 'differences'>;

const fewDifferences = 10;
const sampleDocuments = 200;
/** Pages of places that are looked up at a time. */
const pagesAtOnce = 2;
/** How often, and after how long, it is looked at again what writes that are under way explain. */
const looks = 5;
const lookMs = 1000;

/** A crawl may go on meanwhile: what `to` lacks is taken over again, what is newer there is on its way to `from`. */
export async function compare(copying: Copying, copied: Copied, watch: ReindexWatch): Promise<Compared> {
  const { cluster, from, to } = copying;
  const { written: mended, rejected, doubtful, lacking, sample } = await mendAll(copying, copied, watch);
  const newer = await untilExplained(await findAhead(copying, watch), (ids) => aheadOf(copying, ids));
  // Of `from` it may be gone for good, by somebody who was killed before he removed it from `to`, too.
  const removed = await untilExplained([...new Set([...doubtful, ...newer])], (ids) =>
    onlyInTo(copying, ids),
  );
  const ahead = newer.filter((id) => !removed.includes(id));
  const counts = await compareCounts(copying, ahead.length);
  const sampled = await compareSample({ cluster, from, to }, sample);
  const differences = [
    ...rejected.map((one) => `${to} does not take ${one}`),
    ...lacking.map((id) => `${id} is in ${from}, but not in ${to}, or an older one`),
    ...removed.map((id) => `${id} is in ${to}, but not in ${from}, or was removed there`),
    ...counts.differences,
    ...sampled.differences,
  ].slice(0, fewDifferences);
  const { before, after } = counts;
  return { before, after, mended, ahead: ahead.length, searches: sampled.searches, differences };
}

async function mendAll(copying: Copying, copied: Copied, { signal, onProgress }: ReindexWatch) {
  const { cluster, from } = copying;
  const total = copied.walked;
  const sample: string[] = [];
  const lacking: string[] = [];
  let sum: Copied = { ...copied, written: 0 };
  let done = 0;
  await eachPage(walkPlaces(cluster, from, signal), pagesAtOnce, async (page) => {
    const { copied: taken, left } = await mendPage(copying, page);
    sum = sumOf(sum, taken);
    lacking.push(...left);
    keepSome(sample, page);
    done += page.length;
    onProgress({ step: 'checking', done, total: Math.max(total, done) });
  });
  return { ...sum, lacking, sample };
}

/** Once more where it did not help: what was just forgotten is refused for a moment. */
async function mendPage(
  copying: Copying,
  page: readonly Place[],
): Promise<{ readonly copied: Copied; readonly left: readonly string[] }> {
  let copied = nothingCopied;
  let left = await behind(copying, page);
  for (let look = 0; look < looks && left.length > 0; look++) {
    if (look > 0) await sleep(lookMs);
    const taken = await mend(copying, left);
    copied = sumOf(copied, taken);
    // As they are now: one that was forgotten, or is newer there, is done with.
    const places = await placesOf(copying.cluster, copying.from, left);
    left = await behind(copying, [...places.values()]);
    if (taken.rejected.length > 0) break;
  }
  return { copied, left };
}

/** A few of each page, so that they are from all parts of the index. */
function keepSome(sample: string[], page: readonly Place[]): void {
  const step = Math.max(1, Math.ceil(page.length / sampleDocuments));
  for (let place = 0; place < page.length; place += step) {
    const { id } = page[place]!;
    if (sample.length < sampleDocuments) sample.push(id);
    else sample[Math.floor(Math.random() * sampleDocuments)] = id;
  }
}

/** Those of which `to` has a revision that `from` has not got yet. */
async function findAhead(copying: Copying, { signal }: ReindexWatch): Promise<string[]> {
  const ahead: string[] = [];
  await eachPage(walkPlaces(copying.cluster, copying.to, signal), pagesAtOnce, async (page) => {
    const ids = page.map(({ id }) => id);
    const there = await placesOf(copying.cluster, copying.from, ids);
    ahead.push(
      ...page.filter(({ id, version }) => (there.get(id)?.version ?? -1) < version).map(({ id }) => id),
    );
  });
  return ahead;
}

async function aheadOf({ cluster, from, to }: Copying, ids: readonly string[]): Promise<string[]> {
  const [here, there] = await Promise.all([placesOf(cluster, to, ids), placesOf(cluster, from, ids)]);
  return ids.filter((id) => (here.get(id)?.version ?? -1) > (there.get(id)?.version ?? -1));
}

async function onlyInTo({ cluster, from, to }: Copying, ids: readonly string[]): Promise<string[]> {
  const [here, there] = await Promise.all([placesOf(cluster, to, ids), placesOf(cluster, from, ids)]);
  return ids.filter((id) => here.has(id) && !there.has(id));
}

/** What is left of them after some looks. */
async function untilExplained(
  ids: readonly string[],
  stillThere: (ids: readonly string[]) => Promise<string[]>,
): Promise<readonly string[]> {
  let left = ids;
  for (let look = 0; look < looks && left.length > 0; look++) {
    if (look > 0) await sleep(lookMs);
    left = await stillThere(left);
  }
  return left;
}

/** Counts that differ while `from` changes say nothing: revisions have been compared one by one. */
async function compareCounts({ cluster, from, to }: Copying, explained: number) {
  for (let look = 0; ; look++) {
    const before = await countDocuments(cluster, from);
    const after = await countDocuments(cluster, to);
    const again = await countDocuments(cluster, from);
    const difference = countDifference(before, after, explained);
    const isSteady = countDifference(before, again, 0) === null;
    if (difference === null || (look === looks && !isSteady)) return { before, after, differences: [] };
    if (look === looks) return { before, after, differences: [`${from} and ${to}: ${difference}`] };
    await sleep(lookMs);
  }
}
