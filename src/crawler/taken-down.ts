// What a page shows and leads to, without what was taken down: dropped before anything is written of it.
import type { PageRecord } from '../ledger.ts';
import type { PageView } from './page-view.ts';
import type { ImageSighting, Source } from './source.ts';

/** Where something lies, or is shown. */
export interface Place {
  readonly url: string;
  /** '' where it is on no host. */
  readonly host: string;
}
export type AreTakenDown = (places: readonly Place[]) => Promise<readonly boolean[]>;

interface Options {
  readonly source: Source;
  readonly areTakenDown: AreTakenDown;
}

export async function withoutTakenDown(
  { source, areTakenDown }: Options,
  view: PageView,
): Promise<PageView & { readonly takenDown: readonly string[] }> {
  const { sightings, further, page } = view;
  const pages = new Map(further.map((one) => [one.address, source.urlOf(one.address)]));
  const urls = [...pages.values(), ...sightings.flatMap(mentioned)];
  const places = [...[...new Set(urls)].map(placeOf), ...sightings.map(({ location }) => location)];
  const answers = await areTakenDown(places);
  const down = new Set(places.filter((_, index) => answers[index]).map(({ url }) => url));
  if (down.size === 0) return { ...view, takenDown: [] };
  const isDown = (address: string) => down.has(pages.get(address) ?? address);
  const isKept = ({ location, pageUrl }: ImageSighting) =>
    !down.has(location.url) && !down.has(pageUrl ?? '');
  return {
    ...view,
    page: page && withLinks(page, (link) => !isDown(link)),
    further: further.filter(({ address }) => !isDown(address)),
    sightings: sightings.filter(isKept).map((sighting) => withoutLink(sighting, down)),
    takenDown: sightings.filter((sighting) => !isKept(sighting)).map(({ location }) => location.id),
  };
}

/** The page with those of its links that are kept, and what it says of each. */
export function withLinks(page: PageRecord, isKept: (link: string) => boolean): PageRecord {
  const { links, linkDates } = page;
  return {
    ...page,
    links: links.filter(isKept),
    ...(linkDates && { linkDates: linkDates.filter((_, index) => isKept(links[index]!)) }),
  };
}

const mentioned = ({ context, pageUrl }: ImageSighting): string[] =>
  [context?.link, pageUrl].filter((url) => url !== undefined);

/** The place of an address on the web; what is elsewhere has no host. */
export function placeOf(url: string): Place {
  const isWeb = /^https?:\/\//i.test(url) && URL.canParse(url);
  return { url, host: isWeb ? new URL(url).host : '' };
}

function withoutLink(sighting: ImageSighting, down: ReadonlySet<string>): ImageSighting {
  if (!down.has(sighting.context?.link ?? '')) return sighting;
  const { link: _, ...context } = sighting.context!;
  return { ...sighting, context };
}
