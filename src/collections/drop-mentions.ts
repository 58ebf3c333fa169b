// What the ledger says elsewhere of what was taken down: links to it, and its failures.
import { isDeepStrictEqual } from 'node:util';
import { withLinks } from '../crawler/taken-down.ts';
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

/** What other pages say of it: their links, and the links, licences and variants of their images. */
export async function dropLinks(
  { ledger, projector }: EraseParts,
  isGone: (url: string) => boolean,
): Promise<void> {
  for await (const { id, record } of listAll(ledger, 'page', {})) {
    if (!record.links.some(isGone)) continue;
    const unlinked = amendment('page', id, (old) => old && withLinks(old, (link) => !isGone(link)));
    await amend(ledger, [unlinked]);
  }
  const linked: Stored<'appearance'>[] = [];
  for await (const one of listAll(ledger, 'appearance', {})) {
    if (withoutGone(one.record, isGone) !== one.record) linked.push(one);
  }
  for (const some of pieces(linked)) {
    const locations = await ledger.get(
      'location',
      some.map(({ record }) => record.locationId),
    );
    const images = [...new Set(locations.flatMap(({ record }) => record.imageId ?? []))];
    await amend(ledger, [
      ...some.map(({ id }) => amendment('appearance', id, (old) => old && withoutGone(old, isGone))),
      ...images.map(raiseRevision),
    ]);
    await Promise.all(images.map((id) => projector.project(id)));
  }
}

/** Without the addresses that it gives of what is gone; the same record where it gives none. */
function withoutGone(record: AppearanceRecord, isGone: (url: string) => boolean): AppearanceRecord {
  const { link, licence, ...context } = record.context;
  const { variants = [], ...rest } = record;
  const linked = link === undefined || isGone(link) ? {} : { link };
  const licensed = licence === undefined || isGone(licence) ? {} : { licence };
  const left = variants.filter(({ url }) => !isGone(url));
  const kept = {
    ...rest,
    context: { ...context, ...linked, ...licensed },
    ...(left.length > 0 ? { variants: left } : {}),
  };
  return isDeepStrictEqual(kept, record) ? record : kept;
}

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
