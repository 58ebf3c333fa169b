// Data that lies beside the checkout and is never part of it: photos, models, odd images, robots files, sites.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const shared = fileURLToPath(new URL('../../shared/', import.meta.url));

/** The path, or null where it is absent: then say `test.skipIf(path === null)`. Under CI=true it must be there. */
export function sharedPath(name: string): string | null {
  const path = join(shared, name);
  if (existsSync(path)) return path;
  if (process.env['CI'] === 'true')
    throw new Error(`${path} is absent, and under CI=true nothing is skipped`);
  process.stderr.write(`skipped: needs ${path}, which is absent\n`);
  return null;
}

/** The 300 photos, or the folder that PHOTOS names. */
export const photosPath = (): string | null => process.env['PHOTOS'] ?? sharedPath('photos');
