// A web site that is computed from a seed: pages of several shapes and real pictures, no two alike, the same in every run.
import sharp from 'sharp';
import { below, type Random, randomOf } from './random.ts';

export interface SiteOptions {
  readonly seed: number;
  readonly pages: number;
  readonly images: number;
  /** Least and most pixels of a picture's long side. */
  readonly sides: readonly [least: number, most: number];
  /** Every so many pages one shows its pictures by a script only; 0: none. */
  readonly scriptedEvery?: number;
}

export type Extension = 'jpg' | 'png' | 'webp';

/** Pages lead to ten further ones each, so that a site of 20,000 is five links deep. */
const branches = 10;
const canvasSide = 2048;

/** Which bytes a picture is of is told by its number: eight of ten are JPEG. */
export const extensionOf = (image: number): Extension =>
  image % 10 === 7 ? 'png' : image % 10 === 3 ? 'webp' : 'jpg';
export const imagePath = (image: number): string => `/pictures/${image}.${extensionOf(image)}`;
export const pagePath = (page: number): string => (page === 0 ? '/' : `/pages/${page}.html`);

/** The pictures that a page shows: those that are its own, and for every fifth page one of another page, too. */
export function imagesOf({ pages, images, seed }: SiteOptions, page: number): readonly number[] {
  const own: number[] = [];
  for (let image = page; image < images; image += pages) own.push(image);
  return page % 5 === 0 ? [...own, below(randomOf(seed, 1, page), images)] : own;
}

export const robots = 'User-agent: *\nDisallow: /private/\n';

/** What no crawl may ask for, each linked from some page. */
export const privatePath = (page: number): string => `/private/${page}.html`;

export function pageHtml(options: SiteOptions, page: number): string {
  const { pages, seed, scriptedEvery = 0 } = options;
  const random = randomOf(seed, 2, page);
  if (scriptedEvery > 0 && page % scriptedEvery === scriptedEvery - 1) return scriptedHtml(options, page);
  const links = [];
  for (let next = page * branches + 1; next <= page * branches + branches && next < pages; next++)
    links.push(link(page % 7 === 1 ? `/moved/${next}` : pagePath(next), `Part ${next}`));
  for (let n = 0; n < 3; n++) links.push(link(pagePath(below(random, pages)), 'See also'));
  if (page % 50 === 3) links.push(link(`/missing/${page}.html`, 'Lost'));
  if (page % 25 === 4) links.push(link(privatePath(page), 'Not for you'));
  const shown = imagesOf(options, page).map((image) => shape(image, page % 5));
  if (page % 40 === 6) shown.push(`<img src="/missing/${page}.jpg" alt="It was here">`);
  if (page % 40 === 8) shown.push(`<img src="/private/${page}.jpg" alt="Not for you">`);
  return `<!doctype html><html lang="en"><head><title>Album ${page}</title></head><body><h1>Album ${page}</h1>
<p>${words(random, 60)}</p>
${shown.join(`\n<p>${words(random, 20)}</p>\n`)}
<nav>${links.join('\n')}</nav></body></html>`;
}

/** As a framework would leave it: an empty root, and all else by script. */
function scriptedHtml(options: SiteOptions, page: number): string {
  const shown = imagesOf(options, page).map((image) => shape(image, 0));
  return `<!doctype html><html lang="en"><head><title>Album ${page}</title></head><body><div id="root"></div>
<script>document.getElementById('root').innerHTML = ${JSON.stringify(shown.join(''))};</script></body></html>`;
}

const link = (path: string, text: string): string => `<a href="${path}">${text}</a>`;

/** One address each, however it is written: which is fetched does not depend on what a crawler prefers. */
function shape(image: number, kind: number): string {
  const [path, alt] = [imagePath(image), `Picture number ${image}`];
  if (kind === 1) return `<a href="${path}"><img src="${path}" alt="${alt}"></a>`;
  if (kind === 2) return `<img src="${path}" srcset="${path} 1x" alt="${alt}">`;
  if (kind === 3) return `<img class="lazy" loading="lazy" data-src="${path}" alt="${alt}">`;
  if (kind === 4)
    return `<figure><img src="${path}" alt="${alt}"><figcaption>Seen at stop ${image}</figcaption></figure>`;
  return `<img src="${path}" alt="${alt}">`;
}

const syllables = ['ba', 'no', 'ri', 'ka', 'lu', 'me', 'sto', 'ven', 'tal', 'or'];
const word = (random: Random): string =>
  Array.from({ length: 2 + below(random, 3) }, () => syllables[below(random, syllables.length)]).join('');
const words = (random: Random, count: number): string =>
  Array.from({ length: count }, () => word(random)).join(' ');

export type Pictures = (image: number) => Promise<Buffer>;

/** Each is a piece of one large canvas of soft shapes and grain, of its own size, place and turn. */
export async function openPictures({ seed, sides }: SiteOptions): Promise<Pictures> {
  sharp.cache(false);
  sharp.concurrency(1);
  const canvas = await paintCanvas(seed);
  const raw = { width: canvasSide, height: canvasSide, channels: 3 } as const;
  return async (image) => {
    const random = randomOf(seed, 3, image);
    const long = sides[0] + below(random, sides[1] - sides[0] + 1);
    const short = Math.round(long * (0.6 + random() * 0.4));
    const isUpright = random() < 0.3;
    const extension = extensionOf(image);
    // Grain hardly compresses without loss: a PNG of the size of the others would have megabytes.
    const scale = extension === 'png' ? Math.min(1, 260 / long) : 1;
    const [width, height] = (isUpright ? [short, long] : [long, short]).map((side) =>
      Math.round(side * scale),
    );
    const zoom = 0.8 + random();
    const cut = { width: Math.round(width! * zoom), height: Math.round(height! * zoom) };
    const pipeline = sharp(canvas, { raw })
      .extract({
        left: below(random, canvasSide - cut.width),
        top: below(random, canvasSide - cut.height),
        ...cut,
      })
      .resize(width, height!, { fit: 'fill', kernel: 'linear' })
      .flop(random() < 0.5)
      .negate(random() < 0.25);
    // The number in it makes bytes unlike any other's, come what may of two pieces.
    const named = pipeline.withExif({ IFD0: { ImageDescription: `${seed}/${image}` } });
    if (extension === 'png') return named.png({ compressionLevel: 3 }).toBuffer();
    if (extension === 'webp') return named.webp({ quality: 80, effort: 0 }).toBuffer();
    return named.jpeg({ quality: 78 + below(random, 14) }).toBuffer();
  };
}

/** Random fields of several sizes over each other: shapes, details and some grain, as in photographs. */
async function paintCanvas(seed: number): Promise<Buffer> {
  const canvas = new Float32Array(canvasSide * canvasSide * 3);
  const layers = [
    { side: 12, weight: 0.5 },
    { side: 60, weight: 0.3 },
    { side: 400, weight: 0.15 },
    { side: canvasSide, weight: 0.05 },
  ];
  for (const { side, weight } of layers) {
    const random = randomOf(seed, 4, side);
    const field = Buffer.from(Uint8Array.from({ length: side * side * 3 }, () => below(random, 256)));
    const large = await sharp(field, { raw: { width: side, height: side, channels: 3 } })
      .resize(canvasSide, canvasSide, { kernel: 'cubic' })
      .raw()
      .toBuffer();
    for (let at = 0; at < canvas.length; at++) canvas[at]! += weight * large[at]!;
  }
  // Averages lie close to grey.
  return Buffer.from(Uint8ClampedArray.from(canvas, (value) => (value - 128) * 1.8 + 128).buffer);
}
