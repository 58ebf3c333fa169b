// What an answer, or none, says of the host that it came from.
import type { Failure } from '../errors.ts';
import { type Head, headerOf } from '../net/answer.ts';
import { retryAfterMs } from '../net/retry-after.ts';
import type { Health } from './host-breaker.ts';

/** Statuses of what stands before a server that does not answer. 500 is not among them: one broken page says it, too. */
const gatewayStatuses = [502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 529, 530];

/** null where it says nothing of the host. `head`: null where none came. */
export function healthOf(head: Head | null, problem: Failure | undefined): Health | null {
  if (problem?.code === 'network_error' || problem?.code === 'timed_out') return 'unwell';
  if (head === null) return problem === undefined ? null : 'well';
  if (head.status === 429 || askedRestMs(head) !== undefined) return 'busy';
  return gatewayStatuses.includes(head.status) ? 'unwell' : 'well';
}

/** How long the host asks to be left alone, where it does. */
export const askedRestMs = (head: Head): number | undefined =>
  head.status === 429 || head.status === 503 ? retryAfterMs(headerOf(head, 'retry-after')) : undefined;
