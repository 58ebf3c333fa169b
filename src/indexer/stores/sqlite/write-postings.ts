// Under which labels and words a document is found. Writes only what differs: most revisions change where an image
// lies, not what is on it.
import type { Label } from '../../../labels/label-maker.ts';
import type { Connection } from '../../../sqlite/binding.ts';
import type { ImageDocument } from '../../image-index.ts';
import type { Counts } from './counts.ts';

/** Each concept once. */
export function labelsOf({ labels }: ImageDocument): Label[] {
  const byConcept = new Map<string, Label>();
  for (const label of labels) if (!byConcept.has(label.id)) byConcept.set(label.id, label);
  return [...byConcept.values()];
}

interface Place {
  readonly collection: number;
  readonly row: number;
  readonly id: string;
}

export function writeLabels(
  db: Connection,
  counts: Counts,
  { collection, row, id }: Place,
  before: readonly Label[],
  after: readonly Label[],
): void {
  const key = (label: Label) => `${label.confidence} ${label.accepted} ${label.id}`;
  const kept = new Set(after.map(key));
  const known = new Set(before.map(key));
  for (const label of before) {
    if (kept.has(key(label))) continue;
    const no = counts.value(collection, 'label', label.id);
    db.run('DELETE FROM image_labels WHERE label = ? AND confidence = ? AND id = ?', [
      no,
      label.confidence,
      id,
    ]);
  }
  for (const label of after) {
    if (known.has(key(label))) continue;
    const no = counts.value(collection, 'label', label.id);
    db.run('INSERT INTO image_labels (label, confidence, id, row, accepted) VALUES (?, ?, ?, ?, ?)', [
      no,
      label.confidence,
      id,
      row,
      label.accepted,
    ]);
  }
}

export function writeWords(db: Connection, row: number, before: string | undefined, after: string): void {
  if (before === after) return;
  if (before) db.run('DELETE FROM image_words WHERE rowid = ?', [row]);
  if (after !== '') db.run('INSERT INTO image_words (rowid, terms) VALUES (?, ?)', [row, after]);
}
