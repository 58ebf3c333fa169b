// The gallery over real HTTP: every picture decodes, one is broken, and validators are answered.
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gallery, startGallery } from '../../demo/site.ts';

let gallery: Gallery;
beforeAll(async () => {
  gallery = await startGallery();
});
afterAll(() => gallery.close());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(new URL(path, gallery.url), { headers });

const imagesOn = (html: string): string[] =>
  [...html.matchAll(/<img src="([^"]+)"/g)].map(([, src]) => src ?? '');

async function pages(): Promise<Map<string, string>> {
  const sitemap = await (await get('/sitemap.xml')).text();
  const found = new Map<string, string>();
  for (const [, url] of sitemap.matchAll(/<loc>([^<]+)<\/loc>/g)) {
    const answer = await fetch(url ?? '');
    expect(answer.status, url).toBe(200);
    found.set(url ?? '', await answer.text());
  }
  return found;
}

test('it has thirty pictures or more, and all that its pages link to is there', async () => {
  expect(gallery.pictures).toBeGreaterThanOrEqual(30);
  const links = new Set<string>();
  for (const html of (await pages()).values()) {
    for (const [, link] of html.matchAll(/(?:href|src)="([^"]+)"/g)) links.add(link ?? '');
    for (const [, srcset] of html.matchAll(/srcset="([^"]+)"/g)) {
      for (const candidate of (srcset ?? '').split(', ')) links.add(candidate.split(' ')[0] ?? '');
    }
    for (const [, image] of html.matchAll(/og:image" content="([^"]+)"/g)) links.add(image ?? '');
  }
  const answers = await Promise.all([...links].map(async (link) => [link, (await get(link)).status]));
  expect(answers.filter(([, status]) => status !== 200)).toEqual([]);
});

test('exactly one picture is broken, and all others decode', async () => {
  const sources = new Set([...(await pages()).values()].flatMap(imagesOn));
  const broken: string[] = [];
  for (const source of sources) {
    const bytes = Buffer.from(await (await get(source)).arrayBuffer());
    await sharp(bytes, { failOn: 'truncated' })
      .raw()
      .toBuffer()
      .catch(() => broken.push(source));
  }
  expect(broken).toEqual(['/pictures/half-an-upload.jpg']);
  // Floor plan, the staff's lunch and the broken one are not among the good ones.
  expect(sources.size).toBe(gallery.pictures + 3);
});

test('every picture has words of its own', async () => {
  const alts = new Map<string, Set<string>>();
  for (const html of (await pages()).values()) {
    for (const [, source, rest] of html.matchAll(/<img (?:class="plan" )?src="([^"]+)"([^>]*)>/g)) {
      const alt = /alt="([^"]+)"/.exec(rest ?? '')?.[1] ?? '';
      expect(alt.length, source).toBeGreaterThan(10);
      alts.set(alt, (alts.get(alt) ?? new Set()).add(source ?? ''));
    }
  }
  expect([...alts.values()].filter((sources) => sources.size > 1)).toEqual([]);
});

test('what has not changed is answered by 304', async () => {
  const first = await get('/kitchen/');
  const etag = first.headers.get('etag') ?? '';
  const modified = first.headers.get('last-modified') ?? '';
  expect((await get('/kitchen/', { 'if-none-match': etag })).status).toBe(304);
  expect((await get('/kitchen/', { 'if-modified-since': modified })).status).toBe(304);
  expect((await get('/kitchen/', { 'if-none-match': '"other"', 'if-modified-since': modified })).status).toBe(
    200,
  );
  expect((await get('/kitchen/', { 'if-modified-since': 'Mon, 01 Jan 2001 00:00:00 GMT' })).status).toBe(200);
});

test('robots.txt closes the staff room, and what is not there is answered by 404', async () => {
  expect(await (await get('/robots.txt')).text()).toContain('Disallow: /staff/');
  expect((await get('/nowhere')).status).toBe(404);
  expect((await fetch(new URL('/', gallery.url), { method: 'POST' })).status).toBe(405);
});
