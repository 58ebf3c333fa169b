// Documents as the projector makes them, without a crawl: document n is the same in every run, and none is kept.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type ImageDocument, type TierTokens, textTiers } from '../src/indexer/image-index.ts';
import { makeLabels } from '../src/labels/label-maker.ts';
import { wordnet } from '../src/labels/taxonomy.ts';
import { formats, imageId, type PageContext, type Score } from '../src/record.ts';
import { tokens } from '../src/text.ts';
import { below, type Random, randomOf, zipf } from './random.ts';

export const benchCollection = 'default';
const seed = 20_261_121;
const taxonomy = wordnet();

/** What the bundled model knows, the frequent ones first. */
const classes = readFileSync(new URL('../models/resnet18d-64/labels.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((row) => row.split('\t')[0]!);

/** Classes of the same parent: what a model mixes up. */
const siblings = (() => {
  const byParent = new Map<string, string[]>();
  const parentOf = (id: string) => taxonomy.get(id)?.parents[0] ?? '';
  for (const id of classes) byParent.set(parentOf(id), [...(byParent.get(parentOf(id)) ?? []), id]);
  return new Map(classes.map((id) => [id, byParent.get(parentOf(id))!]));
})();

const anyClass = zipf(classes.length);
const anyRank = zipf(20_000);
const anyHost = zipf(5_000);
const firstDay = Date.UTC(2026, 0, 1);
const dayMs = 86_400_000;

/** Words without a meaning, and without a WordNet concept of their name. */
const words = Array.from({ length: 20_000 }, (_, rank) => {
  const random = randomOf(seed, 1, rank);
  const syllable = () => `${'bdfgklmnprstvz'[below(random, 14)]}${'aeiou'[below(random, 5)]}`;
  return `${syllable()}${syllable()}${syllable()}${rank.toString(36)}`;
});
const anyWord = (random: Random): string => words[anyRank(random)]!;

const pick = <T>(random: Random, from: readonly T[]): T => from[below(random, from.length)]!;
const hex = (text: string): string => createHash('sha256').update(text).digest('hex');

export function makeDocument(n: number, revision = 1): ImageDocument {
  const random = randomOf(seed, 2, n);
  const sha256 = hex(`${seed} ${n}`);
  const scores = makeScores(random);
  const host = `www${anyHost(random)}.example.org`;
  const fetchedAt = firstDay + Math.floor(random() * 300 * dayMs);
  const url = `https://${host}/pictures/${anyWord(random)}/${n}.jpg`;
  const location = { id: sha256.slice(32), url, host, source: `web:https://${host}/` };
  const places = random() < 0.8 ? 1 : random() < 0.75 ? 2 : 3;
  const appearances = Array.from({ length: places }, () => ({
    pageUrl: `https://${host}/${anyWord(random)}/${anyWord(random)}.html`,
    locationId: location.id,
    context: makeContext(random, scores[0]![0]),
    seenAt: new Date(fetchedAt - below(random, 60_000)).toISOString(),
  }));
  return {
    id: imageId(benchCollection, sha256),
    collection: benchCollection,
    revision,
    sha256,
    format: random() < 0.8 ? 'JPEG' : pick(random, formats),
    width: 320 + below(random, 4000),
    height: 240 + below(random, 3000),
    sizeBytes: 10_000 + below(random, 3_000_000),
    exif: random() < 0.3 ? { camera: `Camera ${below(random, 40)}` } : {},
    labels: makeLabels(scores, taxonomy),
    model: 'resnet18d-64@1-0123456789ab',
    tokens: tokensOf(appearances.map(({ context }) => context)),
    hosts: [host],
    locations: [location],
    appearances,
    appearanceCount: appearances.length,
    describedAt: new Date(fetchedAt).toISOString(),
    fetchedAt: new Date(fetchedAt).toISOString(),
  };
}

/** One by one: a million of them never lie in memory together. */
export function* makeDocuments(from: number, to: number, revision = 1): Generator<ImageDocument> {
  for (let n = from; n < to; n++) yield makeDocument(n, revision);
}

/** Mostly one class, some of what is like it, a little of anything. */
function makeScores(random: Random): Score[] {
  const scores = new Map<string, number>();
  const give = (id: string, share: number) => scores.set(id, (scores.get(id) ?? 0) + share);
  const first = classes[anyClass(random)]!;
  let left = 1;
  const top = random() ** 0.7;
  give(first, top);
  left -= top;
  for (let more = below(random, 6); more > 0; more--) {
    const share = left * (0.2 + random() * 0.4);
    give(pick(random, siblings.get(first)!), share);
    left -= share;
  }
  for (let more = 2; more > 0; more--) give(classes[anyClass(random)]!, (left * random()) / 2);
  return [...scores]
    .map(([id, share]): Score => [id, Math.round(share * 65_535)])
    .sort((a, b) => b[1] - a[1]);
}

function makeContext(random: Random, concept: string): PageContext {
  const phrase = (words: number) => Array.from({ length: words }, () => anyWord(random)).join(' ');
  const name = taxonomy.get(concept)?.names[0] ?? concept;
  return {
    ...(random() < 0.7
      ? { alt: `${random() < 0.6 ? name : ''} ${phrase(2 + below(random, 4))}`.trim() }
      : {}),
    ...(random() < 0.3 ? { caption: phrase(4 + below(random, 8)) } : {}),
    title: phrase(2 + below(random, 4)),
    ...(random() < 0.4 ? { heading: phrase(2 + below(random, 3)) } : {}),
    section: phrase(2),
  };
}

/** Each word is cut and stemmed once; a run uses the same ones over and over. */
const known = new Map<string, readonly string[]>();
function tokensOfPhrase(phrase: string): readonly string[] {
  return phrase.split(' ').flatMap((word) => {
    const found = known.get(word) ?? tokens(word);
    known.set(word, found);
    return found;
  });
}

const tokensOf = (contexts: readonly PageContext[]): TierTokens =>
  Object.fromEntries(
    textTiers.map((tier) => [
      tier,
      [...new Set(contexts.flatMap((context) => context[tier] ?? []))].flatMap((phrase) => [
        ...tokensOfPhrase(phrase),
        '|',
      ]),
    ]),
  ) as unknown as TierTokens;
