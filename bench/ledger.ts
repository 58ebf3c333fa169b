// What the steps of a crawl cost in each ledger: pages remembered, images described, projected and indexed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rememberPage } from '../src/crawler/remember-page.ts';
import type { ImageSighting, Source } from '../src/crawler/source.ts';
import { openIndex, openLedger, type Store } from '../src/drivers.ts';
import { openProjector } from '../src/indexer/project.ts';
import { rememberDescribed, rememberIndexed } from '../src/indexer/remember-location.ts';
import type { Describers } from '../src/inference/describe.ts';
import { openDescribeStage } from '../src/inference/describe-image.ts';
import { wordnet } from '../src/labels/taxonomy.ts';
import type { Ledger } from '../src/ledger.ts';
import { descriptionKey, type FetchedImage, locationId, now, pageId } from '../src/record.ts';
import { openDatabase } from '../src/sqlite/database.ts';
import type { Bench, Outcome } from './bench.ts';
import { askAll } from './clients.ts';
import { benchCollection, makeDocument } from './documents.ts';
import { inTurn } from './pairs.ts';
import { median, percentile } from './statistics.ts';

const inFlight = 16;
const perPage = 4;
const rounds = 5;
const crawlId = 'bench';
const sourceId = 'web:https://www.example.org/';
const modelKey = 'resnet18d-64@1-0123456789ab';

interface Side {
  readonly name: string;
  readonly ledger: Ledger;
  /** Records changed, lists and tallies since the start. */
  readonly counts: { changes: number; records: number; lists: number };
  page(n: number): Promise<void>;
  image(n: number): Promise<void>;
  close(): Promise<void>;
}

