// Says once that documents wait for OpenSearch and why, and once that it goes on.
import type { Log } from '../log.ts';

export interface BulkTrouble {
  /** An operation has failed so often. */
  failed(failures: number, reason: string): void;
  /** It is answered, or given up. */
  left(failures: number, isAnswered: boolean): void;
  /** Why documents wait at the moment; null while all is well. */
  waitingFor(): string | null;
}

/** What is over by then is nothing to speak of. */
const failuresToSpeakOf = 3;

export function openBulkTrouble(log: Log): BulkTrouble {
  let troubled = 0;
  let saidAtMs: number | undefined;
  let lastReason = '';
  return {
    waitingFor: () => (saidAtMs === undefined || troubled === 0 ? null : lastReason),
    failed(failures, reason) {
      lastReason = reason;
      if (failures !== failuresToSpeakOf) return;
      troubled++;
      if (saidAtMs !== undefined) return;
      saidAtMs = performance.now();
      log.warn('waits for OpenSearch to take documents', { reason });
    },
    left(failures, isAnswered) {
      if (failures >= failuresToSpeakOf) troubled--;
      if (saidAtMs === undefined || !isAnswered || troubled > 0) return;
      const seconds = Math.round((performance.now() - saidAtMs) / 1000);
      saidAtMs = undefined;
      log.info('OpenSearch takes documents again', { seconds });
    },
  };
}
