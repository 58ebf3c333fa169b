// A server that takes bulk requests as OpenSearch does, and answers them as badly as a test wants. It keeps what it took.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ScriptedItem {
  readonly status: number;
  readonly error?: { readonly type: string; readonly reason: string; readonly caused_by?: object };
}

/** What becomes of a request. Whatever is not taken back by `isApplied: false` has been written, answered or not. */
export type Step =
  /** As OpenSearch does; `items` says which operations are refused (and then not applied), and with what. */
  | {
      readonly does: 'answer';
      readonly items?: (id: string, place: number) => ScriptedItem | undefined;
      readonly afterMs?: number;
    }
  | {
      readonly does: 'status';
      readonly status: number;
      readonly body?: string;
      readonly type?: string;
      readonly isApplied?: boolean;
    }
  /** Nothing more comes, or nothing after half of the answer. */
  | { readonly does: 'hang'; readonly isHalf?: boolean; readonly isApplied?: boolean }
  | { readonly does: 'reset'; readonly isHalf?: boolean; readonly isApplied?: boolean }
  /** A complete answer as HTTP sees it, but not all of the JSON. */
  | { readonly does: 'cut' }
  | { readonly does: 'fewer items' };

export interface TakenOperation {
  readonly action: string;
  readonly key: string;
  readonly id: string;
  readonly version: number | undefined;
  readonly ifSeqNo: number | undefined;
  readonly body: unknown;
}

export interface Kept {
  readonly version: number | undefined;
  readonly seqNo: number;
  readonly body: unknown;
  /** How often it was written: two where a lost answer made it be written again. */
  readonly writes: number;
}

export interface ScriptedServer {
  readonly url: string;
  readonly requests: readonly (readonly TakenOperation[])[];
  /** By index and id. */
  readonly documents: ReadonlyMap<string, Kept>;
  /** Requests that were under way together, at most. */
  readonly mostAtOnce: number;
  /** Operations on one document that were under way together: there should be none. */
  readonly collisions: number;
  /** One for each of the next requests; then come good answers. */
  next(...steps: Step[]): void;
  /** For all requests that nothing else is said of. */
  always(script: (operations: readonly TakenOperation[], bytes: number) => Step): void;
  close(): Promise<void>;
}

export async function startScriptedServer(): Promise<ScriptedServer> {
  const requests: (readonly TakenOperation[])[] = [];
  const documents = new Map<string, Kept>();
  const steps: Step[] = [];
  const underWay = new Map<string, number>();
  let always: Parameters<ScriptedServer['always']>[0] = () => ({ does: 'answer' });
  let [atOnce, mostAtOnce, collisions, seqNo] = [0, 0, 0, 0];

  const apply = (operation: TakenOperation): object => {
    const old = documents.get(operation.key);
    const conflict = { status: 409, error: { type: 'version_conflict_engine_exception', reason: 'newer' } };
    const { version, ifSeqNo, action } = operation;
    if (version !== undefined && old?.version !== undefined && old.version >= version) return conflict;
    if (ifSeqNo !== undefined && old?.seqNo !== ifSeqNo) return conflict;
    if (action === 'create' && old !== undefined) return conflict;
    const kept = { version, seqNo: ++seqNo, body: operation.body, writes: (old?.writes ?? 0) + 1 };
    documents.set(operation.key, kept);
    return { status: old === undefined ? 201 : 200, _seq_no: kept.seqNo, _primary_term: 1 };
  };
  const answerOf = (operations: readonly TakenOperation[], step: Step): string => {
    const refused = step.does === 'answer' ? step.items : undefined;
    const items = operations.map((operation, place) => ({
      [operation.action]: refused?.(operation.id, place) ?? apply(operation),
    }));
    return JSON.stringify({ items });
  };

  const serve = async (text: string, response: ServerResponse): Promise<void> => {
    const operations = takenOperations(text);
    requests.push(operations);
    for (const { key } of operations) {
      if (underWay.has(key)) collisions++;
      underWay.set(key, (underWay.get(key) ?? 0) + 1);
    }
    mostAtOnce = Math.max(mostAtOnce, ++atOnce);
    const step = steps.shift() ?? always(operations, Buffer.byteLength(text));
    if (step.does === 'answer' && step.afterMs !== undefined) await sleep(step.afterMs);
    const isApplied = !('isApplied' in step) || step.isApplied !== false;
    const answer = isApplied ? answerOf(operations, step) : '';
    atOnce--;
    for (const { key } of operations) underWay.delete(key);
    respond(step, answer, response);
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => void serve(Buffer.concat(chunks).toString('utf8'), response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    documents,
    get mostAtOnce() {
      return mostAtOnce;
    },
    get collisions() {
      return collisions;
    },
    next: (...more) => void steps.push(...more),
    always: (script) => {
      always = script;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function respond(step: Step, answer: string, response: ServerResponse): void {
  const json = { 'content-type': 'application/json' };
  switch (step.does) {
    case 'answer':
      response.writeHead(200, json).end(answer);
      return;
    case 'status': {
      const { status, type } = step;
      const error =
        type === undefined ? undefined : JSON.stringify({ error: { type, reason: type }, status });
      const headers = error === undefined ? { 'content-type': 'text/html' } : json;
      response.writeHead(status, headers).end(step.body ?? error ?? `<h1>${status}</h1>`);
      return;
    }
    case 'cut':
      response.writeHead(200, json).end(answer.slice(0, answer.length / 2));
      return;
    case 'fewer items':
      response.writeHead(200, json).end(JSON.stringify({ items: JSON.parse(answer).items.slice(1) }));
      return;
    case 'hang':
    case 'reset': {
      const reset = () => step.does === 'reset' && response.socket?.resetAndDestroy();
      if (step.isHalf !== true) {
        reset();
        return;
      }
      response.writeHead(200, { ...json, 'content-length': '1000000' });
      // The client is to see this part first.
      response.write(answer.slice(0, 20), () => setTimeout(reset, 5));
    }
  }
}

function takenOperations(text: string): TakenOperation[] {
  const lines = text.split('\n').filter((line) => line !== '');
  const operations: TakenOperation[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [[action, header]] = Object.entries(JSON.parse(lines[at]!)) as [
      [string, { _index: string; _id: string; version?: number; if_seq_no?: number }],
    ];
    const body: unknown = action === 'delete' ? undefined : JSON.parse(lines[++at]!);
    const key = `${header._index}/${header._id}`;
    operations.push({
      action,
      key,
      id: header._id,
      version: header.version,
      ifSeqNo: header.if_seq_no,
      body,
    });
  }
  return operations;
}
