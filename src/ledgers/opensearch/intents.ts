// What lies in records from transactions that are under way, or whose process has died: finished, taken back, or left alone.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { BulkOperation, BulkOutcome } from '../../opensearch/bulk-operation.ts';
import type { BulkWriter } from '../../opensearch/bulk-writer.ts';
import type { Decisions, Member } from './decisions.ts';
import { type Found, finishedOf, versionOf } from './document.ts';
import type { Records } from './records.ts';
import type { Tables } from './tables.ts';

/** How long a transaction may take whose intents are in somebody's way. */
const patienceMs = 2000;
const mostPauseMs = 40;

export const newId = (): string => randomBytes(12).toString('hex');

interface Committed {
  readonly found: Found;
  readonly members: readonly Member[];
}
interface Sorted {
  readonly undecided: readonly Found[];
  readonly lost: readonly Found[];
  readonly committed: readonly Committed[];
}

export class Intents {
  readonly #tables: Tables;
  readonly #records: Records;
  readonly #writer: BulkWriter;
  readonly #decisions: Decisions;
  readonly #log: Log;
  /** Beside other work, by its transaction or record. */
  readonly #working = new Map<string, Promise<void>>();

  constructor(tables: Tables, records: Records, writer: BulkWriter, decisions: Decisions, log: Log) {
    this.#tables = tables;
    this.#records = records;
    this.#writer = writer;
    this.#decisions = decisions;
    this.#log = log;
  }

  /** The same records for somebody who only reads: committed intents are finished beside, without being waited for. */
  async seen(found: readonly Found[]): Promise<Found[]> {
    const done = found.filter((one) => !hasIntent(one));
    let open = found.filter(hasIntent);
    while (open.length > 0) {
      const { undecided, lost, committed } = await this.#sorted(open);
      for (const one of committed) {
        this.#beside(txOf(one.found), () => this.finishAll(txOf(one.found), one.members));
        done.push({ ...one.found, isCommitted: true });
      }
      for (const one of lost) this.#beside(keyOf(one), () => this.takeBack([one]));
      done.push(...lost);
      open = await this.#lookAgain(undecided, undecided, done);
    }
    return done;
  }

  /** The same records, none with an intent that is decided. One that is not decided counts for nothing yet. */
  async settled(found: readonly Found[]): Promise<Found[]> {
    const done = found.filter((one) => !hasIntent(one));
    let open = found.filter(hasIntent);
    while (open.length > 0) {
      const { undecided, lost, committed } = await this.#sorted(open);
      const decided = new Map(committed.map(({ found: one, members }) => [txOf(one), members]));
      for (const [tx, members] of decided) await this.finishAll(tx, members);
      if (lost.length > 0) await this.takeBack(lost);
      open = await this.#lookAgain(open, undecided, done);
    }
    return done;
  }

