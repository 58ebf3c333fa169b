// What a copy from one store into the other is made of: both are opened with the settings that are in force.

import { copyBlobs } from '../collections/copy-blobs.ts';
import { type CopyReport, copyCollection } from '../collections/copy-collection.ts';
import type { CopyRequest, OnCopied } from '../collections/copy-pass.ts';
import type { Config, ConfigValues } from '../config/config.ts';
import { openParts, type Parts } from './parts.ts';

export type Place = Pick<ConfigValues, 'store' | 'blobs'>;

/** Waits for a store that is away, full or too busy. */
export const copyBetween = (
  config: Config,
  places: { readonly from: Place; readonly to: Place },
  signal: AbortSignal,
  onProgress: OnCopied,
  command?: CopyRequest['command'],
): Promise<CopyReport> =>
  withBoth(config, places, async (from, to) => {
    const side = ({ ledger, index, blobs, patience }: Parts, name: string) => ({
      name,
      ledger: patience.until(patience.patient(ledger), signal),
      index: patience.until(patience.patient(index), signal),
      blobs: patience.patient(blobs),
    });
    const request = {
      collection: config.values.collection,
      from: side(from, places.from.store),
      to: side(to, places.to.store),
      withBlobs: places.from.blobs !== places.to.blobs,
      ...(command === undefined ? {} : { command }),
    };
    return copyCollection(request, signal, onProgress);
  });

export interface BlobsReport {
  readonly blobs: number;
  readonly blobBytes: number;
  readonly written: number;
}

/** All thumbnails, of whatever collection. */
export const copyAllBlobs = (
  config: Config,
  places: { readonly from: Place; readonly to: Place },
  signal: AbortSignal,
  onProgress: (blobs: number) => void,
): Promise<BlobsReport> =>
  withBoth(config, places, async (from, to) => {
    const counts = { blobs: 0, blobBytes: 0 };
    async function* keys(): AsyncGenerator<string> {
      for await (const { key } of from.blobs.list('thumbnails/')) {
        signal.throwIfAborted();
        onProgress(counts.blobs);
        yield key;
      }
    }
    const { patient } = to.patience;
    const written = await copyBlobs(from.blobs, patient(to.blobs), keys(), counts, async () => {});
    return { ...counts, written };
  });

async function withBoth<T>(
  config: Config,
  places: { readonly from: Place; readonly to: Place },
  work: (from: Parts, to: Parts) => Promise<T>,
): Promise<T> {
  const open = (place: Place) => openParts({ ...config, values: { ...config.values, ...place } });
  const from = await open(places.from);
  try {
    const to = await open(places.to);
    try {
      return await work(from, to);
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}
