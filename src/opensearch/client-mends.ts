// What the client of OpenSearch leaves to be desired of its connections.
import type { Connection, ConnectionPool } from '@opensearch-project/opensearch';

/** A node that is switched off does not even refuse a connection. */
const connectTimeoutMs = 5000;

/**
 * Once an answer has begun, the client waits for the rest for ever, and writes what breaks then to standard output, where
 * results belong. Here a silence ends as a broken connection does, and nothing is written. And to close it does not wait
 * until everything is answered: it ends what is under way.
 */
export function mended(Base: typeof Connection, timeoutMs = connectTimeoutMs): typeof Connection {
  return class extends Base {
    override request(
      params: Parameters<Connection['request']>[0],
      callback: Parameters<Connection['request']>[1],
    ): ReturnType<Connection['request']> {
      const request = super.request(params, (error, response) => {
        if (response !== null) {
          request.removeAllListeners('error');
          // The answer says it, too: it ends too early.
          request.on('error', () => {});
          request.on('timeout', () => response.destroy());
        }
        callback(error, response);
      });
      request.once('socket', (socket) => {
        if (!socket.connecting) return;
        const late = setTimeout(
          () => request.destroy(new Error(`no connection within ${timeoutMs} ms`)),
          timeoutMs,
        );
        for (const end of ['connect', 'close']) socket.once(end, () => clearTimeout(late));
      });
      return request;
    }

    override close(closed?: () => void): Connection {
      this.agent.destroy();
      closed?.();
      return this;
    }
  };
}

/** A node that failed is tried again after seconds: the client's own pool waits a minute, and at last half an hour. */
export function quickPool(Base: typeof ConnectionPool): typeof ConnectionPool {
  return class extends Base {
    constructor(...given: ConstructorParameters<typeof ConnectionPool>) {
      super(...given);
      this.resurrectTimeout = 5000;
      // Doubled so many times.
      this.resurrectTimeoutCutoff = 2;
    }
  };
}
