// A web site that shows a folder's photos, with alt texts, over pages of fifty.
import { readdir } from 'node:fs/promises';
import { openWebServer, type WebServer } from './web-server.ts';

export interface PhotoSite {
  readonly server: WebServer;
  /** File names, in order. */
  readonly photos: readonly string[];
}

const perPage = 50;

/** What a page says of a photo named `n02084071_red_wolf.JPEG`: "a photograph of red wolf". */
export const altOf = (photo: string): string => `a photograph of ${nameOf(photo)}`;
export const nameOf = (photo: string): string =>
  photo
    .replace(/^n\d+_/, '')
    .replace(/\.\w+$/, '')
    .replaceAll('_', ' ');

export async function openPhotoSite(folder: string, delayMs = 0, port = 0): Promise<PhotoSite> {
  const photos = (await readdir(folder)).filter((name) => /\.jpe?g$/i.test(name)).sort();
  const pages: Record<string, string> = {};
  for (let start = 0; start < photos.length; start += perPage) {
    const some = photos.slice(start, start + perPage);
    pages[`/page-${start / perPage}.html`] = page(some.map(figure).join('\n'));
  }
  pages['/'] = page(
    Object.keys(pages)
      .map((path) => `<a href="${path}">${path}</a>`)
      .join('\n'),
  );
  return { server: await openWebServer(pages, { folder, delayMs, port }), photos };
}

const page = (body: string): string => `<!doctype html><title>Photographs</title><body>\n${body}\n</body>`;
const figure = (photo: string): string => `<img src="/${encodeURIComponent(photo)}" alt="${altOf(photo)}">`;
