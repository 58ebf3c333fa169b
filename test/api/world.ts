// A small world for the tests of the API: 42 images with thumbnails, crawls and failures, in real stores.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { ApiParts } from '../../src/api/api-parts.ts';
import { openClassifyRoom } from '../../src/api/classify-room.ts';
import { openServer } from '../../src/api/server.ts';
import { thumbnailKey } from '../../src/blobs/blobs.ts';
import { open as openBlobs } from '../../src/blobs/folder.ts';
import type { ImageDocument } from '../../src/indexer/image-index.ts';
import { open as openIndex } from '../../src/indexer/stores/sqlite.ts';
import type { Label } from '../../src/labels/label-maker.ts';
import { type Taxonomy, wordnet } from '../../src/labels/taxonomy.ts';
import type { Change } from '../../src/ledger.ts';
import { open as openLedger } from '../../src/ledgers/sqlite.ts';
import { openLog } from '../../src/log.ts';
import { imageId, sha256Of } from '../../src/record.ts';
import { openSchedules } from '../../src/schedules/schedules.ts';
import { openDatabase } from '../../src/sqlite/database.ts';
import { tokens } from '../../src/text.ts';

/** Concept, confidence of 200, what a page says, width and height, colour of the picture. */
const subjects = [
  ['n02099601', 182, 'Bella asleep on the porch', 3, 2, '#c99a4b'],
  ['n02088364', 150, 'A beagle in the snow', 4, 3, '#8f6a4a'],
  ['n02123045', 166, 'The tabby on our window sill', 1, 1, '#7d7468'],
  ['n04285008', 190, 'Red sports car at the lake', 16, 9, '#b3312c'],
  ['n03345487', 140, 'Fire engine at the parade', 3, 2, '#cc3b2f'],
  ['n11939491', 124, 'Daisies by the road', 2, 3, '#e8d55b'],
  ['n02279972', 171, 'A monarch on milkweed', 1, 1, '#e08a2b'],
  ['n09472597', 133, 'Smoke over the volcano', 16, 9, '#5b5f6b'],
  ['n07753592', 178, 'Bananas at the market', 4, 3, '#efcf3f'],
  ['n04398044', 160, 'Grandmother’s teapot', 3, 4, '#4c7f8f'],
  ['n02782093', 129, 'Balloons at dawn', 2, 3, '#d0648a'],
  ['n02676566', 155, 'An old guitar', 3, 4, '#9a6233'],
] as const;

export const imageCount = 42;
/** Its thumbnail is not there. */
export const brokenImage = 7;

export interface World {
  readonly parts: ApiParts;
  readonly documents: readonly ImageDocument[];
  /** What was logged, line by line. */
  readonly logged: readonly string[];
  close(): Promise<void>;
}

