// Words → tokens: the same for page texts, label names and queries, so that every store agrees on what matches.
import stem from 'wink-porter2-stemmer';

/** More than any caption has; beyond it words are not found. */
const maxChars = 8_192;
const maxTokenChars = 64;

/** In the order of the words, stemmed where they are English (or look so: Latin letters only). */
export function tokens(words: string): string[] {
  const tokens: string[] = [];
  for (const { segment, isWordLike } of segmenter.segment(fold(words.slice(0, maxChars)))) {
    if (isWordLike) tokens.push(stemmed(segment).slice(0, maxTokenChars));
  }
  return tokens;
}

/** A file's name as words: `GoldenRetriever_puppy-03` is golden retriever puppy 03. */
export const nameWords = (name: string): string =>
  name
    .replace(/(\p{Ll})(?=\p{Lu})|(\p{Lu})(?=\p{Lu}\p{Ll})/gu, '$1$2 ')
    .replace(/(\p{L})(?=\p{N})|(\p{N})(?=\p{L})/gu, '$1$2 ')
    .replace(/[-_./\\]+/g, ' ');

// The rules for word boundaries hardly differ by language; one for all machines is what matters.
const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/** Letters without their marks, in Latin script only: elsewhere a mark makes another letter (й is no и). */
const fold = (words: string): string =>
  words
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .normalize('NFC')
    .replace(/[ßæœøłđðþıŋ]/g, (letter) => letters[letter]!)
    .replace(/[’ʼ]/g, "'")
    // Segmenter takes an underscore, a dot and a colon between letters for part of the word.
    .replace(/[_.:]/g, ' ');

const letters: { readonly [letter: string]: string } = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ŋ: 'n',
};

const stemmed = (word: string): string =>
  /^[a-z']+$/.test(word) ? stem(irregularPlurals.get(word) ?? word) : word;

/** Plurals that the stemmer's rules do not lead to the same stem as the singular. */
const irregularPlurals = new Map(
  `mice mouse|lice louse|geese goose|men man|women woman|children child|feet foot|teeth tooth|oxen ox|people person
   |wolves wolf|leaves leaf|knives knife|wives wife|lives life|shelves shelf|loaves loaf|calves calf|halves half
   |scarves scarf|thieves thief|elves elf|hooves hoof|wharves wharf|sheaves sheaf|selves self
   |buses bus|lenses lens|irises iris|canvases canvas|mantises mantis|ibises ibis|trellises trellis|axes axe
   |cacti cactus|fungi fungus|octopi octopus|hippopotami hippopotamus|larvae larva|tvs tv|pcs pc|cds cd|dvds dvd
   |suvs suv|atvs atv`
    .split(/\s*\|/)
    .map((pair) => pair.split(' ') as [string, string]),
);
