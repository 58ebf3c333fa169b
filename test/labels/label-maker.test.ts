import { describe, expect, test } from 'vitest';
import {
  acceptedConfidence,
  acceptedLabels,
  type Label,
  makeLabels,
  sums,
} from '../../src/labels/label-maker.ts';
import { buildTaxonomy, wordnet } from '../../src/labels/taxonomy.ts';
import { wordnetTable } from '../../src/labels/wordnet-table.ts';
import type { Score } from '../../src/record.ts';

const share = (part: number): number => Math.round(part * 65_535);
const [golden, labrador, kuvasz] = ['n02099601', 'n02099712', 'n02104029'];
const dog = 'n02084071';
const shown = (labels: readonly Label[]): string[] =>
  labels.map(({ name, confidence }) => `${name} ${confidence}`);
const of = (labels: readonly Label[], id: string): Label | undefined =>
  labels.find((label) => label.id === id);

describe('labels', () => {
  const scores: Score[] = [
    [golden, share(0.3)],
    [labrador, share(0.25)],
    [kuvasz, share(0.2)],
  ];

  test('probabilities are summed up the tree', () => {
    const labels = makeLabels(scores, wordnet());
    expect(of(labels, dog)).toEqual({ id: dog, name: 'dog', confidence: 150, accepted: true });
    expect(of(labels, golden)).toMatchObject({ name: 'golden retriever', confidence: 60, accepted: false });
    expect(labels.some(({ id }) => wordnet().isHidden(id))).toBe(false);
  });

  test('a class counts once for what it is in several ways', () => {
    const taxonomy = buildTaxonomy({
      concepts: [
        { id: 'top', names: ['top'], parents: [] },
        { id: 'left', names: ['left'], parents: ['top'] },
        { id: 'right', names: ['right'], parents: ['top'] },
        { id: 'class', names: ['class'], parents: ['left', 'right'] },
      ],
      aliases: {},
      hidden: new Set(['left']),
    });
    expect(shown(makeLabels([['class', share(0.6)]], taxonomy))).toEqual([
      'class 120',
      'right 120',
      'top 120',
    ]);
  });

  test('greatest first, then the deeper, then by id', () => {
    const labels = makeLabels(scores, wordnet());
    for (let i = 1; i < labels.length; i++) {
      const [a, b] = [labels[i - 1]!, labels[i]!];
      const order = [
        b.confidence - a.confidence,
        wordnet().depth(b.id) - wordnet().depth(a.id),
        a.id < b.id ? -1 : 1,
      ];
      expect(order.find((one) => one !== 0)).toBeLessThan(0);
    }
    expect(labels.findIndex(({ id }) => id === dog)).toBe(0);
  });

  test('what is less likely than 0.05 is left out, before it is rounded', () => {
    const labels = (score: number) => makeLabels([['mine', score]], wordnet());
    expect(labels(3277)).toEqual([{ id: 'mine', name: 'mine', confidence: 10, accepted: false }]);
    expect(labels(3276)).toEqual([]);
  });

  test('accepted from the threshold on', () => {
    const at = (confidence: number) =>
      makeLabels([['mine', Math.round((confidence / 200) * 65_535)]], wordnet())[0]!.accepted;
    expect([at(acceptedConfidence - 1), at(acceptedConfidence)]).toEqual([false, true]);
  });

  test('a concept that the taxonomy does not know is a label of its own, by its class name', () => {
    const labels = makeLabels([['cat-4', share(1)]], wordnet(), (id) =>
      id === 'cat-4' ? 'my cat' : undefined,
    );
    expect(labels).toEqual([{ id: 'cat-4', name: 'my cat', confidence: 200, accepted: true }]);
  });

  test('accepted ones, the most specific first', () => {
    const accepted = acceptedLabels(makeLabels([[golden, share(0.9)]], wordnet()), wordnet());
    expect(accepted.slice(0, 3).map(({ name }) => name)).toEqual([
      'golden retriever',
      'retriever',
      'sporting dog',
    ]);
    expect(acceptedLabels(makeLabels(scores, wordnet()), wordnet())[0]!.id).toBe(dog);
  });

  test('no scores, no labels', () => {
    expect(makeLabels([], wordnet())).toEqual([]);
  });
});

describe('for any scores', () => {
  const ids = wordnetTable.split('\n').map((row) => row.split('|')[0]!);
  // Numbers that look random and are the same in each run.
  const random = (seed: number) => {
    let state = seed;
    return () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
  };
  const someScores = (seed: number): Score[] => {
    const next = random(seed);
    const parts = Array.from({ length: 1 + Math.floor(next() * 64) }, () => next() ** 4);
    const total = parts.reduce((sum, part) => sum + part, 0);
    // Rounded up, as the worst that rounding can do.
    return parts.map((part) => [ids[Math.floor(next() * ids.length)]!, Math.ceil((part / total) * 65_535)]);
  };
  const seeds = Array.from({ length: 200 }, (_, seed) => seed);

  test('no confidence is above the whole', () => {
    for (const seed of seeds) {
      for (const { confidence } of makeLabels(someScores(seed), wordnet())) {
        expect(Number.isInteger(confidence) && confidence >= 10 && confidence <= 200).toBe(true);
      }
    }
    const tooMuch = sums(someScores(7), wordnet()).get('n00001740');
    expect(tooMuch).toBeGreaterThan(65_535);
  });

  test('no concept is less likely than what is a kind of it', () => {
    for (const seed of seeds) {
      const all = sums(someScores(seed), wordnet());
      for (const [id, sum] of all) {
        for (const parent of wordnet().get(id)!.parents) expect(all.get(parent)).toBeGreaterThanOrEqual(sum);
      }
    }
  });

  test('the order of the scores changes nothing', () => {
    for (const seed of seeds.slice(0, 50)) {
      const scores = someScores(seed);
      const next = random(seed + 1);
      const shuffled = scores.map((score) => [next(), score] as const).sort(([a], [b]) => a - b);
      expect(
        makeLabels(
          shuffled.map(([, score]) => score),
          wordnet(),
        ),
      ).toEqual(makeLabels(scores, wordnet()));
    }
  });
});
