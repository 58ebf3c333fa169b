// What lies in records from transactions that are under way, or whose process has died: finished, taken back, or left alone.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BulkOperation, BulkOutcome } from '../../opensearch/bulk-operation.ts';
import type { BulkWriter } from '../../opensearch/bulk-writer.ts';
import type { Decisions, Member } from './decisions.ts';
import { documentOf, type Found, versionOf } from './document.ts';
import type { Records } from './records.ts';
import type { Tables } from './tables.ts';

/** How long a transaction may take whose intents are in somebody's way. */
const patienceMs = 2000;
const mostPauseMs = 40;

export const newId = (): string => randomBytes(12).toString('hex');

export class Intents {
  readonly #tables: Tables;
  readonly #records: Records;
  readonly #writer: BulkWriter;
  readonly #decisions: Decisions;

  constructor(tables: Tables, records: Records, writer: BulkWriter, decisions: Decisions) {
    this.#tables = tables;
    this.#records = records;
    this.#writer = writer;
    this.#decisions = decisions;
  }

  /** The same records, none with an intent that is decided. One that is not decided counts for nothing yet. */
  async settled(found: readonly Found[]): Promise<Found[]> {
    const done = found.filter((one) => !hasIntent(one));
    let open = found.filter(hasIntent);
    while (open.length > 0) {
      const undecided = new Map((await this.#decide(open)).map((one) => [keyOf(one), one]));
      const again = await this.#records.find(open);
      open = [];
      for (const one of again) {
        // As it was before we looked for the decision: there was none then.
        const isUndecided = hasIntent(one) && undecided.get(keyOf(one))?.seqNo === one.seqNo;
        if (!hasIntent(one) || isUndecided) done.push(one);
        else open.push(one);
      }
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

  /** Does what is decided; returns those whose transaction was not. */
  async #decide(found: readonly Found[]): Promise<Found[]> {
    const decided = await this.#decisions.find([...new Set(found.map(txOf))]);
    const undecided: Found[] = [];
    const lost: Found[] = [];
    const committed = new Map<string, readonly Member[]>();
    for (const one of found) {
      const decision = decided.get(txOf(one));
      if (decision === undefined) undecided.push(one);
      else if (decision.state === 'committed' && decision.members.some((member) => isAt(one, member)))
        committed.set(txOf(one), decision.members);
      else lost.push(one);
    }
    for (const [tx, members] of committed) await this.finishAll(tx, members);
    if (lost.length > 0) await this.takeBack(lost);
    return undecided;
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

function finishing(index: string, { kind, id, seqNo, primaryTerm, document }: Found): BulkOperation {
  const { tx, body } = document.intent!;
  const at = { index, requireAlias: true, id, ifSeqNo: seqNo, ifPrimaryTerm: primaryTerm } as const;
  if (body === null) return { action: 'delete', ...at };
  return { action: 'index', ...at, body: documentOf(kind, id, body, tx) };
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
