// Where connections for an address really go, as `connectTo` says: for trying a site before its name leads to it.
import { withoutBrackets } from './public-address.ts';

export interface Target {
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: string;
}

/** What is left of `=` is found as a URL spells it. */
export type ConnectTo = ReadonlyMap<string, Target>;

const entry = /^(\[[0-9a-f:.]+\]|[^\s[\]:=/@]+):(\d{1,5})=(\[[0-9a-f:.]+\]|[^\s[\]:=/@]+):(\d{1,5})$/i;

/** undefined: `host:port=host:port` was expected. */
export function connectToEntry(text: string): readonly [string, Target] | undefined {
  const [, host = '', port = '', target = '', targetPort = ''] = entry.exec(text) ?? [];
  if (![port, targetPort].every((one) => Number(one) >= 1 && Number(one) <= 65_535)) return undefined;
  if (!URL.canParse(`http://${host}/`) || !URL.canParse(`http://${target}/`)) return undefined;
  const spelled = new URL(`http://${host}/`).hostname;
  return [
    connectToKey(spelled, port),
    { host: withoutBrackets(new URL(`http://${target}/`).hostname), port: String(Number(targetPort)) },
  ];
}

/** The first of several for one address counts, as with curl. */
export function readConnectTo(entries: readonly string[]): ConnectTo {
  const map = new Map<string, Target>();
  for (const text of entries) {
    const [key, target] = connectToEntry(text) ?? [];
    if (key !== undefined && target !== undefined && !map.has(key)) map.set(key, target);
  }
  return map;
}

export const connectToKey = (hostname: string, port: string): string =>
  `${withoutBrackets(hostname.toLowerCase())} ${Number(port)}`;
