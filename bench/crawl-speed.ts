// Images found, downloaded, decoded and resized: a crawl of ours, img2dataset and Crawlee on one site, in turn.
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bench, BenchCall, Finding, Outcome } from './bench.ts';
import { inTurn } from './pairs.ts';
import { imagePath } from './site.ts';
import { type SiteServer, startSite } from './site-server.ts';
import { median } from './statistics.ts';
import { type Timed, timed } from './timed.ts';
import { tinyModel, writeTinyModel } from './tiny-model.ts';

const side = 256;
const perPage = 2.5;
const rounds = 3;
const delays = [0, 50];
/** Processes and threads of img2dataset, of which its best counts. */
const threadChoices = [32, 128];
const program = (name: string) => fileURLToPath(new URL(name, import.meta.url));

interface Rival {
  readonly name: string;
  /** Returns how many images came out. */
  run(site: SiteServer, folder: string, images: number): Promise<Timed & { readonly made: number }>;
}

const ours: Rival = {
  name: 'imagedex',
  async run(site, folder, images) {
    await writeTinyModel(folder, side);
    const env = {
      IMAGEDEX_DATA_DIR: folder,
      IMAGEDEX_MODEL: tinyModel,
      IMAGEDEX_HOST_DELAY_MS: '0',
      IMAGEDEX_HOST_CONNECTIONS: '64',
      IMAGEDEX_CONCURRENCY: '64',
      IMAGEDEX_MAX_PAGES: '1000000',
      IMAGEDEX_LOG_LEVEL: 'error',
    };
    const cli = program('../dist/cli.js');
    const took = await timed([process.execPath, cli, 'crawl', `${site.url}/`, '--json'], {
      cwd: folder,
      env,
    });
    const { indexed } = JSON.parse(took.output.trim().split('\n').at(-1)!) as { indexed: number };
    if (indexed !== images) throw new Error(`expected ${images} images, came ${indexed}`);
    return { ...took, made: indexed };
  },
};

const img2dataset = (command: string, threads: number): Rival => ({
  name: `img2dataset, ${threads} threads`,
  async run(site, folder, images) {
    const list = join(folder, 'addresses.txt');
    const paths = Array.from({ length: images }, (_, image) => `${site.url}${imagePath(image)}\n`);
    await writeFile(list, paths.join(''));
    const out = join(folder, 'out');
    const words = [
      command,
      `--url_list=${list}`,
      `--output_folder=${out}`,
      `--image_size=${side}`,
      '--resize_mode=keep_ratio',
      '--output_format=files',
      '--processes_count=2',
      `--thread_count=${threads}`,
      `--number_sample_per_shard=${Math.ceil(images / 4)}`,
      // What it would otherwise look for in headers that this site does not send.
      '--disallowed_header_directives=[]',
    ];
    const took = await timed(words, { cwd: folder, env: { NO_ALBUMENTATIONS_UPDATE: '1' } });
    const made = (await readdir(out, { recursive: true })).filter((name) => name.endsWith('.jpg')).length;
    return { ...took, made };
  },
});

const crawlee = (modules: string): Rival => ({
  name: 'Crawlee CheerioCrawler + sharp',
  async run(site, folder) {
    const words = [
      process.execPath,
      program('./rivals/crawlee.mjs'),
      modules,
      `${site.url}/`,
      join(folder, 'out'),
      '32',
    ];
    const took = await timed(words, { cwd: folder });
    return { ...took, made: (JSON.parse(took.output.trim().split('\n').at(-1)!) as { made: number }).made };
  },
});

function rivals(progress: BenchCall['progress']): Rival[] {
  const command = process.env['IMG2DATASET'];
  const modules = process.env['CRAWLEE_DIR'];
  if (command === undefined)
    progress(
      'img2dataset is left out: python3 -m venv V && V/bin/pip install img2dataset, then IMG2DATASET=V/bin/img2dataset',
    );
  if (modules === undefined || !existsSync(modules))
    progress(
      'Crawlee is left out: npm install @crawlee/cheerio sharp in a folder, then CRAWLEE_DIR=that folder',
    );
  return [
    ours,
    ...(command === undefined ? [] : threadChoices.map((threads) => img2dataset(command, threads))),
    ...(modules === undefined ? [] : [crawlee(modules)]),
  ];
}

