// Documents and queries for the image index's contract: a few that people can read, and many by a seeded dice.
import type {
  ImageDocument,
  ImageFilter,
  ImageQuery,
  LabelCondition,
  OrderField,
  TextTier,
  TextUnit,
} from '../../src/indexer/image-index.ts';
import { textTiers } from '../../src/indexer/image-index.ts';
import type { Label } from '../../src/labels/label-maker.ts';
import { formats } from '../../src/record.ts';

/** `dog 180` is accepted, `dog 60?` is not. */
export const labels = (...texts: readonly string[]): Label[] =>
  texts.map((text) => {
    const [, name, confidence, doubt] = /^(\S+) (\d+)(\??)$/.exec(text)!;
    return { id: `n-${name}`, name: name!, confidence: Number(confidence), accepted: doubt === '' };
  });

const noTokens = Object.fromEntries(
  textTiers.map((tier) => [tier, []]),
) as unknown as ImageDocument['tokens'];

interface Fields extends Omit<Partial<ImageDocument>, 'tokens' | 'labels'> {
  readonly labels?: readonly string[];
  readonly tokens?: { readonly [T in TextTier]?: string };
}

export function document(id: string, fields: Fields = {}): ImageDocument {
  const { labels: texts = [], tokens = {}, ...rest } = fields;
  const split = Object.entries(tokens).map(([tier, words]) => [tier, words.split(' ')]);
  return {
    id,
    collection: 'default',
    revision: 1,
    sha256: `sha-${id}`,
    format: 'JPEG',
    width: 640,
    height: 480,
    sizeBytes: 50_000,
    exif: {},
    model: 'm@1',
    hosts: ['a.example'],
    locations: [
      {
        id: `l-${id}`,
        url: `https://a.example/${id}.jpg`,
        host: 'a.example',
        source: 'web:https://a.example/',
      },
    ],
    appearances: [],
    appearanceCount: 0,
    describedAt: '2026-01-01T00:00:00.000Z',
    fetchedAt: '2026-01-01T00:00:00.000Z',
    ...rest,
    labels: labels(...texts),
    tokens: { ...noTokens, ...Object.fromEntries(split) },
  };
}

/** A dozen images: pets, birds and a beach. */
export const world: readonly ImageDocument[] = [
  document('01-beagle', {
    labels: ['animal 196', 'dog 190', 'beagle 150'],
    tokens: { alt: 'my beagle' },
    fetchedAt: '2026-01-01T00:00:00.000Z',
    width: 4000,
    height: 3000,
  }),
  document('02-pug', {
    labels: ['animal 196', 'dog 190', 'pug 120'],
    tokens: { caption: 'pug on the beach' },
    fetchedAt: '2026-01-02T00:00:00.000Z',
    format: 'PNG',
  }),
  document('03-fox', {
    labels: ['animal 180', 'fox 110', 'dog 40?'],
    tokens: { title: 'red fox' },
    fetchedAt: '2026-01-03T00:00:00.000Z',
    hosts: ['b.example'],
  }),
  document('04-cat', {
    labels: ['animal 190', 'cat 185'],
    tokens: { alt: 'cat and dog' },
    fetchedAt: '2026-01-04T00:00:00.000Z',
    hosts: ['a.example', 'b.example'],
  }),
  document('05-both', {
    labels: ['animal 199', 'dog 130', 'cat 125'],
    fetchedAt: '2026-01-05T00:00:00.000Z',
  }),
  document('06-crane', {
    labels: ['animal 170', 'crane 160'],
    tokens: { heading: 'bird crane' },
    fetchedAt: '2026-01-06T00:00:00.000Z',
    format: 'WEBP',
  }),
  document('07-machine', {
    labels: ['machine 160'],
    tokens: { alt: 'crane', section: 'building dog houses' },
    fetchedAt: '2026-01-07T00:00:00.000Z',
  }),
  document('08-beach', {
    labels: ['beach 140', 'dog 20?'],
    tokens: { alt: 'a dog beach', title: 'holiday' },
    fetchedAt: '2026-01-08T00:00:00.000Z',
    width: 1920,
    height: 1080,
  }),
  document('09-unsure', {
    labels: ['cat 30?', 'dog 30?'],
    fetchedAt: '2026-01-09T00:00:00.000Z',
    sizeBytes: 900_000,
  }),
  document('10-blank', { fetchedAt: '2026-01-10T00:00:00.000Z', hosts: [], width: 10, height: 10 }),
  document('11-twin', {
    labels: ['animal 196', 'dog 190', 'beagle 150'],
    fetchedAt: '2026-01-10T00:00:00.000Z',
  }),
  document('12-elsewhere', { collection: 'other', labels: ['dog 200'], tokens: { alt: 'my beagle' } }),
];

