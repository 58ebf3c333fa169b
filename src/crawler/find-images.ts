// Stage 1: expands a page or listing, remembers what it shows, and says what is to be looked into next.
import type { Failure, SkipCode } from '../errors.ts';
import type { Ledger, LocationRecord, PageRecord } from '../ledger.ts';
import { type FoundImage, now, pageId } from '../record.ts';
import { heedMissed } from './missed.ts';
import { isLeftOut } from './page-skip.ts';
import { type LookOptions, lookAt } from './page-view.ts';
import { rememberPage } from './remember-page.ts';
import type { Expandable, Expansion, ImageSighting } from './source.ts';
import { type AreTakenDown, withoutTakenDown } from './taken-down.ts';
import { visitPage } from './visit-page.ts';

export interface FindOptions extends LookOptions {
  /** Ignore the validators of crawls before this one. */
  readonly isFresh: boolean;
  /** Asked with the locations that are new to this crawl: says for each, in order, whether there is room for it. */
  readonly admit: (locationIds: readonly string[]) => readonly boolean[];
  /** For each place, in order: whether it was taken down. Of such nothing is written. */
  readonly areTakenDown: AreTakenDown;
}

export interface Finding {
  readonly outcome: Expansion['outcome'];
  readonly failure?: Failure;
  readonly skipped?: { readonly code: SkipCode; readonly reason: string };
  readonly further: readonly Expandable[];
  readonly found: readonly FoundImage[];
  /** The page was not asked for, and what it shows need not be either. */
  readonly isRested: boolean;
  /** Images whose appearances changed. */
  readonly dirty: readonly string[];
  /** Something was cut off, so nothing may be concluded from what was not seen. */
  readonly isPartial: boolean;
  /** Locations that were left out because they were taken down. */
  readonly takenDown: readonly string[];
  /** What is wrong with single entries, where that is known of the page. */
  readonly problems?: readonly Failure[];
}

/**
 * Looks into one page or listing. A failure writes nothing where `comesAgain` says that the page is tried again.
 * Replaces the page's appearances, writes its locations, and raises the revisions of the images that this changes.
 */
export async function findImages(
  options: FindOptions,
  item: Expandable,
  comesAgain: (problem: Failure) => boolean,
  signal: AbortSignal,
): Promise<Finding> {
  const { ledger, source, collection } = options;
  const id = pageId(collection, source.id, item.address);
  const [stored] = await ledger.get('page', [id]);
  const known = stored?.record;
  const visited = await visitPage(options, item, earlierOf(options, known), signal);
  const expansion = await heedMissed(options, id, visited, known);
  const failed = expansion.outcome === 'failed' ? expansion.failure : undefined;
  if (signal.aborted || (failed !== undefined && comesAgain(failed))) return nothing(expansion);
  const view = await withoutTakenDown(options, await lookAt(options, id, item, expansion, known));
  const locations = await knownLocations(ledger, view.sightings);
  const { admitted, refused } = admit(options, locations, view.sightings);
  const isPartial = view.isPartial || refused.length > 0;
  // A page of which something is missing must be read again whole: no validator may say that it has not changed.
  const page = view.page && isPartial ? { ...view.page, validators: {} } : view.page;
  const dirty = await rememberPage(options, id, page, admitted, refused);
  return {
    ...nothing(expansion),
    ...(hasNoEntries(options, page) && { problems: [] }),
    further: view.further,
    found: admitted
      .filter((sighting) => !isLeftOut(sighting, locations.get(sighting.location.id)))
      .map((sighting) => foundImage(options, sighting)),
    dirty,
    isPartial,
    takenDown: view.takenDown,
  };
}

/** Of a listing that is not there, or not to be read, no entry is wrong. */
const hasNoEntries = ({ source }: FindOptions, page: PageRecord | null): boolean =>
  page !== null && ['gone', 'skipped'].includes(page.state) && source.isListing?.(page.address) !== false;

/** What the source is told of a page: that it was there, and its validators where they still say something. */
function earlierOf({ isFresh, crawlId }: FindOptions, known: PageRecord | undefined): PageRecord | undefined {
  if (known === undefined || known.expandedAt === null) return undefined;
  const isComparable = known.state === 'expanded' && (!isFresh || known.crawlId === crawlId);
  return isComparable ? known : { ...known, validators: {} };
}

const nothing = (expansion: Expansion): Finding => ({
  outcome: expansion.outcome,
  ...('failure' in expansion ? { failure: expansion.failure } : {}),
  ...('problems' in expansion ? { problems: expansion.problems } : {}),
  ...(expansion.outcome === 'skipped' ? { skipped: { code: expansion.code, reason: expansion.reason } } : {}),
  further: [],
  found: [],
  isRested: expansion.outcome === 'unchanged' && expansion.isRested === true,
  dirty: [],
  isPartial: false,
  takenDown: [],
});

const foundImage = (
  { collection, crawlId, source }: FindOptions,
  { location }: ImageSighting,
): FoundImage => ({
  collection,
  crawlId,
  source: source.id,
  location,
  foundAt: now(),
});

async function knownLocations(
  ledger: Ledger,
  sightings: readonly ImageSighting[],
): Promise<Map<string, LocationRecord>> {
  const stored = await ledger.get(
    'location',
    sightings.map(({ location }) => location.id),
  );
  return new Map(stored.map(({ id, record }) => [id, record]));
}

function admit(
  options: FindOptions,
  known: Map<string, LocationRecord>,
  sightings: readonly ImageSighting[],
): { admitted: ImageSighting[]; refused: ImageSighting[] } {
  const fresh = sightings.filter(({ location }) => known.get(location.id)?.crawlId !== options.crawlId);
  const answers = options.admit(fresh.map(({ location }) => location.id));
  const refused = new Set(fresh.filter((_, index) => answers[index] !== true));
  return { admitted: sightings.filter((sighting) => !refused.has(sighting)), refused: [...refused] };
}
