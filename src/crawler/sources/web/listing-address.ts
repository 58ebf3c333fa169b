// Sitemaps and feeds among the addresses of a web source: marked in the fragment, which the address of a page never has.

/** An index of an index of an index may lead to one, and no further. */
export const maxLevel = 4;

export interface ListingAddress {
  readonly url: string;
  /** How many listings lead to it, itself included. */
  readonly level: number;
}

export const listingAddress = ({ url, level }: ListingAddress): string =>
  `${url}#sitemap${level === 1 ? '' : `-${level}`}`;

/** undefined for a page. */
export function listingOf(address: string): ListingAddress | undefined {
  const [url, mark] = address.split('#', 2) as [string, string | undefined];
  if (mark === undefined) return undefined;
  return { url, level: Number(mark.split('-')[1] ?? 1) };
}
