// Reads a page of HTML as it streams by: the images that it shows with the words around them, and its links.
import type { PageContents } from './page/finds.ts';
import { PageReader } from './page/reader.ts';

/** `text` comes in pieces; between two of them other work gets its turn. `agent` is the name in meta tags. */
export async function extractImages(
  text: Iterable<string>,
  url: string,
  agent: string,
  breathe: () => Promise<void>,
): Promise<PageContents> {
  const { Parser } = await import('htmlparser2');
  const page = new PageReader(url, agent);
  const parser = new Parser(
    {
      onopentag: (name, attributes) => page.open(name, attributes),
      ontext: (words) => page.text(words),
      onclosetag: (name) => page.close(name),
    },
    { decodeEntities: true, lowerCaseTags: true },
  );
  for (const piece of text) {
    parser.write(piece);
    if (page.isTooDeep) break;
    await breathe();
  }
  parser.end();
  return page.view();
}
