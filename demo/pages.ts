// The gallery's pages as HTML: an index, a page a section, and a page of downloads.
import { type SectionPage, sectionPages, type Work } from './works.ts';

/** Addresses of a work's picture at its two sizes, the small one first. */
export const sizesOf = (work: Work): readonly { readonly path: string; readonly width: number }[] =>
  [Math.round(work.width / 2), work.width].map((width) => ({
    path: `/pictures/${work.name}-${width}.${work.extension}`,
    width,
  }));

const full = (work: Work): string => sizesOf(work).at(-1)?.path ?? '';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const srcset = (work: Work): string =>
  sizesOf(work)
    .map(({ path, width }) => `${path} ${width}w`)
    .join(', ');

const size = (work: Work): string => `width="${work.width}" height="${work.height}"`;

function img(work: Work): string {
  const sizes = 'sizes="(max-width: 40rem) 100vw, 20rem"';
  const words = `alt="${escaped(work.alt)}" title="${escaped(work.title)}"`;
  return `<img src="${sizesOf(work)[0]?.path}" srcset="${srcset(work)}" ${sizes} ${words} ${size(work)} loading="lazy">`;
}

/** Browsers that know WebP get one from a picture element; its img is there for the others. */
function picture(work: Work): string {
  if (work.extension !== 'webp') return img(work);
  return `<picture><source type="image/webp" srcset="${srcset(work)}" sizes="(max-width: 40rem) 100vw, 20rem">${img(work)}</picture>`;
}

const figure = (work: Work): string =>
  `<figure>${picture(work)}<figcaption>${escaped(work.caption)}</figcaption></figure>`;

interface Page {
  readonly title: string;
  readonly words: string;
  readonly body: string;
  readonly cover: Work | undefined;
}

function page(origin: string, { title, words, body, cover }: Page): string {
  const menu = sectionPages.map((one) => `<a href="/${one.section}/">${one.title}</a>`).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} – The Little Gallery</title>
<meta name="description" content="${escaped(words)}">
<meta property="og:title" content="${escaped(title)}">
${cover === undefined ? '' : `<meta property="og:image" content="${origin}${full(cover)}">`}
<link rel="stylesheet" href="/gallery.css">
</head>
<body>
<header>
<p class="name"><a href="/">The Little Gallery</a></p>
<nav>${menu}\n<a href="/downloads/">Downloads</a></nav>
</header>
<main>
<h1>${escaped(title)}</h1>
<p class="lead">${escaped(words)}</p>
${body}
</main>
<footer><p>Scenes ray-traced for imagedex; photographs from the public domain.</p></footer>
</body>
</html>
`;
}

const worksOf = (works: readonly Work[], { section }: SectionPage): readonly Work[] =>
  works.filter((work) => work.section === section);

function indexPage(origin: string, works: readonly Work[]): string {
  const rooms = sectionPages.map((one) => {
    const [first] = worksOf(works, one);
    const text = `<h2><a href="/${one.section}/">${one.title}</a></h2><p>${escaped(one.words)}</p>`;
    return `<section>${first === undefined ? '' : figure(first)}${text}</section>`;
  });
  return page(origin, {
    title: 'Welcome',
    words: 'A few rooms of pictures, small enough for an afternoon.',
    body: `<img src="/floor-plan.svg" class="plan" alt="Floor plan of the gallery" width="240" height="120">
<div class="rooms">${rooms.join('\n')}</div>`,
    cover: works.find(({ name }) => name === 'lighthouse'),
  });
}

function sectionPage(origin: string, works: readonly Work[], one: SectionPage): string {
  const shown = worksOf(works, one);
  // One upload broke off half way; it is here to show what becomes of such pictures.
  const broken =
    one.section === 'nature'
      ? '<figure><img src="/pictures/half-an-upload.jpg" alt="A mountain, of which only the sky arrived" width="512" height="384"><figcaption>The upload broke off half way.</figcaption></figure>'
      : '';
  const staffRoom =
    one.section === 'kitchen'
      ? '<figure><img src="/staff/lunch.jpg" alt="Lunch in the staff room" width="256" height="192"><figcaption>For the staff only: robots.txt asks crawlers to stay out.</figcaption></figure>'
      : '';
  return page(origin, {
    title: one.title,
    words: one.words,
    body: `<div class="works">${shown.map(figure).join('\n')}${broken}${staffRoom}</div>`,
    cover: shown[0],
  });
}

function downloadsPage(origin: string, works: readonly Work[]): string {
  const rows = works.map(
    (work) =>
      `<li><a href="${full(work)}">${escaped(work.caption)}</a> (${work.width} × ${work.height})</li>`,
  );
  return page(origin, {
    title: 'Downloads',
    words: 'Every picture in full size.',
    body: `<ul class="list">${rows.join('\n')}</ul>`,
    cover: undefined,
  });
}

/** Path → HTML. */
export function galleryPages(origin: string, works: readonly Work[]): ReadonlyMap<string, string> {
  return new Map([
    ['/', indexPage(origin, works)],
    ...sectionPages.map((one) => [`/${one.section}/`, sectionPage(origin, works, one)] as const),
    ['/downloads/', downloadsPage(origin, works)],
  ]);
}

export function sitemap(origin: string, paths: Iterable<string>): string {
  const rows = [...paths].map((path) => `<url><loc>${origin}${path}</loc></url>`).join('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${rows}\n</urlset>\n`;
}

export const robotsTxt = (origin: string): string =>
  `User-agent: *\nDisallow: /staff/\nSitemap: ${origin}/sitemap.xml\n`;

export const floorPlan = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 120" fill="none" stroke="#8a5a2b" stroke-width="2">
<path d="M2 2h236v116H2z M82 2v76 M82 100v18 M160 42v76 M82 60h78 M160 2v20"/>
<g stroke="none" fill="#5b4636" font-family="serif" font-size="11"><text x="14" y="62">Kitchen</text><text x="92" y="34">Landmarks</text><text x="94" y="92">Workshop</text><text x="172" y="38">Nature</text><text x="172" y="92">Archive</text></g>
</svg>
`;

export const stylesheet = `:root { color-scheme: light; --ink: #2b241d; --paper: #fbf8f3; --accent: #8a5a2b; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.05rem/1.55 Georgia, 'Times New Roman', serif; }
header, main, footer { max-width: 68rem; margin: 0 auto; padding: 1rem 1.25rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 2rem; align-items: baseline; border-bottom: 1px solid #e4dccf; }
.name { margin: 0; font-size: 1.35rem; }
.name a { color: inherit; text-decoration: none; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; }
a { color: var(--accent); }
h1 { font-weight: normal; font-size: 2rem; margin: 1rem 0 0; }
.lead { margin-top: .25rem; color: #6b5d4e; }
.works, .rooms { display: grid; gap: 1.75rem; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); }
figure { margin: 0; }
figure img { display: block; width: 100%; height: auto; background: #e9e2d6; border-radius: 3px; }
figcaption { padding-top: .4rem; font-size: .92rem; color: #6b5d4e; }
section h2 { font-weight: normal; margin: .6rem 0 0; }
section p { margin: .2rem 0; }
.plan { float: right; max-width: 40%; height: auto; margin: 0 0 1rem 1rem; }
.rooms { clear: both; }
.list { columns: 18rem; }
footer { font-size: .85rem; color: #8d8172; border-top: 1px solid #e4dccf; margin-top: 2rem; }
`;
