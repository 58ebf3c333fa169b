// Which IP addresses the crawler may connect to: public unicast ones. And the hosts that are allowed all the same.
import ipaddr from 'ipaddr.js';

/** Ranges that ipaddr.js takes for public, or has taken for it, and that lead to IPv4 addresses inside. */
const extraRanges = ['::/96', '64:ff9b::/96', '64:ff9b:1::/48', '2002::/16'].map((range) =>
  ipaddr.IPv6.parseCIDR(range),
);

/** Looks public, and is the platform's own in every network of Azure. Those of other clouds lie in ranges that are not. */
const platformAddresses = ['168.63.129.16'];

export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // Written as IPv4 where it is IPv4 in IPv6 clothes.
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast' || platformAddresses.includes(parsed.toString())) return false;
  return parsed.kind() === 'ipv4' || !extraRanges.some((range) => parsed.match(range));
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
