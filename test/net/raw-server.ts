// A server that answers with whatever bytes a test gives it: what no HTTP library would send.
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface RawServer {
  readonly url: string;
  readonly port: number;
  /** Connections so far. */
  connections(): number;
  close(): Promise<void>;
}

export async function openRawServer(
  answer: (socket: Socket) => void,
  address = '127.0.0.1',
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.once('data', () => answer(socket));
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed).listen(0, address, listening);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${port}`,
    port,
    connections: () => connections,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
