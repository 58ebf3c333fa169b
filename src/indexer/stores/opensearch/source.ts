// A document as it lies in OpenSearch: fields to find, order and count by, and the document itself, which nothing looks into.
import type { ImageDocument, TierTokens } from '../../image-index.ts';
import { textTiers } from '../../image-index.ts';
import { featureOf, labelled, maxConfidence } from './labels.ts';
import { tokensOf, tokenText } from './token-text.ts';

type Texts = { readonly [T in keyof TierTokens]?: string };

/** A removed image has nothing but its id and its revision: every search asks for a collection and so passes it over. */
export interface Tombstone {
  readonly imageId: string;
  readonly revision: number;
}
/** What is read of a source; the fields besides are made from it. */
export interface ImageSource extends Tombstone {
  readonly tokens: Texts;
  readonly localTokens?: Texts;
  readonly document: Omit<ImageDocument, 'tokens' | 'localTokens'>;
}

export const tombstoneOf = ({ id, revision }: Pick<ImageDocument, 'id' | 'revision'>): Tombstone => ({
  imageId: id,
  revision,
});

export function sourceOf(image: ImageDocument): ImageSource & Readonly<Record<string, unknown>> {
  const { tokens, localTokens, ...document } = image;
  const { id, labels, width, height } = document;
  const accepted = labels.filter((label) => label.accepted);
  return {
    imageId: id,
    revision: document.revision,
    collection: document.collection,
    sha256: document.sha256,
    model: document.model,
    format: document.format,
    width,
    height,
    pixels: width * height,
    sizeBytes: document.sizeBytes,
    fetchedAt: Date.parse(document.fetchedAt),
    hosts: document.hosts,
    accepted: accepted.map((label) => label.id),
    labelled: labels.map((label) => labelled(label.id, label.confidence)),
    ranks: Object.fromEntries(labels.map((label) => [featureOf(label.id), label.confidence + 1])),
    ranksDown: Object.fromEntries(
      labels.map((label) => [featureOf(label.id), maxConfidence + 1 - label.confidence]),
    ),
    ...(labels.length > 0 && { topConfidence: greatest(labels) }),
    acceptedConfidence: greatest(accepted),
    tokens: textsOf(tokens),
    ...(localTokens !== undefined && { localTokens: textsOf(localTokens) }),
    document,
  };
}

/** Undefined for a tombstone. */
export function documentOf(source: ImageSource | Tombstone | undefined): ImageDocument | undefined {
  if (source === undefined || !('document' in source)) return undefined;
  const { document, tokens, localTokens } = source;
  // Cut when they are asked for: most who read a document never look at its words.
  const read = {
    ...document,
    get tokens() {
      return tierTokensOf(tokens);
    },
  };
  if (localTokens === undefined) return read;
  return Object.defineProperty(read, 'localTokens', {
    get: () => tierTokensOf(localTokens),
    enumerable: true,
  });
}

const greatest = (labels: ImageDocument['labels']): number =>
  labels.reduce((most, { confidence }) => Math.max(most, confidence), 0);

const textsOf = (tokens: TierTokens): Texts =>
  Object.fromEntries(
    textTiers.filter((tier) => tokens[tier].length > 0).map((tier) => [tier, tokenText(tokens[tier])]),
  );

const tierTokensOf = (texts: Texts): TierTokens => ({
  alt: tokensOf(texts.alt),
  caption: tokensOf(texts.caption),
  title: tokensOf(texts.title),
  heading: tokensOf(texts.heading),
  section: tokensOf(texts.section),
});
