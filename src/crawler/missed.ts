// A page that did not get all that it asked for in the browser: it may have more than it shows, so that is not believed at
// once, and it is opened again.
import { failure, failureCodes } from '../errors.ts';
import { listAll, type Missed, type PageRecord } from '../ledger.ts';
import type { LookOptions } from './page-view.ts';
import type { Expansion } from './source.ts';

type Expanded = Extract<Expansion, { outcome: 'expanded' }>;

/** A failure where it shows less than before for want of it; without validators where the next look may show more. */
export async function heedMissed(
  options: LookOptions,
  id: string,
  expansion: Expansion,
  known: PageRecord | undefined,
): Promise<Expansion> {
  if (expansion.outcome !== 'expanded' || expansion.page?.missed === undefined) return expansion;
  const { page } = expansion;
  const { missed = [] } = page;
  // What this crawl has seen itself, before it was killed, confirms nothing.
  const before = known?.crawlId === options.crawlId ? undefined : known;
  const wasMissed = new Set(before?.missed?.map(({ url }) => url));
  const fresh = missed.filter(({ url }) => !wasMissed.has(url));
  const isConfirmed = before?.code === 'not_rendered' && fresh.every(isLasting);
  const [first] = fresh;
  if (first !== undefined && !isConfirmed && (await showsLess(options, id, expansion, known))) {
    const reason = `${known?.address}: it shows less than before, and the browser did not get ${first.url} (${first.code})`;
    return { outcome: 'failed', failure: failure('find', 'not_rendered', reason) };
  }
  const isAsEver = fresh.length === 0 && missed.every(isLasting);
  return isAsEver ? expansion : { ...expansion, page: { ...page, validators: {} } };
}

/** Its server says that it is not there, or not for us. */
const isLasting = ({ code }: Missed): boolean => failureCodes[code].retry === 'never';

async function showsLess(
  { ledger }: LookOptions,
  pageId: string,
  { further, images }: Expanded,
  known: PageRecord | undefined,
): Promise<boolean> {
  if (known === undefined || !['expanded', 'failed'].includes(known.state)) return false;
  if (further.length < known.links.length) return true;
  let shown = 0;
  for await (const _ of listAll(ledger, 'appearance', { pageId })) shown++;
  return images.length < shown;
}
