// Tokens as terms that FTS5 can neither split nor fold: collection, tier, then the token in hexadecimal.
import { type ImageDocument, type TextTier, textTiers } from '../../image-index.ts';

const letters: { readonly [T in TextTier]: string } = {
  alt: 'a',
  caption: 'b',
  title: 'c',
  heading: 'd',
  section: 'e',
};

const terms = (collection: number, tier: TextTier, tokens: readonly string[]): string =>
  tokens.map((token) => `${collection}${letters[tier]}${Buffer.from(token).toString('hex')}`).join(' ');

export const termsOf = (collection: number, tokens: ImageDocument['tokens']): string =>
  textTiers
    .filter((tier) => tokens[tier].length > 0)
    .map((tier) => terms(collection, tier, tokens[tier]))
    .join(' ');

/** The FTS5 query for tokens that follow each other within a tier. */
export const phraseIn = (collection: number, tier: TextTier, tokens: readonly string[]): string =>
  `"${terms(collection, tier, tokens)}"`;