export const query = (filter: ImageFilter = {}, rest: Partial<ImageQuery> = {}): ImageQuery => ({
  collection: 'default',
  filter,
  orderBy: { field: 'RELEVANCE', direction: 'DESC' },
  first: 50,
  ...rest,
});
export const unit = (words: string, ...names: readonly string[]): TextUnit => ({
  concepts: names.map((name) => `n-${name}`),
  tokens: words === '' ? [] : words.split(' '),
});
export const asked = (name: string, minConfidence?: number): LabelCondition => ({
  concept: `n-${name}`,
  ...(minConfidence !== undefined && { minConfidence }),
});

/** Always the same numbers for the same seed. */
export function dice(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const upTo = (limit: number) => Math.floor(next() * limit);
  return {
    upTo,
    chance: (probability: number) => next() < probability,
    pick: <T>(values: readonly T[]): T => values[upTo(values.length)]!,
    some: <T>(values: readonly T[], most: number): T[] =>
      [...values].sort(() => next() - 0.5).slice(0, upTo(most + 1)),
  };
}
export type Dice = ReturnType<typeof dice>;

const concepts = ['animal', 'dog', 'cat', 'bird', 'car', 'beach', 'tree', 'house'];
// Words that a tokenizer would fold, split or take for an operator.
const words = ['dog', 'beach', 'Dog', 'a"b', 'été', 'ete', 'AND', '|', 'x y', '日本'];
const hosts = ['a.example', 'b.example', 'c.example'];
const day = (number: number) => new Date(Date.UTC(2026, 0, 1 + number)).toISOString();

/** Few values for everything, so that there are ties. */
export function anyDocument(roll: Dice, id: string, revision = 1): ImageDocument {
  const made = roll.some(concepts, 5).map((name) => {
    const confidence = 10 + 10 * roll.upTo(20);
    return { id: `n-${name}`, name, confidence, accepted: roll.chance(confidence / 200) };
  });
  const anyTokens = () =>
    Object.fromEntries(
      textTiers.map((tier) => [
        tier,
        roll.chance(0.5) ? Array.from({ length: roll.upTo(5) }, () => roll.pick(words)) : [],
      ]),
    ) as unknown as ImageDocument['tokens'];
  return {
    ...document(id),
    collection: roll.chance(0.9) ? 'default' : 'other',
    revision,
    format: roll.pick(formats),
    width: 100 * (1 + roll.upTo(4)),
    height: 100 * (1 + roll.upTo(4)),
    sizeBytes: 1000 * (1 + roll.upTo(10)),
    fetchedAt: day(roll.upTo(6)),
    hosts: roll.some(hosts, 2),
    labels: made.sort((a, b) => b.confidence - a.confidence || (a.id < b.id ? -1 : 1)),
    tokens: anyTokens(),
    ...(roll.chance(0.3) && { localTokens: anyTokens() }),
  };
}

export function anyQuery(roll: Dice): ImageQuery {
  const condition = () => asked(roll.pick(concepts), roll.chance(0.5) ? 10 * roll.upTo(20) : undefined);
  const conditions = (probability: number) =>
    roll.chance(probability) ? Array.from({ length: 1 + roll.upTo(2) }, condition) : [];
  const anyUnit = (): TextUnit => ({
    concepts: roll.some(concepts, 2).map((name) => `n-${name}`),
    tokens: Array.from({ length: roll.upTo(3) }, () => roll.pick(words)),
    ...(roll.chance(0.3) && { onWeb: true }),
  });
  const range = () => ({ ...(roll.chance(0.7) && { gte: 150 }), ...(roll.chance(0.5) && { lte: 300 }) });
  const filter: ImageFilter = {
    labels: { allOf: conditions(0.3), anyOf: conditions(0.3), noneOf: conditions(0.2) },
    ...(roll.chance(0.4) && { text: Array.from({ length: 1 + roll.upTo(2) }, anyUnit) }),
    ...(roll.chance(0.2) && { formats: roll.some(formats, 3) }),
    ...(roll.chance(0.2) && { hosts: roll.some([...hosts, 'nowhere.example'], 2) }),
    ...(roll.chance(0.15) && { width: range() }),
    ...(roll.chance(0.15) && { height: range() }),
    ...(roll.chance(0.15) && { sizeBytes: { gte: 2000, lte: 8000 } }),
    ...(roll.chance(0.2) && { fetchedAt: { gte: day(1), ...(roll.chance(0.5) && { lt: day(4) }) } }),
  };
  const field = roll.pick<OrderField>(['RELEVANCE', 'CONFIDENCE', 'DATE', 'SIZE']);
  return query(filter, {
    collection: roll.chance(0.9) ? 'default' : 'other',
    orderBy: { field, direction: roll.pick(['ASC', 'DESC']) },
    first: roll.pick([1, 3, 7, 24, 100]),
    ...(roll.chance(0.4) && { minConfidence: 10 * roll.upTo(21) }),
  });
}