  /** Waits until the intent is decided, or aborts it. */
  async outlast(first: Found, patience = patienceMs): Promise<void> {
    const deadline = performance.now() + patience;
    for (;;) {
      const [one] = await this.settled(await this.#records.find([first]));
      if (one === undefined || one.document.intent?.tx !== txOf(first)) return;
      if (performance.now() >= deadline) await this.#decisions.make(txOf(first), { state: 'aborted' });
      else await sleep(Math.random() * mostPauseMs);
    }
  }

  /** Puts the intended bodies in place. Returns where those records lie then that nobody else has finished. */
  async finish(tx: string, found: readonly Found[]): Promise<readonly Member[]> {
    const operations = found.map(async (one) => finishing(await this.#tables.ready(one.kind), one));
    const outcomes = await this.#write(await Promise.all(operations));
    this.#decisions.remove(tx);
    return outcomes.flatMap((outcome, place) =>
      outcome.state === 'written' ? [{ ...found[place]!, ...outcome }] : [],
    );
  }

  /** Of a transaction that is committed, whoever began it. */
  async finishAll(tx: string, members: readonly Member[]): Promise<void> {
    const found = await this.#records.find(members);
    const isOfIt = (one: Found) =>
      one.document.intent?.tx === tx && members.some((member) => isAt(one, member));
    await this.finish(tx, found.filter(isOfIt));
  }

  async takeBack(found: readonly Found[]): Promise<void> {
    const operations = found.map(async (one) => takingBack(await this.#tables.ready(one.kind), one));
    await this.#write(await Promise.all(operations));
  }

  /** By what is decided of them. */
  async #sorted(found: readonly Found[]): Promise<Sorted> {
    const decided = await this.#decisions.find([...new Set(found.map(txOf))]);
    const sorted = { undecided: [] as Found[], lost: [] as Found[], committed: [] as Committed[] };
    for (const one of found) {
      const decision = decided.get(txOf(one));
      if (decision === undefined) sorted.undecided.push(one);
      else if (decision.state === 'committed' && decision.members.some((member) => isAt(one, member)))
        sorted.committed.push({ found: one, members: decision.members });
      else sorted.lost.push(one);
    }
    return sorted;
  }

  /** Adds to `done` what is done now; returns the others. */
  async #lookAgain(open: readonly Found[], undecided: readonly Found[], done: Found[]): Promise<Found[]> {
    const before = new Map(undecided.map((one) => [keyOf(one), one]));
    const others: Found[] = [];
    for (const one of await this.#records.find(open)) {
      // As it was before we looked for the decision: there was none then.
      const isUndecided = before.get(keyOf(one))?.seqNo === one.seqNo;
      if (!hasIntent(one) || isUndecided) done.push(one);
      else others.push(one);
    }
    return others;
  }

  /** What nobody waits for, once at a time. What fails is done another time. */
  #beside(key: string, work: () => Promise<void>): void {
    if (this.#working.has(key)) return;
    const working = work()
      .catch((error) => this.#log.debug('leaves an intent where it is', { reason: messageOf(error) }))
      .finally(() => this.#working.delete(key));
    this.#working.set(key, working);
  }

  /** When nothing is finished beside any more. */
  async close(): Promise<void> {
    await Promise.all(this.#working.values());
  }

  async #write(operations: readonly BulkOperation[]): Promise<readonly BulkOutcome[]> {
    const outcomes = await this.#writer.write(operations);
    mustBeTaken(outcomes);
    return outcomes;
  }
}

/** Another has been there before us where it is a conflict. */
export function mustBeTaken(outcomes: readonly BulkOutcome[]): void {
  for (const outcome of outcomes) {
    if (outcome.state === 'rejected')
      throw new Error(`ledger: OpenSearch does not take a record: ${outcome.reason}`);
  }
}

function finishing(index: string, found: Found): BulkOperation {
  const { id, seqNo, primaryTerm, document } = found;
  const { tx, body } = document.intent!;
  const at = { index, requireAlias: true, id, ifSeqNo: seqNo, ifPrimaryTerm: primaryTerm } as const;
  if (body === null) return { action: 'delete', ...at };
  return { action: 'index', ...at, body: finishedOf(found, tx, body) };
}

function takingBack(index: string, found: Found): BulkOperation {
  const { id, seqNo, primaryTerm, document } = found;
  const at = { index, requireAlias: true, id, ifSeqNo: seqNo, ifPrimaryTerm: primaryTerm } as const;
  if (document.intent!.version === 0) return { action: 'delete', ...at };
  return { action: 'update', ...at, body: { intent: null, version: versionOf(found) } };
}

export const hasIntent = ({ document }: Found): boolean => (document.intent ?? null) !== null;
const txOf = ({ document }: Found): string => document.intent!.tx;
const keyOf = ({ kind, id }: Found): string => `${kind} ${id}`;
const isAt = (found: Found, { kind, id, seqNo, primaryTerm }: Member): boolean =>
  found.kind === kind && found.id === id && found.seqNo === seqNo && found.primaryTerm === primaryTerm;
