// Puts and removes documents with all that finds them. The caller's transaction makes it one step.
import type { Label } from '../../../labels/label-maker.ts';
import type { Connection } from '../../../sqlite/binding.ts';
import type { ImageDocument } from '../../image-index.ts';
import { type Counts, openCounts } from './counts.ts';
import { termsOf } from './words.ts';
import { labelsOf, writeLabels, writeWords } from './write-postings.ts';

interface Known {
  readonly row: number;
  readonly collection: number;
  readonly revision: number;
  readonly content_set: number;
  readonly host_set: number;
}
interface Removed {
  readonly id: string;
  readonly revision: number;
}

export function put(db: Connection, documents: readonly ImageDocument[]): void {
  const counts = openCounts(db);
  for (const document of documents) {
    if (latestRevision(db, document.id) < document.revision) putOne(db, counts, document);
  }
  counts.flush();
}

export function remove(db: Connection, images: readonly Removed[]): void {
  const counts = openCounts(db);
  for (const { id, revision } of images) {
    if (latestRevision(db, id) >= revision) continue;
    const known = find(db, id);
    if (known !== undefined) erase(db, counts, known);
    db.run('INSERT OR REPLACE INTO image_tombstones (id, revision) VALUES (?, ?)', [id, revision]);
  }
  counts.flush();
}

/** Removes all trace of them, tombstones included. */
export function forget(db: Connection, ids: readonly string[]): void {
  const counts = openCounts(db);
  for (const id of ids) {
    const known = find(db, id);
    if (known !== undefined) erase(db, counts, known);
    db.run('DELETE FROM image_tombstones WHERE id = ?', [id]);
  }
  counts.flush();
}

/** Pages of the full text that one step rewrites: others wait for the lock that long. */
const mergedPages = 200;

/**
 * Words of removed documents stay in the full text until it is merged whole, a step a call; true when that is done. The
 * first step names hosts that no image has any more no longer, too.
 */
export function purge(db: Connection, isFirst: boolean): boolean {
  if (isFirst) db.run("DELETE FROM image_values WHERE facet = 'host' AND images = 0");
  const changes = () => db.get<{ total: number }>('SELECT total_changes() AS total')!.total;
  const before = changes();
  const pages = isFirst ? -mergedPages : mergedPages;
  db.run("INSERT INTO image_words (image_words, rank) VALUES ('merge', ?)", [pages]);
  // Less than two is how FTS5 says that there was nothing to do.
  return changes() - before < 2;
}

const latestRevision = (db: Connection, id: string): number =>
  db.get<{ revision: number }>(
    `SELECT revision FROM image_documents WHERE id = ?1
     UNION ALL SELECT revision FROM image_tombstones WHERE id = ?1`,
    [id],
  )?.revision ?? Number.NEGATIVE_INFINITY;

const find = (db: Connection, id: string): Known | undefined =>
  db.get<Known>('SELECT row, collection, revision, content_set, host_set FROM image_documents WHERE id = ?', [
    id,
  ]);

const bodyOf = (db: Connection, row: number): ImageDocument =>
  JSON.parse(db.get<{ body: string }>('SELECT body FROM image_bodies WHERE row = ?', [row])!.body);

function putOne(db: Connection, counts: Counts, document: ImageDocument): void {
  const collection = counts.collection(document.collection);
  let known = find(db, document.id);
  if (known !== undefined && known.collection !== collection) {
    erase(db, counts, known);
    known = undefined;
  }
  const labels = labelsOf(document);
  const content = counts.set([
    ...labels.filter(({ accepted }) => accepted).map(({ id }) => counts.value(collection, 'label', id)),
    counts.value(collection, 'format', document.format),
  ]);
  const hosts = counts.set(document.hosts.map((host) => counts.value(collection, 'host', host)));
  const before = known && bodyOf(db, known.row);
  const row = writeRow(db, document, [collection, content, hosts]);
  writeLabels(db, counts, { collection, row, id: document.id }, before ? labelsOf(before) : [], labels);
  writeWords(db, row, before && termsOf(collection, before), termsOf(collection, document));

  if (known === undefined) {
    db.run('DELETE FROM image_tombstones WHERE id = ?', [document.id]);
    counts.addImages(collection, 1);
  } else {
    counts.addToSet(known.content_set, -1);
    counts.addToSet(known.host_set, -1);
  }
  counts.addToSet(content, 1);
  counts.addToSet(hosts, 1);
}

function writeRow(
  db: Connection,
  document: ImageDocument,
  [collection, content, hosts]: readonly [number, number, number],
): number {
  const greatest = (labels: readonly Label[]) =>
    labels.reduce((best, { confidence }) => Math.max(best, confidence), 0);
  const { id, revision, format, width, height, sizeBytes } = document;
  const [{ row }] = db.all<{ row: number }>(
    `INSERT INTO image_documents (id, collection, revision, format, width, height, pixels, size_bytes, fetched_at,
       accepted_confidence, top_confidence, content_set, host_set) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, format = excluded.format, width = excluded.width,
       height = excluded.height, pixels = excluded.pixels, size_bytes = excluded.size_bytes,
       fetched_at = excluded.fetched_at, accepted_confidence = excluded.accepted_confidence,
       top_confidence = excluded.top_confidence, content_set = excluded.content_set, host_set = excluded.host_set
     RETURNING row`,
    [
      id,
      collection,
      revision,
      format,
      width,
      height,
      width * height,
      sizeBytes,
      Date.parse(document.fetchedAt),
      greatest(document.labels.filter(({ accepted }) => accepted)),
      greatest(document.labels),
      content,
      hosts,
    ],
  ) as [{ row: number }];
  db.run('INSERT OR REPLACE INTO image_bodies (row, body) VALUES (?, ?)', [row, JSON.stringify(document)]);
  return row;
}

function erase(db: Connection, counts: Counts, { row, collection, content_set, host_set }: Known): void {
  const before = bodyOf(db, row);
  writeLabels(db, counts, { collection, row, id: before.id }, labelsOf(before), []);
  writeWords(db, row, termsOf(collection, before), '');
  db.run('DELETE FROM image_bodies WHERE row = ?', [row]);
  db.run('DELETE FROM image_documents WHERE row = ?', [row]);
  counts.addImages(collection, -1);
  counts.addToSet(content_set, -1);
  counts.addToSet(host_set, -1);
}
