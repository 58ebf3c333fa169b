// Connections to public addresses only. Checked three times: the host where it is an address, what its name
// resolves to, and what the socket is connected to in the end.
import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, type SecureContext } from 'node:tls';
import type { buildConnector } from 'undici';
import { BlockedPortError, isBlockedPort } from './blocked-ports.ts';
import { type ConnectTo, connectToKey, type Target } from './connect-to.ts';
import { isAllowed, isLoopbackHost, isPublicAddress, withoutBrackets } from './public-address.ts';

/** As `dns.lookup` with `all`: every address of a name. */
export type Lookup = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export class PrivateAddressError extends Error {
  constructor(host: string, address: string) {
    super(
      host === address
        ? `${host} is not a public address`
        : `${host} resolves to ${address}, which is not public`,
    );
    this.name = 'PrivateAddressError';
  }
}

type Build = typeof buildConnector;
type To = Parameters<buildConnector.connector>[0];

export interface ConnectorOptions {
  /** Hosts and `host:port` pairs that may be private. */
  readonly allowHosts: readonly string[];
  readonly connectTimeoutMs: number;
  readonly lookup?: Lookup;
  readonly connectTo?: ConnectTo;
  /** Whom to trust where that is not whom Node.js trusts. */
  readonly secureContext?: SecureContext;
}

export function guardedConnector(build: Build, options: ConnectorOptions): buildConnector.connector {
  const resolve = options.lookup ?? (systemLookup as Lookup);
  const { connectTimeoutMs: timeout, secureContext } = options;
  const builtWith = (accepts: (address: string) => boolean, more = {}): buildConnector.connector =>
    build({
      timeout,
      autoSelectFamily: true,
      ...(secureContext === undefined ? {} : { secureContext }),
      ...more,
      lookup: lookupWith(resolve, accepts),
    } as buildConnector.BuildOptions);
  const open = builtWith(() => true);
  const guarded = builtWith(isPublicAddress);
  return (to, callback) => {
    const port = to.port || (to.protocol === 'https:' ? '443' : '80');
    const target = options.connectTo?.get(connectToKey(to.hostname, port));
    if (target !== undefined) {
      const elsewhere = builtWith(() => true, certifiedFor(to.hostname));
      return elsewhere(redirected(to, target), callback);
    }
    if (isAllowed(options.allowHosts, to.hostname, port)) return open(to, callback);
    const host = withoutBrackets(to.hostname);
    if (isIP(host) === 0 ? isLoopbackHost(host) : !isPublicAddress(host)) {
      callback(new PrivateAddressError(host, host), null);
      return;
    }
    if (isBlockedPort(port)) return callback(new BlockedPortError(port), null);
    guarded(to, (...answer) => {
      // Absent, not null, where the connection failed.
      const socket: Socket | null | undefined = answer[1];
      const address = socket?.remoteAddress ?? '';
      if (!socket || isPublicAddress(address)) return callback(...answer);
      socket.destroy();
      callback(new PrivateAddressError(host, address), null);
    });
  };
}

/** Only the connection goes elsewhere: the name that the certificate is asked by stays. */
function redirected(to: To, { host, port }: Target): To {
  const name = withoutBrackets(to.hostname);
  return { ...to, hostname: host, port, ...(isIP(name) === 0 ? { servername: name } : {}) };
}

const certifiedFor = (hostname: string): Pick<ConnectionOptions, 'checkServerIdentity'> => ({
  checkServerIdentity: (_connected, certificate) =>
    checkServerIdentity(withoutBrackets(hostname), certificate),
});

type NetLookup = (
  hostname: string,
  options: LookupOptions,
  callback: (error: Error | null, address: string | LookupAddress[], family?: number) => void,
) => void;

/** One address that is not accepted spoils the answer: a name with a public and a private one is an attack. */
function lookupWith(resolve: Lookup, accepts: (address: string) => boolean): NetLookup {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const refused = addresses.find(({ address }) => !accepts(address));
      if (refused !== undefined) return callback(new PrivateAddressError(hostname, refused.address), []);
      const [first] = addresses;
      if (first === undefined) return callback(new Error(`${hostname} has no address`), []);
      if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
