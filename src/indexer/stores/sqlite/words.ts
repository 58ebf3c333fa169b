// Tokens as terms that FTS5 can neither split nor fold: collection, tier, then the token in hexadecimal.
import {
  type ImageDocument,
  type TextTier,
  type TextUnit,
  type TierTokens,
  textTiers,
} from '../../image-index.ts';

type Letters = { readonly [T in TextTier]: string };
const webLetters: Letters = { alt: 'a', caption: 'b', title: 'c', heading: 'd', section: 'e' };
const localLetters: Letters = { alt: 'f', caption: 'g', title: 'h', heading: 'i', section: 'j' };

const terms = (collection: number, letter: string, tokens: readonly string[]): string =>
  tokens.map((token) => `${collection}${letter}${Buffer.from(token).toString('hex')}`).join(' ');

export const termsOf = (
  collection: number,
  { tokens, localTokens }: Pick<ImageDocument, 'tokens' | 'localTokens'>,
): string =>
  [tiers(collection, webLetters, tokens), localTokens && tiers(collection, localLetters, localTokens)]
    .filter(Boolean)
    .join(' ');

const tiers = (collection: number, letters: Letters, tokens: TierTokens): string =>
  textTiers
    .filter((tier) => tokens[tier].length > 0)
    .map((tier) => terms(collection, letters[tier], tokens[tier]))
    .join(' ');

/** The FTS5 query for tokens that follow each other within a tier. */
export const phraseIn = (collection: number, tier: TextTier, { tokens, onWeb }: TextUnit): string =>
  (onWeb ? [webLetters] : [webLetters, localLetters])
    .map((letters) => `"${terms(collection, letters[tier], tokens)}"`)
    .join(' OR ');
