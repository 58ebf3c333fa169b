// What the processes of the reindex test write: a document is told from its id and its revision.
import type { ImageDocument } from '../../src/indexer/image-index.ts';
import { anyDocument, dice } from '../contracts/image-documents.ts';

export interface Expected {
  readonly revision: number;
  readonly isRemoved: boolean;
}

/** Shorter than usual, so that the test does not wait for tens of seconds. */
export const writerTimes = { keepMs: 500, graceMs: 2000 };

export function madeDocument(id: string, revision: number): ImageDocument {
  let seed = revision;
  for (const letter of id) seed = (Math.imul(seed, 31) + letter.charCodeAt(0)) | 0;
  return anyDocument(dice(seed), id, revision);
}
