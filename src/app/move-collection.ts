// What exports and imports are made of. Neither loads a model: what is read back has been described.
import { readFile } from 'node:fs/promises';
import { type ExportCounts, exportCollection } from '../collections/export-collection.ts';
import { type ImportReport, type ImportWatch, importCollection } from '../collections/import-collection.ts';
import { openProjector, type Projector } from '../indexer/project.ts';
import { findModel } from '../inference/repository.ts';
import { openOwner } from '../owner.ts';
import { patientStore } from './crawl-parts.ts';
import { modelRoots, type Parts } from './parts.ts';

/** Lines of JSON, each with its line feed. */
export async function* exportLines(
  parts: Parts,
  request: { readonly collection: string; readonly thumbnails: boolean },
  signal: AbortSignal,
  onProgress?: (counts: ExportCounts) => void,
): AsyncGenerator<string> {
  const { ledger, blobs } = patientStore(parts, signal);
  const manifest = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  const { version: imagedex } = JSON.parse(manifest) as { version: string };
  yield* exportCollection({ ledger, blobs }, { ...request, imagedex }, signal, onProgress);
}

/** `collection`: null for the one that the file names. */
export async function importLines(
  parts: Parts,
  bytes: AsyncIterable<Uint8Array>,
  collection: string | null,
  watch: ImportWatch,
): Promise<ImportReport> {
  const { patience } = parts;
  const { ledger, index, blobs } = patientStore(parts, watch.signal);
  const projector = await openOwnProjector({ ...parts, ledger, index });
  // Its heart does not wait for the store: it beats as soon as the store is back.
  const open = patience.until(patience.patient({ openOwner }), watch.signal).openOwner;
  const owner = patience.patient(await open(parts.ledger));
  try {
    return await importCollection({ ledger, index, blobs, projector, owner }, bytes, collection, watch);
  } finally {
    // Where it cannot say goodbye it is soon taken for dead.
    await owner.close().catch(() => {});
  }
}

/** With the names of the model that is in force, for classes that the taxonomy does not know. */
async function openOwnProjector({ config, ledger, index, taxonomy }: Parts): Promise<Projector> {
  const { classes } = await findModel(modelRoots(config), config.values.model);
  const names = new Map(classes.map(({ id, name }) => [id, name]));
  return openProjector({ ledger, index, taxonomy, className: (concept) => names.get(concept) });
}
