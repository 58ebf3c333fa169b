import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Client, Connection } from '@opensearch-project/opensearch';
import { expect, it, onTestFinished } from 'vitest';
import { mended } from '../../src/opensearch/client-mends.ts';
import { faultOf } from '../../src/opensearch/faults.ts';

/** A port that neither takes nor refuses connections, as that of a machine that is switched off. */
async function deadPort(): Promise<number> {
  const listen =
    "const s=net.createServer().listen({port:0,host:'127.0.0.1',backlog:1},()=>console.log(s.address().port))";
  const child = spawn(process.execPath, ['-e', listen], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = Number(String((await once(child.stdout!, 'data'))[0]));
  child.kill('SIGSTOP');
  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    child.kill('SIGKILL');
  });
  // The system takes a few in the name of who sleeps.
  for (;;) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    sockets.push(socket);
    const isTaken = await Promise.race([
      once(socket, 'connect').then(() => true),
      new Promise<boolean>((resolve) => setTimeout(resolve, 500, false)),
    ]);
    if (!isTaken) return port;
  }
}

it.skipIf(process.platform === 'win32')('does not wait long for a connection', async () => {
  const client = new Client({
    node: `http://127.0.0.1:${await deadPort()}`,
    Connection: mended(Connection, 300),
    maxRetries: 0,
  });
  onTestFinished(() => client.close());
  const error = await client.info().catch((thrown: unknown) => thrown);
  expect((faultOf(error) as Error).message).toBe(
    'OpenSearch cannot be reached (no connection within 300 ms)',
  );
});
