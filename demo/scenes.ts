// The fixed list of the demo's scenes: what each shows, in the words that the gallery's pages use.
import { readFile } from 'node:fs/promises';

export type Section = 'kitchen' | 'landmarks' | 'workshop' | 'nature';

export interface Scene {
  readonly name: string;
  /** The class of the bundled model that names it. */
  readonly concept: string;
  readonly section: Section;
  readonly title: string;
  readonly alt: string;
  readonly caption: string;
  /** Its picture in demo/pictures. */
  readonly file: string;
}

export async function readScenes(): Promise<readonly Scene[]> {
  return JSON.parse(await readFile(new URL('scenes/list.json', import.meta.url), 'utf8')) as Scene[];
}
