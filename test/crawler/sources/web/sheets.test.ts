// Pictures that linked style sheets paint, and what pages leave out, over real HTTP.
import sharp from 'sharp';
import { afterEach, expect, test } from 'vitest';
import { HostGate } from '../../../../src/crawler/host-gate.ts';
import { open } from '../../../../src/crawler/sources/web.ts';
import { openWebServer, type Page, type WebServer } from '../../../web-server.ts';
import { addsUp, documents, openWorld } from '../../../world.ts';
import { webSettings } from '../web-settings.ts';

const { signal } = new AbortController();
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(pages: Record<string, Page>): Promise<WebServer> {
  const server = await openWebServer(pages);
  closing.push(server.close);
  return server;
}

/** What its pages show, each by its path. */
async function look(server: WebServer, ...paths: readonly string[]) {
  const settings = { ...webSettings, sitemaps: false };
  const source = await open({ address: server.url, settings, gate: new HostGate() });
  closing.push(() => source.close());
  await source.start('default', signal);
  const seen = [];
  for (const path of paths) {
    const item = source.further(`${server.url}${path}`, 0);
    const expansion = await source.expand(item, 'default', undefined, signal);
    if (expansion.outcome !== 'expanded') throw new Error(JSON.stringify(expansion));
    const images = expansion.images.map(({ location }) => location.address.replace(server.url, ''));
    seen.push({ images, isPartial: expansion.isPartial });
  }
  return seen;
}

test('each sheet is asked for once, with what it imports, and its addresses are its own', async () => {
  const html = '<link rel=stylesheet href=/css/a.css><div class=hero></div>';
  const server = await serve({
    '/': html,
    '/b': `${html}<p id=top>`,
    '/css/a.css':
      '@import "deep/b.css"; .hero{background:url(a.gif)} #top{background:url(/t.gif)} .none{background:url(n.gif)}',
    '/css/deep/b.css': '@import "c.css"; div{background-image:url("../b.gif")}',
    '/css/deep/c.css': 'div{background:url(c.gif)}',
  });
  expect(await look(server, '/', '/b')).toEqual([
    { images: ['/css/a.gif', '/css/b.gif'], isPartial: false },
    { images: ['/css/a.gif', '/t.gif', '/css/b.gif'], isPartial: false },
  ]);
  expect(['/css/a.css', '/css/deep/b.css', '/css/deep/c.css'].map((path) => server.count(path))).toEqual([
    1, 1, 0,
  ]);
});

test('a sheet that is not there paints nothing, one that cannot be had now leaves the page unfinished', async () => {
  const server = await serve({
    '/': '<link rel=stylesheet href=/none.css><img src=a.gif>',
    '/down': '<link rel=stylesheet href=/down.css><img src=a.gif>',
    '/down.css': { status: 503 },
    '/page':
      '<link rel=stylesheet href=/><link rel=stylesheet href=/no/way.css><link rel=stylesheet href="http://no-such-host.invalid/a.css"><img src=a.gif>',
    '/no/way.css': 'img{background:url(w.gif)}',
    '/robots.txt': 'User-agent: *\nDisallow: /no/',
  });
  expect(await look(server, '/', '/down', '/page')).toEqual([
    { images: ['/a.gif'], isPartial: false },
    { images: ['/a.gif'], isPartial: true },
    { images: ['/a.gif'], isPartial: false },
  ]);
  expect(server.count('/no/way.css')).toBe(0);
});

const picture = (background: string): Promise<Buffer> =>
  sharp({ create: { width: 64, height: 48, channels: 3, background } })
    .png()
    .toBuffer();

test('what pages leave out is counted, not asked for; what is painted is found by its words last', async () => {
  const server = await serve({
    '/': `<title>Harbour</title><style>body{background:url(/paint.png)}</style><h1>Boats</h1><a href=/other>other</a>
      <img src="data:image/gif;base64,AAAA"><img src=/pixel.png width=1 height=1><img src=/seen.png width=1 height=1><img src=/logo.png>`,
    '/other': '<img src=/seen.png alt="A boat"><img src="data:image/gif;base64,AAAA">',
    '/paint.png': await picture('red'),
    '/pixel.png': await picture('green'),
    '/seen.png': await picture('blue'),
    '/logo.png': await picture('black'),
  });
  const world = await openWorld({ skipDecoration: true });
  closing.push(world.close);
  const report = await world.crawl(server.url);
  addsUp(report);
  expect([report.found, report.indexed, report.skipped]).toEqual([5, 2, 3]);
  expect([...report.skips].sort((a, b) => (a.code < b.code ? -1 : 1))).toEqual([
    { code: 'decoration', count: 1 },
    { code: 'embedded', count: 1 },
    { code: 'tracking_pixel', count: 1 },
  ]);
  expect([server.count('/pixel.png'), server.count('/logo.png'), server.count('/seen.png')]).toEqual([
    0, 0, 1,
  ]);
  const found = await documents(world);
  const painted = found.find(({ locations }) => locations[0]?.url.endsWith('/paint.png'));
  expect(painted?.appearances.map(({ context }) => context)).toEqual([
    { title: 'Harbour', isBackground: true },
  ]);
  expect(painted?.tokens.title).toEqual([]);
  expect(painted?.tokens.section).toContain('harbour');
  // Again: pages that have not changed leave out what they left out.
  const again = await world.crawl(server.url);
  addsUp(again);
  expect([again.found, again.indexed, again.skipped]).toEqual([5, 2, 3]);
  expect([server.count('/pixel.png'), server.count('/logo.png')]).toEqual([0, 0]);
});
