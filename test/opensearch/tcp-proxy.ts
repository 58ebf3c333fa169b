// Stands between a client and a server, and breaks their connections as a test wants.

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** What becomes of one answer of the server, from its first bytes on. */
export type AnswerFault =
  /** As many bytes of it pass, then the connection is reset, ends, or says nothing any more. */
  | { readonly does: 'reset' | 'end' | 'hang'; readonly afterBytes: number }
  | { readonly does: 'delay'; readonly ms: number };

export interface TcpProxy {
  readonly url: string;
  /** How many answers were broken or delayed. */
  readonly faults: number;
  /** Asked at each answer; undefined: it passes. */
  breaks(choose: () => AnswerFault | undefined): void;
  /** Refuses connections and breaks those that there are; `false` ends that. */
  refuse(isRefusing: boolean): Promise<void>;
  close(): Promise<void>;
}

export async function openTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port: targetPort } = new URL(target);
  const pairs = new Set<readonly [Socket, Socket]>();
  let choose: () => AnswerFault | undefined = () => undefined;
  let faults = 0;
  const chosen = (): AnswerFault | undefined => {
    const fault = choose();
    if (fault !== undefined) faults++;
    return fault;
  };

  const server = createServer((client) => {
    const upstream = connect({ host: hostname, port: Number(targetPort) });
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => {});
      socket.on('close', () => {
        pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
    join(client, upstream, chosen);
  });
  const breakAll = () => {
    for (const [client] of pairs) client.resetAndDestroy();
  };
  const listen = (at: number): Promise<void> =>
    new Promise((resolve) => server.listen(at, '127.0.0.1', resolve));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      breakAll();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    get faults() {
      return faults;
    },
    breaks: (how) => {
      choose = how;
    },
    refuse: async (isRefusing) => {
      if (isRefusing === server.listening) await (isRefusing ? stop() : listen(port));
    },
    close: async () => {
      if (server.listening) await stop();
    },
  };
}

function join(client: Socket, upstream: Socket, chosen: () => AnswerFault | undefined): void {
  let isAsked = false;
  let fault: AnswerFault | undefined;
  let left = 0;
  client.on('data', (chunk) => {
    isAsked = true;
    upstream.write(chunk);
  });
  upstream.on('data', (chunk) => {
    if (isAsked) {
      isAsked = false;
      fault = chosen();
      left = fault === undefined || fault.does === 'delay' ? 0 : fault.afterBytes;
    }
    if (fault === undefined) client.write(chunk);
    else if (fault.does === 'delay') setTimeout(() => client.writable && client.write(chunk), fault.ms);
    else {
      const { does } = fault;
      const part = chunk.subarray(0, left);
      left -= part.length;
      client.write(part);
      // What was let pass is to arrive first.
      if (left === 0 && does === 'reset') setTimeout(() => client.resetAndDestroy(), 5);
      if (left === 0 && does === 'end') client.end();
    }
  });
}
