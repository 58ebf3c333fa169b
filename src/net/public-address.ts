// Which IP addresses the crawler may connect to: public unicast ones. And the hosts that are allowed all the same.
import ipaddr from 'ipaddr.js';

/** All that IPv6 hands out to the world so far; what lies elsewhere is local, leads to IPv4, or is kept for later. */
const globalIpv6 = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Within that, what IANA's registry of special purposes names: tunnels to IPv4 (Teredo, 6to4), identifiers that are no
 * places (ORCHID, drones), benchmarks, relays and sinks of DNS, documentation. Registry of 2025-10-09.
 */
const specialIpv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'].map(
  (range) => ipaddr.IPv6.parseCIDR(range),
);

/** Looks public, and is the platform's own in every network of Azure. Those of other clouds lie in ranges that are not. */
const platformAddresses = ['168.63.129.16'];

export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // Written as IPv4 where it is IPv4 in IPv6 clothes.
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast' || platformAddresses.includes(parsed.toString())) return false;
  if (parsed.kind() === 'ipv4') return true;
  return parsed.match(globalIpv6) && !specialIpv6.some((range) => parsed.match(range));
}

export const withoutBrackets = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

export const portOf = (url: URL): string => url.port || (defaultPorts[url.protocol] ?? '');

/** True where the user allowed it: entries are `host` (every port) or `host:port`, an IPv6 address in brackets. */
export function isAllowed(entries: readonly string[], hostname: string, port: string): boolean {
  return entries.some((entry) => {
    const [, host = '', only] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
    return (
      spelled(host) === withoutBrackets(hostname.toLowerCase()) &&
      (only === undefined || Number(only) === Number(port))
    );
  });
}

/** As a URL spells it: lower case, punycode, IPv4 in four decimal parts. */
function spelled(host: string): string {
  return withoutBrackets(URL.canParse(`http://${host}/`) ? new URL(`http://${host}/`).hostname : host);
}

/** This machine, by how the host is spelled in a URL. */
export const isLoopbackHost = (hostname: string): boolean =>
  /^(127(\.\d+){3}|\[::1\]|(.+\.)?localhost\.?)$/.test(hostname);
