// What can be set about crawling: how polite, how far, how much.
import { z } from 'zod';
import { connectToEntry } from '../net/connect-to.ts';
import { type OptionTable, option, type Values } from '../options.ts';
import { globProblem } from './glob.ts';

const milliseconds = z.number().int().min(0).max(3_600_000);
const globs = z.array(
  z
    .string()
    .min(1)
    .superRefine((pattern, check) => {
      const message = globProblem(pattern);
      if (message !== undefined) check.addIssue({ code: 'custom', message });
    }),
);
const bytes = z
  .number()
  .int()
  .min(1)
  .max(2 ** 31);

export const crawlerOptions = {
  contact: option(
    z
      .string()
      .max(200)
      .regex(/^[\x21-\x7e]*$/, 'a URL or mail address without spaces'),
    '',
    'URL or mail address in the user agent, for people whose site is crawled; without one it says only that robots.txt is obeyed',
  ),
  hostDelayMs: option(
    milliseconds,
    1000,
    'Least time between two requests to one host; never waited on loopback',
    'delay',
  ),
  hostConnections: option(
    z.number().int().min(1).max(64),
    1,
    'Most requests at one time to one host; a host that asks for a crawl delay gets one at a time whatever this says',
    'connections',
  ),
  imageHosts: option(
    z.array(z.string().regex(/^[^\s/:]+(:\d+)?$/, 'a host such as cdn.example.org or *.example.org')),
    [] as string[],
    'Globs of the other hosts that images of a web source or list may be taken from; without any from all, under their own robots.txt',
  ),
  maxPages: option(
    z.number().int().min(1).max(1_000_000),
    10_000,
    'Pages of a web source that are looked into in one crawl',
  ),
  maxDepth: option(
    z.number().int().min(0).max(1000),
    20,
    'Links between the start page and the last page that is looked into',
    'depth',
  ),
  include: option(
    globs,
    [] as string[],
    'Globs of which an image must match one, if there are any: without a slash for its file name, with :// for its whole address, else for its path',
  ),
  exclude: option(
    globs,
    [] as string[],
    'Globs of images, pages and folders that are left out with all that lies in them, written like those of include',
  ),
  watch: option(
    z.boolean(),
    false,
    'Whether `serve` looks at folders and buckets again and again, and crawls what has changed at once',
  ),
  watchPollMs: option(
    milliseconds.min(1000),
    10_000,
    'Time between two looks at what is watched and does not tell of changes itself, such as a bucket',
  ),
  watchSettleMs: option(
    milliseconds,
    2000,
    'A new file in a watched folder is taken when nobody has written to it for so long',
  ),
  s3Endpoint: option(
    z.string().regex(/^$|^https?:\/\/[^\s/]+\/?$/, 'an address such as https://s3.example.org'),
    '',
    'Address of the S3 service; without one that of AWS, or what AWS_ENDPOINT_URL_S3 says',
  ),
  s3Region: option(
    z.string(),
    '',
    'Region of the buckets; without one what the AWS configuration says, else us-east-1',
  ),
  s3Anonymous: option(
    z.boolean(),
    false,
    'Asks S3 without credentials, for public buckets; also done where no credentials are found',
  ),
  listMap: option(
    z.array(z.string().regex(/^[a-z]+=.+$/i, 'name=path')),
    [] as string[],
    'Where a list says what, as name=path: items, next, url, title, alt, caption, heading, section, page, date',
    'map',
  ),
  maxListBytes: option(
    bytes,
    256 * 1024 ** 2,
    'Largest list that is fetched, decompressed, and largest one in JSON that is read; JSON Lines and tables in files may be larger',
  ),
  sitemaps: option(
    z.boolean(),
    true,
    'Also looks for pages and images in the sitemaps that robots.txt names, else in /sitemap.xml, and in the feeds of the start page',
  ),
  revisit: option(
    z.enum(['adaptive', 'always']),
    'adaptive',
    'Pages that a scheduled crawl asks for: adaptive, those that are due by how often they have changed; always, every one',
  ),
  revisitMinHours: option(
    z.number().min(0).max(87_600),
    1,
    'Least hours between two visits to a page, by scheduled crawls',
  ),
  revisitMaxHours: option(
    z.number().min(0).max(87_600),
    168,
    'Most hours that a page rests between two visits; an image that changes alone is seen by then',
  ),
  goneAfter: option(
    z.number().int().min(1).max(100),
    2,
    'Crawls in a row in which a page or image must answer 404 until it is gone; 410 counts at once',
  ),
  render: option(
    z.enum(['auto', 'never', 'always']),
    'auto',
    'Whether pages are opened in a browser: those whose HTML shows signs of scripts that make them, none, or all',
  ),
  maxPageBytes: option(bytes, 10 * 1024 ** 2, 'Largest page that is read, decompressed'),
  maxImageBytes: option(bytes, 64 * 1024 ** 2, 'Largest image file that is fetched'),
  minImagePixels: option(
    z.number().int().min(1).max(100_000),
    1,
    'Least pixels on the shorter side of an image, as the page declares it or as it is when decoded',
  ),
  skipDecoration: option(
    z.boolean(),
    false,
    'Leaves out logos and icons of pages, by their classes and the names of their files',
  ),
  fetchTimeoutMs: option(milliseconds.min(1), 60_000, 'Longest time that one request may take as a whole'),
  allowPrivateHosts: option(
    z.array(z.string().min(1)),
    [] as string[],
    'Hosts or host:port pairs that may be fetched from although their addresses are private or loopback',
    'allow-private',
  ),
  connectTo: option(
    z.array(z.string().refine((text) => connectToEntry(text) !== undefined, 'host:port=host:port')),
    [] as string[],
    'Where connections for an address really go, as host:port=host:port, which may be private: for a site whose name does not lead to it yet. Host header and certificate stay those of the address',
  ),
  caFile: {
    ...option(
      z.string(),
      '',
      'PEM file with certificate authorities that sites are trusted by, beside the public ones',
    ),
    isPath: true,
  },
} satisfies OptionTable;

export type CrawlerSettings = Values<typeof crawlerOptions>;
