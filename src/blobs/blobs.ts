// PORT: thumbnails and renditions, small binary objects by key.

export interface Blobs {
  /** Whole or not at all: a reader never sees half of it. Keys are `[a-z0-9-/.]`, without `..`. */
  put(key: string, content: Uint8Array): Promise<void>;
  /** null where there is none. */
  get(key: string): Promise<Uint8Array | null>;
  remove(key: string): Promise<void>;
  list(prefix: string): AsyncIterable<string>;
  close(): Promise<void>;
}

export const thumbnailKey = (sha256: string): string => `thumbnails/${sha256}.jpg`;
