// Sends one bulk request, with an end to its patience: the client itself watches no answer that stops in the middle.
import { TemporaryError } from '../errors.ts';
import type { BulkEntry } from './bulk-entry.ts';
import type { Cluster } from './cluster.ts';

export interface BulkRequest {
  /** The body of the answer, whatever it is. */
  readonly answer: Promise<unknown>;
  abort(reason: string): void;
}

const wanted = 'items.*.status,items.*.error,items.*._seq_no,items.*._primary_term';
/** OpenSearch itself gives up earlier than we do, and then says why. */
const serverPart = 0.5;

export function sendBulk(
  client: Cluster['client'],
  entries: readonly BulkEntry[],
  timeoutMs: number,
): BulkRequest {
  let body = '';
  for (const { lines } of entries) body += lines;
  let abortRequest = () => {};
  const send = async (): Promise<unknown> => {
    const request = client.transport.request(
      {
        method: 'POST',
        path: '/_bulk',
        querystring: { filter_path: wanted, timeout: `${Math.ceil(timeoutMs * serverPart)}ms` },
        bulkBody: body,
      },
      // Trying again is the writer's.
      { maxRetries: 0, requestTimeout: timeoutMs },
    );
    abortRequest = () => request.abort?.();
    return (await request).body;
  };
  let abort: BulkRequest['abort'] = () => {};
  const end = new Promise<never>((_, reject) => {
    abort = (reason) => {
      reject(new TemporaryError('data_unavailable', reason));
      abortRequest();
    };
  });
  const timer = setTimeout(() => abort('OpenSearch gives no answer in time'), timeoutMs);
  const answer = Promise.race([send(), end]).finally(() => clearTimeout(timer));
  return { answer, abort };
}
