// What a page shows and leads to, without what was taken down: dropped before anything is written of it.
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
    page: page && { ...page, links: page.links.filter((link) => !isDown(link)) },
    further: further.filter(({ address }) => !isDown(address)),
    sightings: sightings.filter(isKept).map((sighting) => withoutLink(sighting, down)),
    takenDown: sightings.filter((sighting) => !isKept(sighting)).map(({ location }) => location.id),
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
