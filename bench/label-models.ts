// Which way of keeping labels in OpenSearch is right, and how fast each is: docs/decisions/173 builds on it.
import { performance } from 'node:perf_hooks';
import { isDeepStrictEqual } from 'node:util';
import type { Bench, BenchCall, Outcome, Table } from './bench.ts';
import { askAll } from './clients.ts';
import { makeDocuments } from './documents.ts';
import { ladder } from './label-models/ladder.ts';
import { commonFields, commonMapping, type LabelModel } from './label-models/model.ts';
import { nested } from './label-models/nested.ts';
import { packed } from './label-models/packed.ts';
import { pairs } from './label-models/pairs.ts';
import {
  type Asked,
  type Known,
  known,
  makeQuestions,
  rightAnswer,
  rightCounts,
} from './label-models/questions.ts';
import type { BenchServer } from './server.ts';
import { median, percentile } from './statistics.ts';

const models: readonly LabelModel[] = [nested, ladder, pairs, packed];
const perBulk = 1_000;
const perKind = 40;
const blocks = 5;
const clients = 2;

export const labelModels: Bench = {
  name: 'label-models',
  about: 'ways to keep labels with confidences in OpenSearch: right answers, speed, size',
  async run(call) {
    const documents = call.documents(100_000);
    const server = await call.server();
    const { all, loadMs } = await load(call, server, documents);
    const sizes = await settle(call, server);
    const asked = makeQuestions(all, perKind);
    call.progress('comparing with the right answers');
    const right = await checkAll(server, all, asked);
    const speeds = await timeAll(call, server, asked);
    return outcome(documents, loadMs, sizes, right, speeds);
  },
};

const indexOf = (server: BenchServer, at: number) => `${server.prefix}-labels-${at}`;

/** In turn, a bulk request each: what else the machine does meets all of them. */
async function load(call: BenchCall, server: BenchServer, documents: number) {
  for (const [at, { mapping }] of models.entries()) {
    await server.ask('PUT', `/${indexOf(server, at)}`, {
      settings: { number_of_replicas: 0, refresh_interval: '5s' },
      mappings: {
        dynamic: 'strict',
        _source: { includes: ['document'] },
        properties: { ...commonMapping, ...mapping },
      },
    });
  }
  const all: Known[] = [];
  const loadMs = models.map(() => 0);
  for (let from = 0; from < documents; from += perBulk) {
    const batch = [...makeDocuments(from, Math.min(documents, from + perBulk))];
    all.push(...batch.map(known));
    for (const [at, model] of models.entries()) {
      const lines = batch.flatMap((document) => [
        JSON.stringify({ index: { _id: document.id } }),
        JSON.stringify({ ...commonFields(document), ...model.fields(document.labels) }),
      ]);
      const started = performance.now();
      const path = `/${indexOf(server, at)}/_bulk`;
      const { errors } = await server.ask<{ errors: boolean }>('POST', path, `${lines.join('\n')}\n`);
      if (errors) throw new Error(`${model.name}: a document was refused`);
      loadMs[at]! += performance.now() - started;
    }
    if (from % 20_000 === 0) call.progress(`${from} of ${documents} documents in ${models.length} indices`);
  }
  return { all, loadMs };
}

/** One segment each, so that sizes can be compared. */
async function settle(call: BenchCall, server: BenchServer): Promise<number[]> {
  const sizes: number[] = [];
  for (const at of models.keys()) {
    call.progress(`merging ${models[at]!.name}`);
    await server.ask('POST', `/${indexOf(server, at)}/_forcemerge?max_num_segments=1`);
    await server.ask('POST', `/${indexOf(server, at)}/_flush`);
    const { _all } = await server.ask<{ _all: { primaries: { store: { size_in_bytes: number } } } }>(
      'GET',
      `/${indexOf(server, at)}/_stats/store`,
    );
    sizes.push(_all.primaries.store.size_in_bytes);
  }
  return sizes;
}

interface Right {
  readonly name: string;
  /** For each model: of how many questions page and total were right. */
  readonly pages: readonly number[];
  readonly totals: readonly number[];
  readonly count: number;
}

