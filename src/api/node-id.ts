// Ids of the API: the ledger's with a tag of their type, so that `node` knows where to look.

export type NodeKind = 'image' | 'crawl' | 'collection';
const tags: readonly NodeKind[] = ['image', 'crawl', 'collection'];

export const nodeId = (kind: NodeKind, id: string): string => `${kind}_${id}`;

export function readNodeId(given: string): { readonly kind: NodeKind; readonly id: string } | null {
  const kind = tags.find((tag) => given.startsWith(`${tag}_`));
  return kind === undefined ? null : { kind, id: given.slice(kind.length + 1) };
}

/** The id within the ledger, from either form: the command line prints it without the tag. */
export const bareId = (kind: NodeKind, given: string): string =>
  given.startsWith(`${kind}_`) ? given.slice(kind.length + 1) : given;
