// Connections to public addresses only. Checked three times: the host where it is an address, what its name
// resolves to, and what the socket is connected to in the end.
import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import { isIP, type Socket } from 'node:net';
import type { buildConnector } from 'undici';
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

export function guardedConnector(
  build: Build,
  options: {
    readonly allowHosts: readonly string[];
    readonly connectTimeoutMs: number;
    readonly lookup?: Lookup;
  },
): buildConnector.connector {
  const resolve = options.lookup ?? (systemLookup as Lookup);
  const base = { timeout: options.connectTimeoutMs, autoSelectFamily: true };
  const open = build({ ...base, lookup: lookupWith(resolve, () => true) } as buildConnector.BuildOptions);
  const guarded = build({
    ...base,
    lookup: lookupWith(resolve, isPublicAddress),
  } as buildConnector.BuildOptions);
  return (to, callback) => {
    const port = to.port || (to.protocol === 'https:' ? '443' : '80');
    if (isAllowed(options.allowHosts, to.hostname, port)) return open(to, callback);
    const host = withoutBrackets(to.hostname);
    if (isIP(host) === 0 ? isLoopbackHost(host) : !isPublicAddress(host)) {
      callback(new PrivateAddressError(host, host), null);
      return;
    }
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
