// Stands between a ledger and OpenSearch, and cuts the ledger off for good at one of its writes: as if its process had died.
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface KillingProxy {
  readonly url: string;
  /** Bulk requests that came. */
  readonly writes: number;
  /** At that bulk request from now on: before it is passed on, or when it has been answered. */
  killAt(write: number, moment: 'before' | 'after'): void;
  /** That bulk request from now on is passed on, but its answer is lost. */
  loseAt(write: number): void;
  /** That bulk request from now on waits; resolves with what lets it pass when it has come. */
  holdAt(write: number): Promise<() => void>;
  close(): Promise<void>;
}

export async function openKillingProxy(target: string): Promise<KillingProxy> {
  let writes = 0;
  let killAt = Number.POSITIVE_INFINITY;
  let moment: 'before' | 'after' = 'before';
  let loseAt = Number.POSITIVE_INFINITY;
  let holdAt = Number.POSITIVE_INFINITY;
  let hold = async (): Promise<void> => {};
  const server = createServer(async (incoming, outgoing) => {
    const isBulk = incoming.url!.includes('_bulk');
    if (isBulk && ++writes === holdAt) await hold();
    const isLost = isBulk && writes === loseAt;
    const isDead = () => writes > killAt || (writes === killAt && isBulk);
    if (isDead() && (writes > killAt || moment === 'before')) return void outgoing.destroy();
    const answer = await pass(target, incoming);
    if (isDead() || isLost) return void outgoing.destroy();
    outgoing.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get writes() {
      return writes;
    },
    killAt(write, when) {
      killAt = writes + write;
      moment = when;
    },
    loseAt(write) {
      loseAt = writes + write;
    },
    holdAt: (write) =>
      new Promise((resolve) => {
        holdAt = writes + write;
        hold = () => new Promise((go) => resolve(go));
      }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

async function pass(target: string, incoming: IncomingMessage): Promise<Answer> {
  const { method, headers, url } = incoming;
  const sent = await buffer(incoming);
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request(new URL(url!, target), { method, headers: { ...headers, host: new URL(target).host } }, resolve)
      .on('error', reject)
      .end(sent);
  });
  const body = await buffer(answer);
  const { 'transfer-encoding': _, 'content-length': __, ...kept } = answer.headers;
  return { status: answer.statusCode!, headers: kept as Record<string, string>, body };
}
