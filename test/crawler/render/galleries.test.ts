// Galleries that scripts build, in every way that people build them: all pictures of each are found.
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath } from '../../api/browser.ts';
import { openWebServer, type Page, type WebServer } from '../../web-server.ts';
import { type CountingRenderer, countingRenderer, type Expanded, look, paths } from './browsing.ts';

const hasBrowser = browserPath() !== null;
const numbers = (count: number, from = 1) => Array.from({ length: count }, (_, at) => at + from);
const pictures = (name: string, count: number) =>
  numbers(count)
    .map((n) => `/${name}/${n}.jpg`)
    .sort();
const html = (body: string, head = '') =>
  `<!doctype html><html lang="en"><head><title>A gallery</title>${head}</head><body>${body}</body></html>`;
const json = (value: unknown): Page => ({
  body: JSON.stringify(value),
  headers: { 'content-type': 'application/json' },
});

describe.runIf(hasBrowser)('galleries that scripts build', { timeout: 120_000 }, () => {
  let server: WebServer;
  let renderer: CountingRenderer;

  beforeAll(async () => {
    renderer = countingRenderer();
    server = await openWebServer(await site());
  });
  afterAll(async () => {
    await renderer.close();
    await server.close();
  });

  const shown = async (path: string): Promise<Expanded> => {
    const expansion = await look(server.url + path, renderer);
    expect(expansion.outcome).toBe('expanded');
    return expansion as Expanded;
  };

  test.each([
    ['fetch and DOM', '/fetch.html', pictures('fetch', 12)],
    ['a module that imports another', '/module.html', pictures('module', 5)],
    ['infinite scroll', '/infinite.html', pictures('infinite', 60)],
    ['a list that scrolls within the page', '/inner.html', pictures('inner', 30)],
    ['open and closed shadow roots', '/shadow.html', pictures('shadow', 8)],
    ['hydration by hand', '/hydrate.html', pictures('hydrate', 10)],
    ['React', '/react.html', pictures('react', 16)],
    ['IntersectionObserver', '/observer.html', pictures('observer', 40)],
    ['iframes', '/frames.html', pictures('frames', 6)],
    ['a canvas and blobs', '/canvas.html', pictures('canvas', 4)],
    ['late timers', '/late.html', pictures('late', 6)],
  ])('crawl 23: %s', async (_, path, expected) => {
    const page = await shown(path);
    expect(paths(page)).toEqual(expected);
    expect(page.page?.isRendered).toBe(true);
    expect(page.isPartial).toBe(false);
  });

  test('crawl 23: what the page says around them comes along', async () => {
    const page = await shown('/fetch.html');
    const first = page.images.find(({ location }) => location.url.endsWith('/fetch/1.jpg'));
    expect(first?.context).toMatchObject({ alt: 'Picture 1', title: 'A gallery', heading: 'Harbour' });
    const within = await shown('/shadow.html');
    expect(within.images.map(({ context }) => context?.alt).sort()).toEqual(
      numbers(8).map((n) => `Shadow ${n}`),
    );
  });

  test('crawl 23: single-page routes lead to their pages, and each has its own pictures', async () => {
    const start = await shown('/spa.html');
    expect(start.further.map(({ address }) => new URL(address).pathname).sort()).toEqual([
      '/spa/cats',
      '/spa/dogs',
    ]);
    expect(paths(await shown('/spa/cats'))).toEqual(pictures('cats', 3));
    expect(paths(await shown('/spa/dogs'))).toEqual(pictures('dogs', 4));
  });

  test('beacons are left out with a reason, icons altogether', async () => {
    const own = await openWebServer({
      '/': html('<div id="root"></div><script src="/app.js"></script>', '<link rel="icon" href="/icon.png">'),
      '/app.js': `document.getElementById('root').innerHTML = '<img src="/a.jpg">';
        for (const src of ['http://counter.example/c?id=1', '/pixel.gif', '/preloaded.jpg', '/dynamic?id=7']) new Image().src = src;`,
    });
    const page = (await look(`${own.url}/`, renderer)) as Expanded;
    await own.close();
    expect(paths(page)).toEqual(['/a.jpg', '/dynamic', '/preloaded.jpg']);
    const left = page.images.filter(({ skip }) => skip?.code === 'tracking_pixel');
    expect(left.map(({ location }) => new URL(location.url).pathname).sort()).toEqual(['/c', '/pixel.gif']);
  });

  test('where a script goes is a link, not the page', async () => {
    const page = await shown('/leaving.html');
    expect(page.further.map(({ address }) => new URL(address).pathname)).toContain('/fetch.html');
    expect(server.count('/elsewhere.jpg')).toBe(0);
  });

  test('no picture is fetched by the browser, and its host is asked once for a script that pages share', async () => {
    server.forget();
    const { open } = await import('../../../src/crawler/sources/web.ts');
    const { webSettings } = await import('../sources/web-settings.ts');
    const source = await open({ address: `${server.url}/spa.html`, settings: webSettings, renderer });
    const never = new AbortController().signal;
    for (const path of ['/spa.html', '/spa/cats', '/spa/dogs'])
      await source.expand(source.further(server.url + path, 0), 'default', undefined, never);
    await source.close();
    expect(server.count('/spa.js')).toBe(1);
    expect(server.count('/robots.txt')).toBe(1);
    expect(server.count('/spa/cats')).toBe(1);
    expect(server.asked.filter(({ path }) => path.endsWith('.jpg'))).toEqual([]);
    const agents = new Set(server.asked.map(({ headers }) => headers['user-agent']));
    expect([...agents].every((agent) => agent?.startsWith('imagedex'))).toBe(true);
    expect(agents.size).toBe(1);
  });

  test('a script that robots.txt does not allow is not asked for', async () => {
    const own = await openWebServer({
      '/robots.txt': 'User-agent: *\nDisallow: /private/',
      '/': html(
        '<div id="root"></div><script src="/private/app.js"></script><script src="/app.js"></script>',
      ),
      '/app.js': `document.getElementById('root').innerHTML = '<img src="/a.jpg">'; fetch('/private/api');`,
      '/private/app.js': '',
    });
    const page = await look(`${own.url}/`, renderer);
    expect(paths(page)).toEqual(['/a.jpg']);
    expect(own.asked.filter(({ path }) => path.startsWith('/private'))).toEqual([]);
    await own.close();
  });

  test.each([
    ['noimageindex', [], 1],
    ['none', undefined, 0],
  ])('crawl 14: meta robots %s of the rendered page counts', async (word, images, links) => {
    const own = await openWebServer({
      '/': html('<div id="root"></div><script src="/app.js"></script>'),
      '/app.js': `document.head.innerHTML += '<meta name="robots" content="${word}">';
        document.getElementById('root').innerHTML = '<img src="/a.jpg"><a href="/b.html">b</a>';`,
    });
    const page = await look(`${own.url}/`, renderer);
    await own.close();
    if (images === undefined) expect(page).toMatchObject({ outcome: 'skipped', code: 'opted_out' });
    else {
      expect(paths(page)).toEqual(images);
      expect((page as Expanded).further).toHaveLength(links);
    }
  });
});