interface Measured {
  readonly name: string;
  readonly delayMs: number;
  readonly perSecond: number[];
  readonly perCpuSecond: number[];
  readonly cpuMs: number[];
}

async function measure(call: BenchCall, images: number): Promise<Measured[]> {
  const options = { pages: Math.round(images / perPage), images, keptBytes: 2e9, isWarm: true };
  const site = await startSite(options);
  call.atEnd(() => site.close());
  const all = rivals(call.progress);
  const measured = delays.flatMap((delayMs) =>
    all.map(({ name }): Measured => ({ name, delayMs, perSecond: [], perCpuSecond: [], cpuMs: [] })),
  );
  for (const delayMs of delays) {
    await site.setDelay(delayMs);
    for (let round = 0; round < rounds; round++) {
      call.progress(`${delayMs} ms an answer, round ${round + 1} of ${rounds}`);
      await inTurn(round, all, async (rival) => {
        const folder = await mkdtemp(join(tmpdir(), 'imagedex-bench-'));
        try {
          const { seconds, cpuSeconds, made } = await rival.run(site, folder, images);
          if (made < images * 0.99) throw new Error(`${rival.name}: expected ${images} images, came ${made}`);
          const of = measured.find((one) => one.name === rival.name && one.delayMs === delayMs)!;
          of.perSecond.push(made / seconds);
          of.perCpuSecond.push(made / cpuSeconds);
          of.cpuMs.push((cpuSeconds / made) * 1000);
          call.progress(
            `${rival.name}: ${(made / seconds).toFixed(1)} a second, ${(made / cpuSeconds).toFixed(1)} a CPU second`,
          );
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      });
    }
  }
  return measured;
}

function findings(measured: readonly Measured[]): Finding[] {
  const best = (delayMs: number, name: string, of: 'perSecond' | 'perCpuSecond') =>
    Math.max(
      ...measured
        .filter((one) => one.delayMs === delayMs && one.name.startsWith(name))
        .map((one) => median(one[of])),
    );
  const finding = (
    delayMs: number,
    rival: string,
    of: 'perSecond' | 'perCpuSecond',
    least: number,
  ): Finding => {
    const ratio = best(delayMs, ours.name, of) / best(delayMs, rival, of);
    const unit = of === 'perSecond' ? 'a second' : 'a CPU second';
    return {
      what: `imagedex to ${rival}, ${unit}, ${delayMs} ms an answer`,
      wanted: `≥ ${least.toFixed(1)}`,
      came: ratio.toFixed(2),
      holds: ratio >= least,
    };
  };
  const has = (rival: string) => measured.some(({ name }) => name.startsWith(rival));
  return [
    ...(has('img2dataset')
      ? [finding(0, 'img2dataset', 'perCpuSecond', 1), finding(50, 'img2dataset', 'perSecond', 1.5)]
      : []),
    ...(has('Crawlee')
      ? [finding(0, 'Crawlee', 'perCpuSecond', 1.5), finding(0, 'Crawlee', 'perSecond', 1.5)]
      : []),
  ];
}

export const crawlSpeed: Bench = {
  name: 'crawl-speed',
  about: 'images found, downloaded, decoded and resized, beside img2dataset and Crawlee',
  async run(call): Promise<Outcome> {
    const images = call.documents(2000);
    const measured = await measure(call, images);
    return {
      documents: images,
      tables: [
        {
          title: 'Images, median of the rounds',
          head: ['', 'ms an answer', 'a second', 'a CPU second', 'CPU ms an image'],
          rows: measured.map(({ name, delayMs, perSecond, perCpuSecond, cpuMs }) => [
            name,
            delayMs,
            median(perSecond),
            median(perCpuSecond),
            median(cpuMs),
          ]),
          notes: [
            'CPU seconds are user and system of a program with all its processes, its start included; the server is apart. ' +
              'With 0 ms an answer the CPU is what is short, with 50 ms the wire.',
            'img2dataset is given the addresses; the two others find them. Ours also hashes, classifies with a model that costs ' +
              'next to nothing, makes thumbnails and writes ledger and index.',
          ],
        },
      ],
      findings: findings(measured),
    };
  },
};
