// What the SQLite thread does for the image index.
import { facets } from './facets.ts';
import { migrations } from './schema.ts';
import { get, search } from './search.ts';
import { forget, purge, put, remove } from './write.ts';

export const module = {
  name: 'image_index',
  migrations,
  reads: { get, search, facets },
  writes: { put, remove, forget, purge },
};