const appendAll = (list: string, into: string) => `
  for (const n of ${list}) {
    const img = document.createElement('img');
    img.src = '/${into}/' + n + '.jpg';
    img.alt = 'Picture ' + n;
    document.getElementById('root').append(img);
  }`;

async function site(): Promise<Record<string, Page>> {
  const root = (script: string) =>
    html(`<h1>Harbour</h1><div id="root"></div><script src="${script}"></script>`);
  const frame = (from: number) =>
    html(`<div id="root"></div><script>${appendAll(`[${numbers(3, from)}]`, 'frames')}</script>`);
  const spa = html('<div id="app"></div><script src="/spa.js"></script>');
  return {
    '/fetch.html': root('/fetch.js'),
    '/fetch.js': `fetch('/fetch.json').then((a) => a.json()).then((list) => {${appendAll('list', 'fetch')}});`,
    '/fetch.json': json(numbers(12)),
    '/module.html': html('<div id="root"></div><script type="module" src="/module.js"></script>'),
    '/module.js': `import { list } from './list.js'; ${appendAll('list', 'module')}`,
    '/list.js': 'export const list = [1, 2, 3, 4, 5];',
    '/infinite.html': html(
      '<div id="root" class="infinite-scroll"></div><div class="sentinel"></div><script src="/infinite.js"></script>',
      '<style>img { display: block; height: 400px; width: 400px }</style>',
    ),
    '/infinite.js': `let at = 0, isBusy = false;
      const more = async () => {
        if (isBusy || at >= 6) return;
        isBusy = true;
        const list = await (await fetch('/infinite.json?page=' + at++)).json();
        ${appendAll('list', 'infinite')}
        isBusy = false;
      };
      addEventListener('scroll', () => {
        if (scrollY + innerHeight > document.documentElement.scrollHeight - 300) more();
      });
      more();`,
    '/infinite.json': (request) => {
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));
      return {
        body: JSON.stringify(numbers(10, page * 10 + 1)),
        headers: { 'content-type': 'application/json' },
      };
    },
    '/inner.html': html(
      '<div id="root" style="height: 600px; overflow-y: auto"></div><script src="/inner.js"></script>',
      '<style>img { display: block; height: 300px; width: 300px }</style>',
    ),
    '/inner.js': `const root = document.getElementById('root'); let at = 0;
      const more = () => { if (at >= 30) return; const list = Array.from({ length: 5 }, () => ++at); ${appendAll('list', 'inner')} };
      root.addEventListener('scroll', () => { if (root.scrollTop + root.clientHeight > root.scrollHeight - 100) more(); });
      more();`,
    '/shadow.html': html('<photo-wall></photo-wall><script src="/shadow.js"></script>'),
    '/shadow.js': `const picture = (n) => '<img src="/shadow/' + n + '.jpg" alt="Shadow ' + n + '">';
      customElements.define('photo-card', class extends HTMLElement {
        connectedCallback() {
          this.attachShadow({ mode: 'closed' }).innerHTML = picture(this.getAttribute('n'));
        }
      });
      customElements.define('photo-wall', class extends HTMLElement {
        connectedCallback() {
          this.attachShadow({ mode: 'open' }).innerHTML =
            picture(1) + picture(2) + [3, 4, 5, 6].map((n) => '<photo-card n="' + n + '"></photo-card>').join('') + '<slot></slot>';
          this.innerHTML = picture(7) + picture(8);
        }
      });`,
    '/hydrate.html': html(
      `<div id="app"><p>Loading…</p></div><script type="application/json" id="data">${JSON.stringify(
        pictures('hydrate', 10),
      )}</script><script src="/hydrate.js"></script>`,
    ),
    '/hydrate.js': `const list = JSON.parse(document.getElementById('data').textContent);
      document.getElementById('app').innerHTML = list.map((src) => '<figure><img src="' + src + '"></figure>').join('');`,
    '/react.html': html('<div id="root"></div><script src="/react.js"></script>'),
    '/react.js': await reactGallery(),
    '/react.json': json(pictures('react', 16)),
    '/observer.html': html(
      '<div id="root"></div><script src="/observer.js"></script>',
      '<style>div div { height: 500px }</style>',
    ),
    '/observer.js': `const seen = new IntersectionObserver((entries) => {
        for (const { isIntersecting, target } of entries) {
          if (!isIntersecting || target.firstChild) continue;
          target.append(Object.assign(new Image(), { src: '/observer/' + target.dataset.n + '.jpg' }));
        }
      });
      for (let n = 1; n <= 40; n++) {
        const one = document.createElement('div');
        one.dataset.n = n;
        document.getElementById('root').append(one);
        seen.observe(one);
      }`,
    '/frames.html': html('<div id="root"></div><script src="/frames.js"></script>'),
    '/frames.js': `for (const src of ['/frame-1.html', '/frame-4.html'])
      document.getElementById('root').append(Object.assign(document.createElement('iframe'), { src }));`,
    '/frame-1.html': frame(1),
    '/frame-4.html': frame(4),
    '/canvas.html': html('<div id="root"></div><script src="/canvas.js"></script>'),
    '/canvas.js': `for (const n of [1, 2]) {
        const image = new Image();
        image.onload = () => {
          const canvas = document.createElement('canvas');
          canvas.getContext('2d').drawImage(image, 0, 0);
          document.getElementById('root').append(canvas);
        };
        image.src = '/canvas/' + n + '.jpg';
      }
      for (const n of [3, 4])
        fetch('/canvas/' + n + '.jpg').then((a) => a.blob()).then((blob) => {
          document.getElementById('root').append(Object.assign(new Image(), { src: URL.createObjectURL(blob) }));
        });`,
    '/late.html': root('/late.js'),
    '/late.js': `setTimeout(() => {${appendAll('[1, 2, 3]', 'late')}
        setTimeout(() => {${appendAll('[4, 5, 6]', 'late')}}, 300);
      }, 900);`,
    '/spa.html': spa,
    '/spa/cats': spa,
    '/spa/dogs': spa,
    '/spa.js': `const app = document.getElementById('app');
      const show = () => {
        const name = location.pathname.split('/')[2];
        const count = { cats: 3, dogs: 4 }[name] ?? 0;
        app.innerHTML = '<a href="/spa/cats">cats</a> <a href="/spa/dogs">dogs</a>';
        for (let n = 1; n <= count; n++) app.innerHTML += '<img src="/' + name + '/' + n + '.jpg">';
      };
      app.addEventListener('click', (event) => { event.preventDefault(); history.pushState({}, '', event.target.href); show(); });
      show();`,
    '/leaving.html': html('<div id="root"></div><script src="/leaving.js"></script>'),
    '/leaving.js': `document.getElementById('root').innerHTML = '<img src="/here.jpg">'; location.href = '/fetch.html';`,
  };
}

/** As bundlers make it of what people write. */
async function reactGallery(): Promise<string> {
  const contents = `
    import { useEffect, useState } from 'react';
    import { createRoot } from 'react-dom/client';
    function Gallery() {
      const [list, setList] = useState([]);
      useEffect(() => { fetch('/react.json').then((answer) => answer.json()).then(setList); }, []);
      return <main><h2>Photos</h2>{list.map((src) => <img key={src} src={src} alt="" loading="lazy" />)}</main>;
    }
    createRoot(document.getElementById('root')).render(<Gallery />);`;
  const { outputFiles } = await build({
    stdin: { contents, loader: 'jsx', resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    minify: true,
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  return outputFiles[0]!.text;
}
