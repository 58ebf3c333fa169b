// What pages, sitemaps and robots.txt may lead to: every private address in every way that a site can name one, with a
// whole crawl. Listeners on this machine count who comes.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRawServer, type RawServer } from '../net/raw-server.ts';
import { picture } from '../pictures.ts';
import { sharedPath } from '../shared.ts';
import { openWebServer, type Page, type WebServer } from '../web-server.ts';
import { addsUp, documents, openWorld } from '../world.ts';

const hostsFile = sharedPath('ssrf-hosts.txt');
if (hostsFile === null) process.stderr.write('skipped: needs ssrf-hosts.txt, which is absent\n');

describe.skipIf(hostsFile === null && process.env['CI'] !== 'true')('private addresses', () => {
  let canaries: RawServer[] = [];
  let server: WebServer;
  /** Every host at the port of every listener, as they are spelt. */
  let origins: readonly string[];
  let hosts: readonly string[];

  beforeAll(async () => {
    hosts = readFileSync(hostsFile as string, 'utf8')
      .trim()
      .split('\n');
    const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi';
    const opened = ['127.0.0.1', '0.0.0.0', '::1', '::'].map((address) =>
      openRawServer((socket) => socket.end(answer), address).catch(() => undefined),
    );
    canaries = (await Promise.all(opened)).filter((one) => one !== undefined);
    origins = hosts.flatMap((host) => canaries.map(({ port }) => `http://${host}:${port}`));
    server = await openWebServer({});
  });
  afterAll(async () => {
    await server?.close();
    for (const canary of canaries) await canary.close();
  });
  const hits = (): number => canaries.reduce((sum, one) => sum + one.connections(), 0);

  /** Without digits: pages that differ by numbers and all lead away are soon left out. */
  const lettered = (number: number): string =>
    [...String(number)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
  const redirect = (status: number, location: string): Page => ({ status, headers: { location } });

  test('crawl 35, 38, 39: nothing that a site names is asked of one, however it names it', async () => {
    expect(hosts.length).toBe(40);
    expect(canaries.length).toBeGreaterThanOrEqual(2);
    const each = (make: (origin: string, at: number) => string): string => origins.map(make).join('\n');
    const statuses = [301, 302, 303, 307, 308];
    const names = hosts.map((_, at) => `site-${at}.example`);
    const own = (path: string): string => `${server.url}${path}`;
    server.set('/good.jpg', await picture(1));
    // Of the names that lead here each is sent elsewhere for its robots.txt, the site itself is not.
    server.set('/robots.txt', (request) => {
      const at = names.indexOf(request.headers.host ?? '');
      if (at >= 0) return { status: 302, headers: { location: `${origins[at]}/robots.txt` } };
      return {
        body: `User-agent: *\nDisallow:\n${each((origin) => `Sitemap: ${origin}/map.xml`)}\nSitemap: ${own('/map.xml')}`,
      };
    });
    server.set('/map.xml', {
      headers: { 'content-type': 'application/xml' },
      body: `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
        ${each((origin, at) => `<url><loc>${origin}/loc</loc></url><url><loc>${own(`/mapped-${at}`)}</loc><image:image><image:loc>${origin}/map.jpg</image:loc></image:image></url>`)}</urlset>`,
    });
    server.set('/feed.xml', {
      headers: { 'content-type': 'application/rss+xml' },
      body: `<rss version="2.0"><channel>${each((origin) => `<item><link>${origin}/item</link><enclosure url="${origin}/rss.jpg" type="image/jpeg" length="1"/></item>`)}</channel></rss>`,
    });
    server.set(
      '/style.css',
      `${each((origin) => `@import "${origin}/more.css"; a { background: url(${origin}/css.jpg) }`)}`,
    );
    server.set(
      '/picture.svg',
      `<svg xmlns="http://www.w3.org/2000/svg">${each((origin) => `<image href="${origin}/in.jpg"/>`)}</svg>`,
    );
    for (const status of statuses) {
      for (const [at, origin] of origins.entries()) {
        server.set(`/to-${lettered(status)}-${lettered(at)}.jpg`, redirect(status, `${origin}/image`));
        server.set(`/to-${lettered(status)}-${lettered(at)}`, redirect(status, `${origin}/page`));
      }
    }
    server.set(
      '/meta',
      each((origin) => `<meta http-equiv="refresh" content="0; url=${origin}/refresh">`),
    );
    server.set('/base', `<base href="${origins[0]}/"><img src="base.jpg"><a href="based">b</a>`);
    server.set(
      '/',
      `<link rel="alternate" type="application/rss+xml" href="/feed.xml"><link rel="stylesheet" href="/style.css">
      <a href="/meta">m</a><a href="/base">b</a><img src="/good.jpg"><img src="/picture.svg">
      ${each(
        (
          origin,
        ) => `<meta property="og:image" content="${origin}/og.jpg"><meta name="twitter:image" content="${origin}/tw.jpg">
        <link rel="image_src" href="${origin}/src.jpg"><link rel="preload" as="image" href="${origin}/pre.jpg"><link rel="stylesheet" href="${origin}/far.css">
        <script type="application/ld+json">{"@type":"ImageObject","contentUrl":"${origin}/ld.jpg"}</script>
        <img src="${origin}/img.jpg" srcset="${origin}/set.jpg 2x"><div style="background-image:url(${origin}/inline.jpg)"></div>
        <svg><image href="${origin}/svg.jpg"/></svg><a href="${origin}/a.jpg">i</a><a href="${origin}/page">p</a><iframe src="${origin}/frame"></iframe>`,
      )}
      ${statuses.map((status) => each((_origin, at) => `<img src="/to-${lettered(status)}-${lettered(at)}.jpg"><a href="/to-${lettered(status)}-${lettered(at)}">r</a>`)).join('\n')}
      ${names.map((name) => `<img src="http://${name}/photo.jpg">`).join('\n')}`,
    );
    const world = await openWorld({
      describers: 1,
      hostDelayMs: 0,
      retries: 0,
      connectTo: names.map((name) => `${name}:80=127.0.0.1:${server.port}`),
    });
    const report = await world.crawl(server.url);
    const documented = await documents(world);
    await world.close();
    addsUp(report);
    expect(hits()).toBe(0);
    // And they do count.
    for (const { url } of canaries) await fetch(url).catch(() => undefined);
    expect(hits()).toBe(canaries.length);
    // They were come to, and refused one by one.
    const refused = report.skips.find(({ code }) => code === 'private_address')?.count ?? 0;
    expect(refused).toBeGreaterThan(statuses.length * origins.length);
    expect(documented.flatMap(({ locations }) => locations.map(({ url }) => url))).toEqual([
      own('/good.jpg'),
    ]);
    expect(server.count(`/to-${lettered(308)}-${lettered(origins.length - 1)}.jpg`)).toBe(1);
    expect(server.count(`/to-${lettered(308)}-${lettered(origins.length - 1)}`)).toBe(1);
    expect(
      server.asked.filter(({ headers }) => names.includes(headers.host ?? '')).map(({ path }) => path),
    ).toEqual(names.map(() => '/robots.txt'));
  }, 120_000);

  test('crawl 40: a host inside that is named is asked, at that port and no other', async () => {
    const before = hits();
    const inside = await openWebServer({ '/inside.jpg': await picture(2) });
    const [canary] = canaries;
    server.set(
      '/',
      `<img src="${inside.url}/inside.jpg"><img src="http://127.0.0.1:${canary?.port}/other.jpg">`,
    );
    server.set('/robots.txt', null);
    const world = await openWorld({ describers: 1, hostDelayMs: 0, allowPrivateHosts: [inside.host] });
    const report = await world.crawl(server.url);
    await world.close();
    expect([report.indexed, report.skips]).toEqual([1, [{ code: 'private_address', count: 1 }]]);
    expect(inside.count('/inside.jpg')).toBe(1);
    expect(hits()).toBe(before);
    await inside.close();
  });
});
