// Long work waits for a store that is away, full or too busy. Who only asks something does without, and is told at once.
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { TemporaryError } from './errors.ts';
import type { Log } from './log.ts';

export interface Patience {
  /** Why work waits at the moment; null while all is well. */
  waitingFor(): string | null;
  /**
   * The port with calls that are tried again while they fail with a TemporaryError, until patience is over.
   * `place`: what is waited for, where it is not the store.
   */
  patient<Port extends object>(port: Port, place?: string): Port;
  /** The port for one piece of work: once the signal has aborted, none of its calls waits for the store. */
  until<Port extends object>(port: Port, signal: AbortSignal): Port;
  /** Nobody waits any more: calls that do fail with what they waited for. */
  close(): void;
}

export interface PatienceOptions {
  readonly patienceMs: number;
  readonly log: Log;
  /** What is waited for: `OpenSearch`. */
  readonly store: string;
  /** Why a driver waits by itself; null where it does not. */
  readonly driverWaitsFor?: () => string | null;
}

const firstDelayMs = 1_000;
const mostDelayMs = 30_000;
const lookMs = 50;
/** What has not failed for so long is no longer known to be away: longer than between two tries. */
const staleMs = 120_000;

interface Absence {
  readonly place: string;
  readonly since: number;
  failedAt: number;
  reason: string;
}

export function openPatience({
  patienceMs,
  log,
  store,
  driverWaitsFor = () => null,
}: PatienceOptions): Patience {
  /** What fails at the moment: reads may work while writes do not. */
  const absences = new Map<object, Absence>();
  const closing = new AbortController();
  // Each call that waits listens to it.
  setMaxListeners(0, closing.signal);

  const isAway = (place: string): boolean =>
    [...absences.values()].some((absence) => absence.place === place);
  const fails = (call: object, place: string, since: number, error: TemporaryError): Absence => {
    const failedAt = performance.now();
    for (const [known, absence] of absences)
      if (failedAt - absence.failedAt > staleMs) absences.delete(known);
    if (!isAway(place)) log.warn(`waiting for ${place}: ${error.message}`);
    // Whoever comes when patience with the place is over does not begin to wait for it again.
    const given = [...absences.values()].filter(
      (absence) => absence.place === place && failedAt - absence.since >= patienceMs,
    );
    const reason = error.message;
    const absence = absences.get(call) ?? {
      place,
      since: Math.min(since, ...given.map((one) => one.since)),
      failedAt,
      reason,
    };
    Object.assign(absence, { failedAt, reason });
    absences.set(call, absence);
    return absence;
  };
  const works = (call: object): void => {
    const absence = absences.get(call);
    if (absence === undefined) return;
    const { place, since } = absence;
    absences.delete(call);
    if (isAway(place)) return;
    log.warn(`${place} is back: goes on after ${((performance.now() - since) / 1000).toFixed(0)} s`);
  };
  const waitingFor = (): string | null => {
    const [absence] = absences.values();
    return absence?.reason ?? driverWaitsFor();
  };

  const patiently = (place: string) => (): Waits => {
    const verb = {};
    return async (ask) => {
      const began = performance.now();
      for (let tries = 0; ; tries++) {
        try {
          const answer = await ask();
          works(verb);
          return answer;
        } catch (error) {
          if (!(error instanceof TemporaryError)) throw error;
          const { since } = fails(verb, place, began, error);
          if (closing.signal.aborted) throw error;
          const waitedMs = performance.now() - since;
          if (waitedMs >= patienceMs) throw overdue(error, waitedMs);
          const jitterMs = Math.random() * Math.min(mostDelayMs, firstDelayMs * 2 ** tries);
          // The last try comes when patience is over, not long after.
          const delayMs = Math.min(jitterMs, patienceMs - waitedMs);
          await sleep(delayMs, undefined, { signal: closing.signal }).catch(() => {});
          if (closing.signal.aborted) throw error;
        }
      }
    };
  };

  return {
    waitingFor,
    patient: (port, place = store) => wrapped(port, patiently(place)),
    until: (port, signal) => wrapped(port, ending(signal, waitingFor)),
    close: () => closing.abort(),
  };
}

const overdue = (error: TemporaryError, waitedMs: number): TemporaryError =>
  new TemporaryError(error.code, `${error.message} (waited ${Math.round(waitedMs / 1000)} s for it)`, {
    cause: error,
  });

type Ask = () => Promise<unknown>;
/** Asks, waits as it should, and answers. */
type Waits = (ask: Ask) => Promise<unknown>;
type Verb = (...given: readonly unknown[]) => Promise<unknown> | AsyncIterable<unknown>;

/** Every verb but `close`, which nobody waits for. */
function wrapped<Port extends object>(port: Port, waits: () => Waits): Port {
  const verbs = Object.entries(port).map(([name, verb]) => [
    name,
    typeof verb === 'function' && name !== 'close' ? waiting(verb as Verb, waits()) : verb,
  ]);
  return Object.fromEntries(verbs) as Port;
}

/** What is answered bit by bit stays as it is: half of it may have been taken already. */
const waiting =
  (verb: Verb, waits: Waits): Verb =>
  (...given) => {
    const answer = verb(...given);
    if (Symbol.asyncIterator in answer) return answer;
    let first: Promise<unknown> | undefined = answer;
    return waits(() => {
      const asked = first ?? (verb(...given) as Promise<unknown>);
      first = undefined;
      return asked;
    });
  };

/** Calls that end with an error once the signal has aborted and the store is waited for. */
function ending(signal: AbortSignal, waitingFor: () => string | null): () => Waits {
  const pending = new Set<(error: TemporaryError) => void>();
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const reason = waitingFor();
    if (reason !== null) for (const reject of pending) reject(new TemporaryError('data_unavailable', reason));
    if (pending.size > 0) timer = setTimeout(look, lookMs);
    else timer = undefined;
  };
  const begin = (): void => {
    if (signal.aborted && timer === undefined) timer = setTimeout(look, 0);
  };
  // Signals live longer than crawls: they are listened to only while something is under way.
  const enter = (reject: (error: TemporaryError) => void): void => {
    if (pending.size === 0) signal.addEventListener('abort', begin);
    pending.add(reject);
    begin();
  };
  const leave = (reject: (error: TemporaryError) => void): void => {
    pending.delete(reject);
    if (pending.size === 0) signal.removeEventListener('abort', begin);
  };
  return () => (ask) =>
    new Promise((resolve, reject) => {
      enter(reject);
      ask()
        .then(resolve, reject)
        .finally(() => leave(reject));
    });
}