export async function openWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'imagedex-api-'));
  const database = await openDatabase(join(folder, 'imagedex.db'));
  const [index, ledger, blobs] = await Promise.all([
    openIndex(database),
    openLedger(database),
    openBlobs({ folder: join(folder, 'blobs') }),
  ]);
  const taxonomy = wordnet();
  const documents: ImageDocument[] = [];
  for (let number = 0; number < imageCount; number++) {
    const content = await paint(number);
    const document = documentOf(number, content, taxonomy);
    documents.push(document);
    if (number !== brokenImage) await blobs.put(thumbnailKey(document.sha256), content);
  }
  await index.put(documents);
  await index.refresh();
  await ledger.change(records);
  const logged: string[] = [];
  const log = openLog('debug', (line) => logged.push(line), false);
  return {
    parts: {
      index,
      ledger,
      blobs,
      taxonomy,
      log,
      actions: noActions(ledger),
      collections: new Map(),
      publicHosts: [],
      ready: () => true,
    },
    documents,
    logged,
    async close() {
      await Promise.all([index.close(), ledger.close(), blobs.close()]);
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A world that is only looked at: what mutations do is tested with the whole app. */
function noActions(ledger: ApiParts['ledger']): ApiParts['actions'] {
  const absent = () => Promise.reject(new Error('this world has no actions'));
  return {
    startCrawl: absent,
    retryFailures: absent,
    schedules: openSchedules({ ledger, collections: async () => new Map() }),
    forget: absent,
    classifyUrl: absent,
    classifyContent: absent,
    maxImageBytes: 1_000_000,
    classifyRoom: openClassifyRoom({ maxImages: 1, maxBytes: 100_000_000 }),
  };
}

/** The first pictures once more, in a collection of another name. */
export async function addCollection({ parts, documents }: World, name: string, count: number): Promise<void> {
  const record = { name, sources: [], unfinished: {}, unpurged: [] };
  await parts.ledger.change([{ kind: 'collection', id: name, expect: 0, record }]);
  await parts.index.put(
    documents.slice(0, count).map((one) => ({ ...one, id: imageId(name, one.sha256), collection: name })),
  );
  await parts.index.refresh();
}

/** The world behind its server, on any free port. */
export async function serveWorld(parts: Partial<ApiParts> = {}) {
  const world = await openWorld();
  const server = await openServer({ ...world.parts, ...parts }, { host: '127.0.0.1', port: 0 });
  return {
    ...world,
    ...server,
    async close() {
      await server.close();
      await world.close();
    },
  };
}

export interface Answer<T> {
  readonly data?: T | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/** The type says what the test expects; the test then looks. */
export async function ask<T>(url: string, query: string, variables: object = {}): Promise<Answer<T>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer<T>;
}

/** The data; an error of the API is the test's. */
export async function answer<T>(url: string, query: string, variables: object = {}): Promise<T> {
  const { data, errors } = await ask<T>(url, query, variables);
  if (errors !== undefined || !data) throw new Error(JSON.stringify(errors));
  return data;
}

const subjectOf = (number: number) => subjects[number % subjects.length]!;
const day = (number: number) => new Date(Date.UTC(2026, 0, 1 + number)).toISOString();

async function paint(number: number): Promise<Buffer> {
  const [, , , across, down, colour] = subjectOf(number);
  const [width, height] = [
    across * 20 * (320 / (Math.max(across, down) * 20)),
    down * 20 * (320 / (Math.max(across, down) * 20)),
  ];
  const x = width * (0.3 + 0.1 * (number % 5));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="#fff"/><stop offset="1" stop-color="${colour}"/></linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#sky)"/>
    <circle cx="${x}" cy="${height * 0.45}" r="${Math.min(width, height) * 0.26}" fill="${colour}"/>
    <rect y="${height * 0.76}" width="100%" height="${height}" fill="${colour}" opacity="0.8"/>
    <text x="12" y="${height - 14}" font-size="22" fill="#fff">${number}</text>
  </svg>`;
  return sharp(Buffer.from(svg)).jpeg().toBuffer();
}

/** The concept and all above it: each a little surer than the one below. */
function labelsOf(concept: string, confidence: number, taxonomy: Taxonomy): Label[] {
  const labels: Label[] = [];
  for (
    let id: string | undefined = concept, sure = confidence;
    id !== undefined;
    sure = Math.min(199, sure + 6)
  ) {
    const known = taxonomy.get(id);
    labels.unshift({ id, name: known?.names[0] ?? id, confidence: sure, accepted: sure >= 120 });
    id = known?.parents[0];
  }
  labels.push({ id: 'n04254680', name: 'soccer ball', confidence: 14, accepted: false });
  return labels.sort((a, b) => b.confidence - a.confidence);
}

function documentOf(number: number, content: Buffer, taxonomy: Taxonomy): ImageDocument {
  const [concept, confidence, words, across, down] = subjectOf(number);
  const sha256 = sha256Of(content);
  const round = Math.floor(number / subjects.length);
  const inFolder = number % 9 === 8;
  const host = inFolder ? '' : number % 4 === 3 ? 'cdn.example.org' : 'www.example.org';
  const url = inFolder ? `file:///home/ada/Pictures/${number}.jpg` : `https://${host}/pictures/${number}.jpg`;
  const context = {
    alt: words,
    title: 'Our summer',
    heading: `Week ${number}`,
    caption: `${words}, number ${number}`,
  };
  return {
    id: imageId('default', sha256),
    collection: 'default',
    revision: 1,
    sha256,
    format: number % 5 === 4 ? 'PNG' : 'JPEG',
    width: across * 200,
    height: down * 200,
    sizeBytes: 40_000 + number * 1000,
    exif: number % 3 === 0 ? { takenAt: day(number), camera: 'Pixel 8' } : {},
    // The third round of each is less sure: from 0.25 on it is not accepted any more.
    labels: labelsOf(concept, confidence - round * 30, taxonomy),
    model: 'resnet18d-64@1#abc',
    tokens: {
      alt: inFolder ? [] : tokens(words),
      caption: inFolder ? [] : tokens(context.caption),
      title: inFolder ? [] : tokens(context.title),
      heading: inFolder ? [] : tokens(context.heading),
      section: [],
    },
    hosts: inFolder ? [] : [host],
    locations: [
      {
        id: `l${number}`,
        url,
        host,
        source: inFolder ? 'folder:/home/ada/Pictures' : 'web:https://www.example.org/',
      },
    ],
    appearances: inFolder
      ? []
      : [
          {
            pageUrl: `https://www.example.org/week-${number}.html`,
            locationId: `l${number}`,
            context,
            seenAt: day(number),
          },
        ],
    appearanceCount: inFolder ? 0 : 1,
    describedAt: day(number),
    fetchedAt: day(number),
  };
}

const crawl = (id: string, startedAt: string, state: 'complete' | 'running'): Change => ({
  kind: 'crawl',
  id,
  expect: 0,
  record: {
    collection: 'default',
    sources: ['web:https://www.example.org/'],
    state,
    fresh: false,
    isRetry: false,
    maxImages: null,
    partial: false,
    isCutAtDepth: false,
    startedAt,
    endedAt: state === 'complete' ? startedAt : null,
    seconds: 12.5,
    gone: 1,
    owner: null,
    settings: {},
    counts: null,
  },
});

const place = (
  number: number,
  outcome: 'indexed' | 'skipped' | 'failed' | null,
  code: 'robots_denied' | 'not_found' | null,
): Change => ({
  kind: 'location',
  id: `l${number}`,
  expect: 0,
  record: {
    collection: 'default',
    source: 'web:https://www.example.org/',
    address: `https://www.example.org/pictures/${number}.jpg`,
    url: `https://www.example.org/pictures/${number}.jpg`,
    host: 'www.example.org',
    words: '',
    state: outcome ?? 'found',
    imageId: null,
    sha256: null,
    descriptionKey: null,
    validators: {},
    foundAt: day(1),
    fetchedAt: null,
    crawlId: 'crawl-2',
    outcome,
    code,
    inferred: outcome === 'indexed',
  },
});

const failed = (number: number): Change => ({
  kind: 'failure',
  id: `f${number}`,
  expect: 0,
  record: {
    collection: 'default',
    source: 'web:https://www.example.org/',
    crawlId: number < 3 ? 'crawl-1' : 'crawl-2',
    subject: 'image',
    address: `https://www.example.org/gone/${number}.jpg`,
    url: `https://www.example.org/gone/${number}.jpg`,
    depth: 1,
    stage: 'fetch',
    code: 'not_found',
    reason: 'the server answered 404',
    attempts: 1,
    at: day(2),
  },
});

const records: Change[] = [
  {
    kind: 'collection',
    id: 'default',
    expect: 0,
    record: {
      name: 'default',
      sources: ['web:https://www.example.org/', 'folder:/home/ada/Pictures'],
      unfinished: {},
      unpurged: [],
    },
  },
  crawl('crawl-1', day(1), 'complete'),
  crawl('crawl-2', day(2), 'running'),
  place(1, 'indexed', null),
  place(2, 'skipped', 'robots_denied'),
  place(3, 'failed', 'not_found'),
  place(4, null, null),
  ...[1, 2, 3, 4, 5].map(failed),
];
