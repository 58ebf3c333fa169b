// Asks a source for a page, unless the crawl is of nothing but what is due and the page is not.
import type { PageRecord } from '../ledger.ts';
import { now } from '../record.ts';
import type { LookOptions } from './page-view.ts';
import type { Expandable, Expansion } from './source.ts';
import { isDue } from './visits.ts';

export const visitPage = async (
  options: LookOptions,
  item: Expandable,
  earlier: PageRecord | undefined,
  signal: AbortSignal,
): Promise<Expansion> =>
  rests(options, item, earlier)
    ? { outcome: 'unchanged', isRested: true }
    : options.source.expand(item, options.collection, earlier, signal);

/** Roots are always asked for: they say what is new. So is what must be read again, which has no validators. */
const rests = (
  { visiting, source, crawlId }: LookOptions,
  { depth, modifiedAt }: Expandable,
  earlier: PageRecord | undefined,
): boolean =>
  visiting.onlyDue &&
  depth > 0 &&
  earlier?.state === 'expanded' &&
  Object.keys(earlier.validators).length > 0 &&
  source.wasReadOtherwise?.(earlier) !== true &&
  // Looked at again after a kill: what it shows may not have been put yet, and is due as it was.
  !(earlier.crawlId === crawlId && earlier.change !== 'rested') &&
  !isDue(earlier, modifiedAt, now(), visiting.bounds);
