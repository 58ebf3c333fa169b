// Image and what belongs to it: its labels, where it lies and what pages say around it.
import type {
  DocumentAppearance,
  DocumentLocation,
  FoldedImage,
  ImageDocument,
} from '../indexer/image-index.ts';
import type { Variant } from '../record.ts';
import { within } from './api-errors.ts';
import { sourceOf } from './collections.ts';
import type { ApiContext } from './context.ts';
import { imageLabels, labelsFrom } from './label-resolvers.ts';
import { nodeId } from './node-id.ts';
import { thumbnailPath } from './thumbnails.ts';

const newestThatSays = (image: ImageDocument, what: 'alt' | 'caption'): string | null =>
  image.appearances.find(({ context }) => context[what])?.context[what] ?? null;

/** Each once: pages of one site name the same. */
const variantsOf = (appearances: readonly DocumentAppearance[]): Variant[] => [
  ...new Map(
    appearances.flatMap(({ variants = [] }) => variants).map((variant) => [variant.url, variant]),
  ).values(),
];

export const imageResolvers = {
  Image: {
    id: ({ id }: ImageDocument) => nodeId('image', id),
    url: ({ locations }: ImageDocument) => locations[0]?.url ?? null,
    pageUrl: ({ appearances }: ImageDocument) => appearances[0]?.pageUrl ?? null,
    alt: (image: ImageDocument) => newestThatSays(image, 'alt'),
    caption: (image: ImageDocument) => newestThatSays(image, 'caption'),
    thumbnail: ({ sha256 }: ImageDocument) => thumbnailPath(sha256),
    labels: (
      { labels }: ImageDocument,
      { minConfidence }: { minConfidence?: number | null },
      { parts }: ApiContext,
    ) => {
      return imageLabels(labelsFrom(labels, minConfidence), labels, parts.taxonomy);
    },
    appearances: ({ appearances }: ImageDocument, { first }: { first: number }) =>
      appearances.slice(0, within('first', first, 1, 100)),
    variants: ({ appearances }: ImageDocument) => variantsOf(appearances),
    folded: ({ folded = [], foldedCount = 0 }: ImageDocument) => ({ nodes: folded, totalCount: foldedCount }),
    takenAt: ({ exif }: ImageDocument) => exif.takenAt ?? null,
    camera: ({ exif }: ImageDocument) => exif.camera ?? null,
  },
  ImageVariant: {
    width: ({ width }: Variant) => width ?? null,
  },
  FoldedImage: {
    id: ({ id }: FoldedImage) => nodeId('image', id),
  },
  ImageLocation: {
    source: ({ source }: DocumentLocation) => sourceOf(source),
  },
  Appearance: {
    alt: ({ context }: DocumentAppearance) => context.alt ?? null,
    caption: ({ context }: DocumentAppearance) => context.caption ?? null,
    heading: ({ context }: DocumentAppearance) => context.heading ?? null,
    title: ({ context }: DocumentAppearance) => context.title ?? null,
    section: ({ context }: DocumentAppearance) => context.section ?? null,
    link: ({ context }: DocumentAppearance) => context.link ?? null,
    publishedAt: ({ context }: DocumentAppearance) => context.publishedAt ?? null,
    language: ({ context }: DocumentAppearance) => context.language ?? null,
    credit: ({ context }: DocumentAppearance) => context.credit ?? null,
    licence: ({ context }: DocumentAppearance) => context.licence ?? null,
    isBackground: ({ context }: DocumentAppearance) => context.isBackground === true,
    variants: ({ variants = [] }: DocumentAppearance) => variants,
  },
};
