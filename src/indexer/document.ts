// The search document of an image, made from what the ledger says of it and of those that are folded into it.
import { makeLabels } from '../labels/label-maker.ts';
import type { Taxonomy } from '../labels/taxonomy.ts';
import type { Ledger, LocationRecord, Stored } from '../ledger.ts';
import { type Description, isOnTheWeb, type PageContext } from '../record.ts';
import { tokens } from '../text.ts';
import {
  type DocumentAppearance,
  type DocumentLocation,
  type FoldedImage,
  type ImageDocument,
  type TextTier,
  type TierTokens,
  textTiers,
} from './image-index.ts';

export interface DocumentParts {
  readonly ledger: Ledger;
  readonly taxonomy: Taxonomy;
  /** Names of concepts that the taxonomy does not know: the model's own. */
  readonly className: (concept: string) => string | undefined;
}

/** What a document carries of an image that is everywhere, and of those that are folded into it. */
export const maxListed = 100;
/** Of one appearance: a srcset has some ten. */
const maxVariants = 20;
/** No word is this: a phrase never matches across two of them. */
const phraseEnd = '|';

/** `own`: where the image itself lies. */
export async function makeDocument(
  { ledger, taxonomy, className }: DocumentParts,
  { id, record }: Stored<'image'>,
  { format, width, height, sizeBytes, exif, scores, describedAt, model }: Description,
  own: readonly Stored<'location'>[],
): Promise<ImageDocument> {
  const folded = await listFolded(ledger, id, record.folds ?? []);
  const locations = await withFolded(ledger, own, folded);
  const { appearances, count } = await listAppearances(
    ledger,
    locations.map((location) => location.id),
  );
  return {
    id,
    collection: record.collection,
    revision: record.revision,
    sha256: record.sha256,
    format,
    width,
    height,
    sizeBytes,
    exif,
    labels: makeLabels(scores, taxonomy, className),
    model,
    ...documentTokens(
      appearances,
      locations.map((location) => location.record),
    ),
    hosts: [...new Set(locations.map((location) => location.record.host))].filter((host) => host !== ''),
    locations: locations.map(
      ({ id: locationId, record: { url, host, source } }): DocumentLocation => ({
        id: locationId,
        url,
        host,
        source,
      }),
    ),
    appearances,
    appearanceCount: count,
    ...(folded.length === 0 ? {} : { folded: folded.slice(0, maxListed), foldedCount: folded.length }),
    describedAt,
    fetchedAt: locations
      .map((location) => location.record.fetchedAt ?? '')
      .sort()
      .at(-1)!,
  };
}

/** The largest first. */
async function listFolded(ledger: Ledger, into: string, ids: readonly string[]): Promise<FoldedImage[]> {
  if (ids.length === 0) return [];
  const images = (await ledger.get('image', ids)).filter(({ record }) => record.foldedInto === into);
  const described = new Map(
    (
      await ledger.get(
        'description',
        images.map(({ record }) => record.descriptionKey),
      )
    ).map(({ id, record }) => [id, record]),
  );
  return images
    .flatMap(({ id, record }): FoldedImage[] => {
      const description = described.get(record.descriptionKey);
      if (description === undefined) return [];
      const { format, width, height, sizeBytes } = description;
      return [{ id, sha256: record.sha256, format, width, height, sizeBytes }];
    })
    .sort(
      (a, b) =>
        b.width * b.height - a.width * a.height || b.sizeBytes - a.sizeBytes || (a.id < b.id ? -1 : 1),
    );
}

/** Its own places first: what opens there is the image itself. */
async function withFolded(
  ledger: Ledger,
  own: readonly Stored<'location'>[],
  folded: readonly FoldedImage[],
): Promise<readonly Stored<'location'>[]> {
  const all = [...own];
  for (const { id } of folded) {
    const left = maxListed - all.length;
    if (left <= 0) break;
    all.push(...(await ledger.list('location', { imageId: id }, { limit: left })));
  }
  return all;
}

async function listAppearances(
  ledger: Ledger,
  locationIds: readonly string[],
): Promise<{ appearances: DocumentAppearance[]; count: number }> {
  const [newest, counts] = await Promise.all([
    Promise.all(locationIds.map((id) => ledger.newestAppearances(id, maxListed))),
    Promise.all(locationIds.map((locationId) => ledger.tally('appearance', { locationId }, []))),
  ]);
  const appearances = newest
    .flat()
    .map(({ record: { pageUrl, locationId, context, seenAt, variants = [] } }): DocumentAppearance => {
      const shown = { pageUrl, locationId, context, seenAt };
      return variants.length === 0 ? shown : { ...shown, variants: variants.slice(0, maxVariants) };
    });
  appearances.sort((a, b) =>
    a.seenAt < b.seenAt ? 1 : a.seenAt > b.seenAt ? -1 : a.pageUrl < b.pageUrl ? -1 : 1,
  );
  const count = counts.flat().reduce((sum, one) => sum + one.count, 0);
  return { appearances: appearances.slice(0, maxListed), count };
}

/** Apart by where they are said: who may search the web's words only must not find out the others by guessing. */
function documentTokens(
  appearances: readonly DocumentAppearance[],
  locations: readonly LocationRecord[],
): Pick<ImageDocument, 'tokens' | 'localTokens'> {
  const places = [
    ...appearances.map(({ pageUrl, context }) => ({ url: pageUrl, said: saidBy(context) })),
    // The words of the address count as the last tier.
    ...locations.map(({ url, words }) => ({ url, said: { section: words } })),
  ];
  const local = places.filter(({ url }) => !isOnTheWeb(url));
  return {
    tokens: tierTokens(places.filter(({ url }) => isOnTheWeb(url))),
    ...(local.length === 0 ? {} : { localTokens: tierTokens(local) }),
  };
}

/** Who paints with a picture does not speak of it: all words count as the last tier. */
const saidBy = (context: PageContext): PageContext =>
  context.isBackground === true
    ? { section: textTiers.flatMap((tier) => context[tier] || []).join(` ${phraseEnd} `) }
    : context;

/** Each tier's phrases one after the other. */
function tierTokens(places: readonly { readonly said: PageContext }[]): TierTokens {
  const tokensOf = (tier: TextTier) => {
    const phrases = new Set(places.flatMap(({ said }) => said[tier] || []));
    return [...phrases].flatMap((phrase) => [...tokens(phrase), phraseEnd]);
  };
  return Object.fromEntries(textTiers.map((tier) => [tier, tokensOf(tier)])) as {
    [T in TextTier]: string[];
  };
}