async function checkAll(
  { ask, ...server }: BenchServer,
  all: readonly Known[],
  asked: Asked,
): Promise<Right[]> {
  const found: Right[] = [];
  const index = (at: number) => `${server.prefix}-labels-${at}`;
  for (const { name, questions } of asked.kinds) {
    const pages = models.map(() => 0);
    const totals = models.map(() => 0);
    for (const question of questions.slice(0, 10)) {
      const right = rightAnswer(all, question);
      for (const [at, model] of models.entries()) {
        const came = await model.search(ask, index(at), question);
        if (isDeepStrictEqual(came.ids, right.ids)) pages[at]! += 1;
        if (came.total === right.total) totals[at]! += 1;
      }
    }
    found.push({ name, pages, totals, count: Math.min(10, questions.length) });
  }
  for (const { name, questions } of asked.facets) {
    const pages = models.map(() => 0);
    for (const question of questions.slice(0, 10)) {
      const right = rightCounts(all, question);
      for (const [at, model] of models.entries()) {
        if (isDeepStrictEqual(await model.facets(ask, index(at), question), right)) pages[at]! += 1;
      }
    }
    found.push({ name, pages, totals: pages, count: Math.min(10, questions.length) });
  }
  return found;
}

interface Speed {
  readonly name: string;
  readonly perSecond: readonly number[];
  readonly p50Ms: readonly number[];
  readonly p99Ms: readonly number[];
}

/** Blocks of all questions of a kind, the models in turn; the first block of each warms up. */
async function timeAll(call: BenchCall, server: BenchServer, { kinds, facets }: Asked): Promise<Speed[]> {
  type Doing = (model: LabelModel, index: string, n: number) => Promise<unknown>;
  const rows: { readonly name: string; readonly count: number; readonly doing: Doing }[] = [
    ...kinds.map(({ name, questions }) => ({
      name,
      count: questions.length,
      doing: ((model, index, n) => model.search(server.ask, index, questions[n]!)) as Doing,
    })),
    ...facets.map(({ name, questions }) => ({
      name,
      count: questions.length,
      doing: ((model, index, n) => model.facets(server.ask, index, questions[n]!)) as Doing,
    })),
  ];
  const speeds: Speed[] = [];
  for (const { name, count, doing } of rows) {
    call.progress(`timing ${name}`);
    const rates = models.map((): number[] => []);
    const ms = models.map((): number[] => []);
    for (let block = -1; block < blocks; block++) {
      for (const [at, model] of models.entries()) {
        const timing = await askAll(count, clients, (n) => doing(model, indexOf(server, at), n));
        if (block < 0) continue;
        rates[at]!.push(timing.perSecond);
        ms[at]!.push(...timing.ms);
      }
    }
    speeds.push({
      name,
      perSecond: rates.map(median),
      p50Ms: ms.map((one) => percentile(one, 0.5)),
      p99Ms: ms.map((one) => percentile(one, 0.99)),
    });
  }
  return speeds;
}

function outcome(
  documents: number,
  loadMs: readonly number[],
  sizes: readonly number[],
  right: readonly Right[],
  speeds: readonly Speed[],
): Outcome {
  const head = ['', ...models.map(({ name }) => name)];
  const tables: Table[] = [
    { title: 'Questions a second', head, rows: speeds.map(({ name, perSecond }) => [name, ...perSecond]) },
    {
      title: 'Milliseconds, median / 99th percentile',
      head,
      rows: speeds.map(({ name, p50Ms, p99Ms }) => [
        name,
        ...p50Ms.map((p50, at) => `${p50.toFixed(1)} / ${p99Ms[at]!.toFixed(1)}`),
      ]),
    },
    {
      title: 'Right answers: pages, totals',
      head,
      rows: right.map(({ name, pages, totals, count }) => [
        name,
        ...pages.map((page, at) => `${page} of ${count}, ${totals[at]} of ${count}`),
      ]),
    },
    {
      title: 'Index',
      head,
      rows: [
        ['megabytes', ...sizes.map((size) => size / 1e6)],
        ['bytes a document', ...sizes.map((size) => size / documents)],
        ['seconds in bulk requests', ...loadMs.map((ms) => ms / 1000)],
      ],
    },
  ];
  return { documents, tables };
}
