// Changes of records, all or nothing. OpenSearch has no transactions, so these are made of intents and one decision
// (docs/decisions/160-transactions-in-opensearch.md).
import { messageOf } from '../../errors.ts';
import type { Change } from '../../ledger.ts';
import { Turns } from '../../turns.ts';
import { changeOne } from './change-one.ts';
import { type Found, intentOf, isForeign, isIntended, placeOf, versionAt } from './document.ts';
import { mustBeTaken, newId } from './intents.ts';
import { type ChangeParts, keyOf, type Made, type Wanted, wantedOf, wayOn } from './wanted.ts';

/** Far less than others remember what they aborted: see recovery.ts. */
const longMs = 3_600_000;

interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}
const momentNow = (): Moment => ({ wall: Date.now(), monotonic: performance.now() });
/** By either clock: one stands still with the machine, and somebody may set the other. */
const isLongAgo = ({ wall, monotonic }: Moment): boolean =>
  Date.now() - wall > longMs || performance.now() - monotonic > longMs;

/** So often a transaction that somebody aborted is tried again. */
const maxAborts = 5;

/** True where all were made, false where a version is not the expected one. */
export function openChanges(parts: ChangeParts): (changes: readonly Change[]) => Promise<boolean> {
  const turns = new Turns();
  return async (changes) => {
    if (changes.length === 0) return true;
    const keys = changes.map(keyOf);
    if (new Set(keys).size < keys.length)
      throw new Error(`ledger: expected each record at most once, got ${keys.join(', ')}`);
    const wanted = await Promise.all(changes.map((change) => wantedOf(parts, change)));
    return turns.take(keys, async () => {
      const isOld = ({ expect, ...one }: Wanted) => !isIntended(expect) && turns.isOld(keyOf(one), expect);
      if (wanted.some((one) => isForeign(one.expect) || isOld(one))) return false;
      // What readers have seen in an intent is finished first.
      const ready = wanted.some(({ expect }) => isIntended(expect)) ? await wayOn(parts, wanted) : wanted;
      if (ready === undefined) return false;
      const made = await (ready.length === 1 ? changeOne(parts, ready[0]!) : changeTogether(parts, ready));
      for (const one of made ?? []) turns.learn(keyOf(one), one.version);
      return made !== undefined;
    });
  };
}

async function changeTogether(
  parts: ChangeParts,
  first: readonly Wanted[],
): Promise<readonly Made[] | undefined> {
  let wanted = first;
  for (let aborts = 0; aborts < maxAborts; ) {
    const tx = newId();
    const began = momentNow();
    const placed = await prewrite(parts, wanted, tx);
    if (placed.length === wanted.length) {
      if (!isLongAgo(began) && (await isCommitted(parts, tx, placed, began))) {
        // From here on it is made, whoever finishes it.
        const finished = await parts.intents.finish(tx, placed).catch((error) => {
          parts.log.debug('a change is left for others to finish', { reason: messageOf(error) });
          return [];
        });
        return finished.map((one) => ({ ...one, version: versionAt(one) }));
      }
      aborts++;
    }
    await parts.intents.takeBack(placed);
    const next = await wayOn(parts, wanted);
    if (next === undefined) return undefined;
    wanted = next;
  }
  return undefined;
}

/** Intents in the records, or in shells where there are none yet; returns those that could be placed. */
async function prewrite(
  { writer, records, intents }: ChangeParts,
  wanted: readonly Wanted[],
  tx: string,
): Promise<Found[]> {
  const intended = wanted.map((one) => ({ ...one, intent: intentOf(one.kind, tx, one.expect, one.body) }));
  const outcomes = await writer.write(
    intended.map(({ index, id, over, intent }) => {
      const at = { index, requireAlias: true, id } as const;
      return over === 0
        ? { action: 'create', ...at, body: { id, intent } }
        : { action: 'update', ...at, ...placeOf(over), body: { intent } };
    }),
  );
  const placed: Found[] = [];
  const missed: Wanted[] = [];
  for (const [place, { kind, id, intent }] of intended.entries()) {
    const outcome = outcomes[place]!;
    if (outcome.state === 'written') {
      const { seqNo, primaryTerm } = outcome;
      placed.push({ kind, id, seqNo, primaryTerm, document: { id, intent } });
    } else if (outcome.state === 'conflict' && outcome.isRepeated) missed.push(wanted[place]!);
  }
  // Perhaps the answer was lost, and it is ours that is there.
  const there = await records.find(missed);
  placed.push(...there.filter(({ document }) => document.intent?.tx === tx));
  if (outcomes.some(({ state }) => state === 'rejected')) await intents.takeBack(placed);
  mustBeTaken(outcomes);
  return placed;
}

async function isCommitted(
  { decisions, records }: ChangeParts,
  tx: string,
  placed: readonly Found[],
  began: Moment,
): Promise<boolean> {
  const members = placed.map(({ kind, id, seqNo, primaryTerm }) => ({ kind, id, seqNo, primaryTerm }));
  const { isMade, isRepeated } = await decisions.make(tx, { state: 'committed', members });
  if (isMade) {
    if (!isLongAgo(began)) return true;
    // The process stood still on the way. Perhaps others have aborted it, taken it back, and forgotten it by now.
    const there = await records.find(placed);
    if (there.some(({ document }) => document.intent?.tx === tx || document.write === tx)) return true;
    decisions.remove(tx);
    return false;
  }
  const decision = (await decisions.find([tx])).get(tx);
  // Only what was committed is removed while its process lives: an earlier try of ours was, and has been finished.
  return decision === undefined ? isRepeated : decision.state === 'committed';
}
