// Real sites under their own names, over HTTPS: what a crawl finds, against what another parser counts in their files.
// `SITE=DIR` names another site, `SITE_ORIGIN` its origin.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { basename, extname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countSite, fileOf, type Shown, type SiteTruth, startPage } from '../../scripts/count-site.ts';
import type { CrawlReport } from '../../src/crawl-report.ts';
import { type AppearanceRecord, type LocationRecord, listAll } from '../../src/ledger.ts';
import { newAuthority } from '../opensearch/certificates.ts';
import { sharedPath } from '../shared.ts';
import { openWorld, testFolder, type World } from '../world.ts';

const authority = newAuthority();
let folder: string;
let caFile: string;
beforeAll(async () => {
  folder = await testFolder();
  caFile = join(folder, 'authority.pem');
  await writeFile(caFile, authority.cert);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Site {
  readonly folder: string;
  readonly origin: string;
}
const other = process.env['SITE'];
const sites: readonly { readonly name: string; readonly folder: string | null; readonly origin: string }[] =
  other === undefined
    ? [
        {
          name: 'crawl 17: lazyload',
          folder: sharedPath('sites/lazyload'),
          origin: 'https://lazyload.example',
        },
        {
          name: 'crawl 22: marinebon',
          folder: sharedPath('sites/marinebon'),
          origin: 'https://sanctuaries.marinebon.org',
        },
      ]
    : [
        {
          name: `crawl 22: ${basename(other)}`,
          folder: other,
          origin: process.env['SITE_ORIGIN'] ?? 'https://site.example',
        },
      ];

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.txt': 'text/plain',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
  '.png': 'image/png',
  '.gif': 'image/gif',
};

async function serve({ folder, origin }: Site): Promise<Server> {
  const server = createServer(authority.sign({ names: [new URL(origin).hostname] }), (request, response) => {
    const { pathname } = new URL(request.url ?? '/', origin);
    const file = fileOf(folder, pathname);
    if (pathname === '/')
      response.setHeader('content-type', 'text/html; charset=utf-8').end(startPage(folder));
    else if (file === undefined) response.writeHead(404).end();
    else
      void readFile(file).then((body) =>
        response.setHeader('content-type', mediaTypes[extname(file)] ?? 'image/jpeg').end(body),
      );
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  return server;
}

interface Crawled {
  readonly report: CrawlReport;
  readonly locations: ReadonlyMap<string, LocationRecord>;
  readonly appearances: readonly AppearanceRecord[];
}

async function crawl({ folder, origin }: Site): Promise<Crawled> {
  const server = await serve({ folder, origin });
  const { port } = server.address() as AddressInfo;
  const host = new URL(origin).hostname;
  let world: World | undefined;
  try {
    world = await openWorld({
      connectTo: [`${host}:443=127.0.0.1:${port}`],
      caFile,
      hostDelayMs: 0,
    });
    const report = await world.crawl(`${origin}/`);
    const locations = new Map<string, LocationRecord>();
    for await (const { id, record } of listAll(world.parts.ledger, 'location', {})) locations.set(id, record);
    const appearances: AppearanceRecord[] = [];
    for await (const { record } of listAll(world.parts.ledger, 'appearance', {})) appearances.push(record);
    return { report, locations, appearances };
  } finally {
    await world?.close();
    server.closeAllConnections();
    server.close();
  }
}

const bare = (url: string): string => url.replace(/[?#].*$/, '');
const words = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 500).trim();

/** What a page reports: each of its images with all the files that it names of it. */
function reportedOn({ locations, appearances }: Crawled): Map<string, { files: string[]; alt: string }[]> {
  const pages = new Map<string, { files: string[]; alt: string }[]>();
  for (const { locationId, pageUrl, context, variants = [] } of appearances) {
    const { address } = locations.get(locationId)!;
    const files = [address, ...variants.map(({ url }) => url)].map(bare);
    pages.set(pageUrl, [...(pages.get(pageUrl) ?? []), { files, alt: context.alt ?? '' }]);
  }
  return pages;
}

interface Figures {
  readonly pages: number;
  readonly shown: number;
  readonly missed: readonly string[];
  readonly reported: number;
  readonly absent: readonly string[];
  readonly invented: readonly string[];
  readonly alts: number;
  readonly otherAlts: readonly string[];
}

function compare(truth: SiteTruth, crawled: Crawled, origin: string): Figures {
  const reported = reportedOn(crawled);
  const missed: string[] = [];
  const otherAlts: string[] = [];
  const [places, seen] = [new Map<string, Shown>(), new Set<string>()];
  let alts = 0;
  for (const [page, shown] of truth.pages) {
    const images = reported.get(page) ?? [];
    for (const one of shown) {
      const key = one.files.join(' ');
      places.set(key, one);
      const fits = images.filter(({ files }) => one.files.some((file) => files.includes(file)));
      if (fits.length > 0) seen.add(key);
      else missed.push(`${one.how} ${one.files[0]} on ${page}`);
      if (one.alt.trim() === '' || fits.length === 0) continue;
      alts++;
      // An image that a page shows twice has one of its alt texts there.
      const allowed = shown.filter(({ files }) =>
        fits.some((fit) => files.some((file) => fit.files.includes(file))),
      );
      if (!fits.some(({ alt }) => allowed.some((place) => words(place.alt) === alt)))
        otherAlts.push(`${words(one.alt)} ≠ ${fits[0]?.alt} on ${page}`);
    }
  }
  const own = [...crawled.locations.values()].filter(
    ({ address, code }) => address.startsWith(`${origin}/`) && code !== 'embedded',
  );
  return {
    pages: truth.pages.size,
    shown: places.size,
    missed: missed.filter((line) => !seen.has(line)),
    reported: own.length,
    absent: own.filter(({ address }) => !truth.exists(address)).map(({ address }) => address),
    invented: own.filter(({ address }) => !truth.named.has(bare(address))).map(({ address }) => address),
    alts,
    otherAlts,
  };
}

describe.each(sites)('$name', ({ name, folder: files, origin }) => {
  test.skipIf(files === null)(
    `${name}: 99 of 100 pictures are found, what is reported exists, alt texts agree`,
    async () => {
      const site = { folder: files!, origin };
      const truth = countSite(site.folder, origin);
      const crawled = await crawl(site);
      const figures = compare(truth, crawled, origin);
      const { missed, absent, invented, otherAlts, ...counts } = figures;
      const list = (title: string, lines: readonly string[]) =>
        [`${title}: ${lines.length}`, ...lines.slice(0, 20).map((line) => `  ${line}`)].join('\n');
      const { found, indexed: taken, skipped, failed, skips } = crawled.report;
      process.stdout.write(
        `${[JSON.stringify(counts), JSON.stringify({ found, indexed: taken, skipped, failed, skips }), list('missed', missed), list('without a file', absent), list('that no page names', invented), list('other alt texts', otherAlts)].join('\n')}\n`,
      );
      expect(figures.shown).toBeGreaterThan(0);
      expect(missed.length / figures.shown).toBeLessThanOrEqual(0.01);
      expect(otherAlts).toEqual([]);
      // Searches report what was indexed; what a page names though it is not there is a failure.
      const indexed = [...crawled.locations.values()].filter(({ state }) => state === 'indexed');
      const isThere = ({ address }: LocationRecord) =>
        !address.startsWith(`${origin}/`) || truth.exists(address);
      expect(indexed.filter(isThere).length / indexed.length).toBeGreaterThanOrEqual(0.99);
      // Nothing is asked for that no page names.
      expect(invented).toEqual([]);
    },
    600_000,
  );
});
