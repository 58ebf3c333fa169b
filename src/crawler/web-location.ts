// The location of an image on the web: its normalised URL, and what the name of its file says.
import { type Location, locationId, type SourceId } from '../record.ts';
import { nameWords } from '../text.ts';

export function webLocation(collection: string, source: SourceId, url: string): Location {
  const { host } = new URL(url);
  return { id: locationId(collection, source, url), address: url, url, host, words: fileWords(url) };
}

/** The words of the file's name, as far as it can be read. */
function fileWords(url: string): string {
  const name = new URL(url).pathname
    .split('/')
    .at(-1)!
    .replace(/\.\w+$/, '');
  try {
    return nameWords(decodeURIComponent(name));
  } catch {
    return nameWords(name);
  }
}
