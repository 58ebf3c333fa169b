import { expect, it } from 'vitest';
import { makeDocument, makeDocuments } from '../../bench/documents.ts';
import { acceptedConfidence } from '../../src/labels/label-maker.ts';
import { wordnet } from '../../src/labels/taxonomy.ts';

it('document n is the same wherever a run begins', () => {
  const fromStart = [...makeDocuments(0, 20)];
  const fromMiddle = [...makeDocuments(10, 20)];
  expect(fromMiddle).toEqual(fromStart.slice(10));
  expect(makeDocument(13)).toEqual(fromStart[13]);
  expect(makeDocument(13, 7)).toEqual({ ...fromStart[13], revision: 7 });
});

it('documents differ, and have the size and the labels of real ones', () => {
  const documents = [...makeDocuments(0, 2_000)];
  expect(new Set(documents.map(({ id }) => id)).size).toBe(2_000);
  const bytes = documents.reduce((sum, one) => sum + JSON.stringify(one).length, 0) / 2_000;
  expect(bytes).toBeGreaterThan(1_000);
  expect(bytes).toBeLessThan(2_000);
  const labels = documents.flatMap((one) => one.labels);
  expect(labels.length / 2_000).toBeGreaterThan(6);
  expect(labels.length / 2_000).toBeLessThan(12);
  const isWrong = ({ confidence, accepted }: (typeof labels)[number]) =>
    confidence < 10 || confidence > 200 || accepted !== confidence >= acceptedConfidence;
  expect(labels.filter(isWrong)).toEqual([]);
});

it('what an image shows, it also shows in general: ancestors are at least as sure', () => {
  const taxonomy = wordnet();
  for (const { labels } of makeDocuments(0, 200)) {
    const confidences = new Map(labels.map(({ id, confidence }) => [id, confidence]));
    for (const { id, confidence } of labels) {
      for (const ancestor of taxonomy.ancestors(id)) {
        if (!taxonomy.isHidden(ancestor)) {
          expect(confidences.get(ancestor)).toBeGreaterThanOrEqual(confidence);
        }
      }
    }
  }
});

it('the most frequent concept, host and word are far more frequent than others', () => {
  const hosts = new Map<string, number>();
  for (const one of makeDocuments(0, 2_000)) hosts.set(one.hosts[0]!, (hosts.get(one.hosts[0]!) ?? 0) + 1);
  const counts = [...hosts.values()].sort((a, b) => b - a);
  expect(counts[0]).toBeGreaterThan(5 * counts[20]!);
});
