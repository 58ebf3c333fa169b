// robots.txt files that were fetched within the last day, in a folder: the next process need not ask for them again.
// Named by a hash; a file's time is when it was fetched, and one without content says that there are no rules.
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Of } from '../record.ts';

export interface RobotsFiles {
  /** Undefined where it is not known, or too old to be believed. */
  read(origin: string): Promise<{ readonly content: Uint8Array; readonly ageMs: number } | undefined>;
  /** A folder that cannot be written to is no reason not to crawl: then the next process asks again. */
  write(origin: string, content: Uint8Array): Promise<void>;
}

const dayMs = 24 * 3_600_000;
const maxBytes = 500 * 1024;

export function openRobotsFiles(folder: string): RobotsFiles {
  const pathOf = (origin: string) => join(folder, `${sha256Of(Buffer.from(origin)).slice(0, 32)}.txt`);
  let isSwept = false;
  return {
    async read(origin) {
      const file = await open(pathOf(origin)).catch(() => undefined);
      if (file === undefined) return undefined;
      try {
        const ageMs = ageOf(await file.stat());
        if (ageMs >= dayMs) return undefined;
        const { bytesRead, buffer } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, 0);
        return { content: buffer.subarray(0, bytesRead), ageMs };
      } catch {
        return undefined;
      } finally {
        await file.close();
      }
    },
    async write(origin, content) {
      try {
        await mkdir(folder, { recursive: true });
        if (!isSwept) await sweep(folder);
        isSwept = true;
        // Whole or not at all: half a file would forbid less.
        const half = join(folder, `${randomUUID()}.half`);
        await writeFile(half, content.subarray(0, maxBytes));
        await rename(half, pathOf(origin));
      } catch {
        return;
      }
    },
  };
}

const ageOf = ({ mtimeMs }: { readonly mtimeMs: number }): number => Math.max(0, Date.now() - mtimeMs);

/** Removes what is too old, and what was cut off: they would only say which hosts were asked. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const facts = await stat(path).catch(() => undefined);
    const isOld = facts !== undefined && ageOf(facts) >= (name.endsWith('.half') ? 60_000 : dayMs);
    if (isOld) await rm(path, { force: true });
  }
}
