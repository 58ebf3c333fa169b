// Writes docs/crawler-tests.md: what a crawler must stand, by number, and which tests show it. A test says the number in its
// title (`crawl 18: …`). With --check it only says whether the page is out of date; a number without a test fails either way.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = join(root, 'docs/crawler-tests.md');

const wanted: readonly (readonly [title: string, rows: Readonly<Record<number, string>>])[] = [
  [
    'Robots and politeness',
    {
      1: 'the 400 expectations of the robots.txt specification tests',
      3: 'robots.txt with 5xx, timeout, reset or TLS error: nothing is fetched, tried later',
      4: 'robots.txt with 401, 403, 404, 410: allowed; 429: backs off',
      5: 'rules after 500 KiB of robots.txt are ignored, those before hold',
      6: 'robots.txt behind redirects, other hosts included, holds for the first host',
      7: 'robots.txt asked once for each origin and day, by 200 addresses at a time',
      8: 'an image on another host obeys that host’s robots.txt',
      9: 'Crawl-delay of 2 s over 30 requests and 3 workers, measured at the server',
      10: 'Retry-After in seconds and as a date, capped',
      11: 'a slow host takes no more than a tenth of another’s rate',
      12: 'a burst of 50 answers of 429 is one step back',
      13: 'X-Robots-Tag: several headers, other agents, dates, upper case; the body is not read',
      14: 'meta robots, in the page as it came and as scripts made it',
    },
  ],
  [
    'Finding pictures',
    {
      15: 'the cases of the standard for srcset',
      16: 'picture and source with type and media, base, relative, international and odd addresses',
      17: 'lazy attributes and noscript, on a real site',
      18: 'image sitemaps: 1,000 images of a page, old tags, other hosts',
      19: 'sitemap indexes in a circle and ten deep end',
      20: 'sitemaps too long, too large, bombs, entities, no XML, CDATA, BOM, packed or not whatever their name',
      21: 'charsets by header, meta and BOM',
      22: 'real sites against the files on disk',
      23: 'a browser opens what scripts make, and nothing else',
    },
  ],
  [
    'Bad servers',
    {
      24: 'answers that are no HTTP, or hardly',
      25: 'Content-Length that lies',
      26: 'chunks cut off: nothing is stored',
      27: 'headers and bodies that drip: a deadline for the whole',
      28: 'bodies without an end: one byte beyond the cap is read',
      29: 'bombs of gzip, br, deflate, zstd in bounded memory',
      30: 'an encoding within twenty others',
      31: 'redirects: loops, chains, to other schemes, without or with an odd Location',
      32: 'HTML named .jpg, JPEG named HTML, soft 404, 204, 206, 304 without a reason',
      33: 'credentials and cookies stay with their origin',
      34: 'certificates expired, self-signed, of another host',
    },
  ],
  [
    'Addresses that are not public',
    {
      35: 'every spelling of loopback and private addresses',
      36: 'names that resolve to another address each time',
      37: 'names with public and private addresses',
      38: 'redirects of every kind, in a browser with all that a page can ask for',
      39: 'sitemaps, robots.txt, og:image, SVG, style sheets',
      40: 'what is allowed by name gets through, proxies of the environment lead nowhere',
      41: 'endpoints and keys of S3 with odd characters and lengths',
    },
  ],
  [
    'Odd pictures',
    {
      43: 'PngSuite: broken ones refused, the others decoded right',
      44: 'a pixel bomb',
      45: 'animations and many pages: the first only, bounded',
      46: 'the eight EXIF orientations',
      47: 'CMYK, 16 bits, grey, palettes, profiles, progressive',
      48: 'SVG',
      49: 'truncated JPEGs',
      50: 'describers that die in the middle of a window',
      51: 'no bytes, one byte, one pixel, 1 × 50,000',
    },
  ],
  [
    'Durability',
    {
      53: 'killed, or refused by the disk, at every write',
      54: 'cut off or zeroed files at start-up',
      55: 'every item delivered again',
      61: 'windows that close by time; one bad image does not fail the others',
      62: 'SIGTERM: lets what is under way finish, leaves no process behind',
      63: 'a soak with faults of every kind',
    },
  ],
];

interface Found {
  readonly file: string;
  readonly title: string;
}

/** Wherever a title is written: in the call of a test, or in a table of them. */
const titled = /(['"`])(crawl [\d, ]+: [^\n]*?)\1/g;
/\b(?:test|it|describe)(?:\.[a-zA-Z]+(?:\([^()]*\))?)*\(\s*(['"`])(crawl [\d, ]+: .*?)\1\s*,/gs;

async function testsByNumber(): Promise<Map<number, Found[]>> {
  const found = new Map<number, Found[]>();
  const files = (await readdir(join(root, 'test'), { recursive: true })).filter((file) =>
    file.endsWith('.ts'),
  );
  for (const file of files.sort()) {
    const text = await readFile(join(root, 'test', file), 'utf8');
    for (const [, , said = ''] of text.matchAll(titled)) {
      const [, numbers = '', title = ''] = /^crawl ([\d, ]+): (.*)$/s.exec(said) ?? [];
      for (const number of numbers.split(',').map(Number)) {
        found.set(number, [...(found.get(number) ?? []), { file: `test/${file}`, title }]);
      }
    }
  }
  return found;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function table(rows: Readonly<Record<number, string>>, found: ReadonlyMap<number, readonly Found[]>): string {
  const lines = Object.entries(rows).map(([number, about]) => {
    const tests = (found.get(Number(number)) ?? []).map(({ file, title }) => `[${title}](../${file})`);
    return `| ${number} | ${cell(about)} | ${cell(tests.join('<br>'))} |`;
  });
  return ['| number | what must hold | tests |', '| ---: | --- | --- |', ...lines].join('\n');
}

const found = await testsByNumber();
const missing = wanted
  .flatMap(([, rows]) => Object.keys(rows))
  .filter((number) => !found.has(Number(number)));
const text = `${[
  '# What the crawler must stand',
  '<!-- Made by `npm run docs` from the titles of the tests: edit those, not this. -->',
  'Each row is shown by the tests beside it: `npx vitest run FILE -t "crawl NUMBER"`.',
  ...wanted.flatMap(([title, rows]) => [`## ${title}`, table(rows, found)]),
].join('\n\n')}\n`;
if (process.argv.includes('--check')) {
  if ((await readFile(page, 'utf8').catch(() => '')) !== text) {
    process.stderr.write('docs/crawler-tests.md is out of date: npm run docs makes it anew\n');
    process.exitCode = 1;
  }
} else await writeFile(page, text);
if (missing.length > 0) {
  process.stderr.write(`no test says that it shows ${missing.join(', ')} of docs/crawler-tests.md\n`);
  process.exitCode = 1;
}