export const ledger: Bench = {
  name: 'ledger',
  about: `steps of a crawl on either ledger, ${inFlight} in flight`,
  async run(call) {
    const images = call.documents(400);
    const server = await call.server();
    const folder = await mkdtemp(join(tmpdir(), 'imagedex-bench-'));
    const database = await openDatabase(join(folder, 'imagedex.db'));
    const sides = [
      await openSide({ driver: 'sqlite', database }),
      await openSide({ driver: 'opensearch', cluster: server.cluster }),
    ];
    try {
      const measured = sides.map(() => ({
        changes: [] as number[],
        pages: [] as number[],
        images: [] as number[],
        ms: [] as number[],
      }));
      const perRound = Math.max(inFlight, Math.floor(images / rounds));
      for (let round = 0; round < rounds; round++) {
        call.progress(`round ${round + 1} of ${rounds}`);
        await inTurn(round, sides, async (side, at) => {
          const from = round * perRound;
          const one = measured[at]!;
          one.changes.push((await askAll(perRound, inFlight, (n) => change(side, from + n))).perSecond);
          const pages = Math.ceil(perRound / perPage);
          one.pages.push((await askAll(pages, inFlight, (n) => side.page(from / perPage + n))).perSecond);
          const steps = await askAll(perRound, inFlight, (n) => side.image(from + n));
          one.images.push(steps.perSecond);
          one.ms.push(...steps.ms);
        });
      }
      return outcome(perRound * rounds, sides, measured);
    } finally {
      for (const side of sides) await side.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** One new record, which nobody else writes. */
async function change({ ledger }: Side, n: number): Promise<void> {
  const { conflict } = await ledger.change([
    {
      kind: 'block',
      id: `bench-${n}`,
      expect: 0,
      record: { subject: 'address', blockedAt: now() },
    },
  ]);
  if (conflict) throw new Error('a conflict where nobody else writes');
}

async function openSide(store: Store): Promise<Side> {
  const [opened, index] = await Promise.all([openLedger(store), openIndex(store)]);
  const counts = { changes: 0, records: 0, lists: 0 };
  const ledger = counted(opened, counts);
  const projector = openProjector({ ledger, index, taxonomy: wordnet(), className: () => undefined });
  const descriptions = new Map<string, number>();
  const stage = openDescribeStage(ledger, describers(descriptions), noThumbnails, (id) =>
    projector.project(id),
  );
  const source = { id: sourceId, urlOf: (address: string) => address } as Source;
  return {
    name: store.driver,
    ledger,
    counts,
    async page(n) {
      const address = `https://www.example.org/${n}`;
      const id = pageId(benchCollection, sourceId, address);
      const sightings = Array.from({ length: perPage }, (_, at) => sighting(n * perPage + at));
      const record = {
        collection: benchCollection,
        source: sourceId,
        address,
        title: `Page ${n}`,
        validators: {},
        links: [],
        depth: 1,
        state: 'expanded',
        code: null,
        crawlId,
        expandedAt: now(),
      } as const;
      await rememberPage({ ledger, source, collection: benchCollection, crawlId }, id, record, sightings, []);
    },
    async image(n) {
      const { sha256, format } = makeDocument(n);
      descriptions.set(sha256, n);
      const fetched: FetchedImage = {
        collection: benchCollection,
        crawlId,
        source: sourceId,
        location: sighting(n).location,
        foundAt: now(),
        sha256,
        content: new Uint8Array(),
        format,
        fetchedAt: now(),
        validators: {},
      };
      await ledger.get('location', [fetched.location.id]);
      const described = await stage.describe(fetched);
      if (described.outcome !== 'described') throw new Error(described.outcome);
      await rememberDescribed(ledger, described.image);
      await projector.project(described.image.imageId);
      await rememberIndexed(ledger, described.image);
    },
    async close() {
      await index.close();
      await ledger.close();
    },
  };
}

function sighting(n: number): ImageSighting {
  const address = `https://www.example.org/pictures/${n}.jpg`;
  const { appearances } = makeDocument(n);
  const id = locationId(benchCollection, sourceId, address);
  const location = { id, address, url: address, host: 'www.example.org', words: `${n}` };
  return { location, partition: 'www.example.org', context: appearances[0]!.context };
}

/** What a model would say, without one: the ledger is measured, not inference. */
const describers = (numbers: ReadonlyMap<string, number>): Describers =>
  ({
    model: { key: modelKey },
    async describe({ sha256 }: { readonly sha256: string }) {
      const { format, width, height, sizeBytes, exif, describedAt, labels } = makeDocument(
        numbers.get(sha256)!,
      );
      return {
        outcome: 'described',
        thumbnail: new Uint8Array(),
        description: {
          key: descriptionKey(sha256, modelKey, 'original'),
          sha256,
          model: modelKey,
          format,
          width,
          height,
          sizeBytes,
          exif,
          scores: labels.slice(-5).map(({ id, confidence }) => [id, confidence * 300] as const),
          embedding: null,
          describedAt,
        },
      };
    },
  }) as unknown as Describers;
const noThumbnails = { has: async () => true, put: async () => {} };

function counted(ledger: Ledger, counts: Side['counts']): Ledger {
  return {
    ...ledger,
    get: (kind, ids) => ledger.get(kind, ids),
    async change(changes) {
      counts.changes++;
      counts.records += changes.length;
      return ledger.change(changes);
    },
    list(kind, where, page) {
      counts.lists++;
      return ledger.list(kind, where, page);
    },
    newestAppearances(id, limit) {
      counts.lists++;
      return ledger.newestAppearances(id, limit);
    },
    tally(kind, where, by) {
      counts.lists++;
      return ledger.tally(kind, where, by);
    },
    close: () => ledger.close(),
  };
}

interface Measured {
  readonly changes: readonly number[];
  readonly pages: readonly number[];
  readonly images: readonly number[];
  readonly ms: readonly number[];
}

function outcome(images: number, sides: readonly Side[], measured: readonly Measured[]): Outcome {
  const head = ['', ...sides.map(({ name }) => name)];
  const row = (name: string, value: (one: Measured, at: number) => number | string) => [
    name,
    ...measured.map(value),
  ];
  return {
    documents: images,
    tables: [
      {
        title: 'A second, median of the rounds',
        head,
        rows: [
          row('changes of one new record', (one) => median(one.changes)),
          row(`pages of ${perPage} new images remembered`, (one) => median(one.pages)),
          row('images described, projected, indexed', (one) => median(one.images)),
          row(
            'milliseconds of an image, p50 / p99',
            ({ ms }) => `${percentile(ms, 0.5).toFixed(1)} / ${percentile(ms, 0.99).toFixed(1)}`,
          ),
          row('changes (records) for an image, page included', (_, at) => {
            const { changes, records } = sides[at]!.counts;
            // One of them each is the lone change of the first row.
            return `${(changes / images - 1).toFixed(1)} (${(records / images - 1).toFixed(1)})`;
          }),
          row('lists and tallies for an image', (_, at) => sides[at]!.counts.lists / images),
        ],
        notes: [
          'The steps are those of a crawl, with the stages of the program; nothing is fetched, decoded or inferred.',
        ],
      },
    ],
  };
}
