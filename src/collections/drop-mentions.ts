// What the ledger says elsewhere of what was taken down: links to it, and its failures.
import {
  type Amendment,
  type AppearanceRecord,
  amend,
  amendment,
  type Ledger,
  listAll,
  raiseRevision,
  type Stored,
} from '../ledger.ts';
import { type EraseParts, pieces } from './erase.ts';

/** What other pages say of it: their links, and the links around their images. */
export async function dropLinks(
  { ledger, projector }: EraseParts,
  isGone: (url: string) => boolean,
): Promise<void> {
  for await (const { id, record } of listAll(ledger, 'page', {})) {
    if (!record.links.some(isGone)) continue;
    const unlinked = amendment(
      'page',
      id,
      (old) => old && { ...old, links: old.links.filter((link) => !isGone(link)) },
    );
    await amend(ledger, [unlinked]);
  }
  const linked: Stored<'appearance'>[] = [];
  for await (const one of listAll(ledger, 'appearance', {})) {
    if (one.record.context.link !== undefined && isGone(one.record.context.link)) linked.push(one);
  }
  for (const some of pieces(linked)) {
    const locations = await ledger.get(
      'location',
      some.map(({ record }) => record.locationId),
    );
    const images = [...new Set(locations.flatMap(({ record }) => record.imageId ?? []))];
    await amend(ledger, [
      ...some.map(({ id }) => amendment('appearance', id, (old) => old && withoutLink(old))),
      ...images.map(raiseRevision),
    ]);
    await Promise.all(images.map((id) => projector.project(id)));
  }
}

const withoutLink = (record: AppearanceRecord): AppearanceRecord => {
  const { link: _, ...context } = record.context;
  return { ...record, context };
};

/** Those of it, and what others say of it in their words. */
export async function dropFailures(ledger: Ledger, isGone: (url: string) => boolean): Promise<void> {
  const changes: Amendment[] = [];
  for await (const { id, record } of listAll(ledger, 'failure', {})) {
    const reason = record.reason.replace(/[a-z0-9]+:\/\/[^\s,;)]+/gi, (url) =>
      isGone(url.replace(/[.:]$/, '')) ? '(taken down)' : url,
    );
    if (isGone(record.url)) changes.push(amendment('failure', id, () => null));
    else if (reason !== record.reason)
      changes.push(amendment('failure', id, (old) => old && { ...old, reason }));
  }
  for (const some of pieces(changes)) await amend(ledger, some);
}
