// PORT: thumbnails and renditions, small binary objects by key.

export interface BlobEntry {
  readonly key: string;
  readonly sizeBytes: number;
}

export interface Blobs {
  /** Whole or not at all: a reader never sees half of it. Keys are `[a-z0-9-/.]`, without `..`. */
  put(key: string, content: Uint8Array): Promise<void>;
  /** null where there is none. */
  get(key: string): Promise<Uint8Array | null>;
  /** null where there is none. */
  sizeOf(key: string): Promise<number | null>;
  remove(key: string): Promise<void>;
  /** Puts it into the blobs of a folder, too, without taking room twice where that can be; its size, null where there
   * is none. */
  copyTo(key: string, folder: string): Promise<number | null>;
  /** Keys that begin with the prefix, in no order. */
  list(prefix: string): AsyncIterable<BlobEntry>;
  close(): Promise<void>;
}

export const thumbnailKey = (sha256: string): string => `thumbnails/${sha256}.jpg`;

export const isKey = (key: string): boolean =>
  key.split('/').every((segment) => /^[a-z0-9-][a-z0-9.-]{0,200}$/.test(segment) && !segment.includes('..'));

/** Every driver refuses what is none. */
export function mustBeKey(key: string): string {
  if (isKey(key)) return key;
  throw new Error(`blobs: expected a key of [a-z0-9-/.] without '..', got ${JSON.stringify(key)}`);
}
