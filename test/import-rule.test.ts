// The one rule about imports: arrows run downward only (ARCHITECTURE.md). Types count.
import { describe, expect, it } from 'vitest';
import { filesIn, type Import, importsOf } from './source-files.ts';

/** From the top. What a floor holds is a file, or a folder with everything in it. */
const floors = [
  { name: 'roof', holds: ['cli.ts', 'library.ts', 'describer.ts', 'commands/'] },
  { name: 'app', holds: ['app.ts', 'app/'] },
  {
    name: 'config',
    holds: ['config/'],
  },
  { name: 'drivers', holds: ['drivers.ts'] },
  {
    name: 'use cases',
    holds: ['crawls/', 'schedules/', 'collections/', 'search.ts', 'classify.ts', 'api/'],
  },
  { name: 'stages', holds: ['crawler/', 'inference/', 'indexer/', 'queue/', 'blobs/', 'ledgers/'] },
  {
    name: 'ground',
    holds: [
      'record.ts',
      'errors.ts',
      'ledger.ts',
      'log.ts',
      'window.ts',
      'text.ts',
      'plain-text.ts',
      'batches.ts',
      'wink-porter2-stemmer.d.ts',
      'entry.ts',
      'options.ts',
      'option-words.ts',
      'suggest.ts',
      'time-zone.ts',
      'crawl-report.ts',
      'budget.ts',
      'content-memory.ts',
      'work.ts',
      'owner.ts',
      'patient.ts',
      'turns.ts',
      'full-jitter.ts',
      'net/',
      'labels/',
      'sqlite/',
      'opensearch/',
      's3/',
    ],
  },
] as const;

/** Where drivers live: every file there but the port. */
const driverFolders = [
  'crawler/sources/',
  'inference/models/',
  'indexer/stores/',
  'ledgers/',
  'queue/',
  'blobs/',
];
const ports = ['queue/queue.ts', 'blobs/blobs.ts'];

const holds = (held: string, file: string) => (held.endsWith('/') ? file.startsWith(held) : file === held);
const floorOf = (file: string) => floors.findIndex((floor) => floor.holds.some((held) => holds(held, file)));
const stageOf = (file: string) => floors[5].holds.find((folder) => holds(folder, file));
const driverFolderOf = (file: string) =>
  ports.includes(file) ? undefined : driverFolders.find((folder) => holds(folder, file));

/** Why an import breaks the rule; undefined where it does not. */
function breach({ from, to }: Import): string | undefined {
  const [upper, lower] = [floorOf(from), floorOf(to)];
  if (upper === -1 || lower === -1) return `${from} → ${to}: ${upper === -1 ? from : to} belongs to no floor`;
  if (lower < upper) return `${from} → ${to}: upward, from ${floors[upper]!.name} to ${floors[lower]!.name}`;
  const [stage, other] = [stageOf(from), stageOf(to)];
  if (stage !== undefined && other !== undefined && stage !== other) {
    return `${from} → ${to}: one stage folder imports another`;
  }
  const folder = driverFolderOf(to);
  if (folder !== undefined && from !== 'drivers.ts' && driverFolderOf(from) !== folder) {
    return `${from} → ${to}: only drivers.ts imports drivers`;
  }
  return undefined;
}

/** The files of a circle, or undefined. */
function circle(imports: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const follow = (file: string, way: readonly string[]): string[] | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of imports.get(file) ?? []) {
      const found = follow(next, [...way, file]);
      if (found !== undefined) return found;
    }
    done.add(file);
    return undefined;
  };
  for (const file of imports.keys()) {
    const found = follow(file, []);
    if (found !== undefined) return found;
  }
  return undefined;
}

const files = filesIn('src').filter((file) => !file.startsWith('api/web/'));
const imports = files.flatMap((file) => importsOf(file));

describe('the import rule', () => {
  it('knows the floor of every source file', () => {
    expect(files.filter((file) => floorOf(file) === -1)).toEqual([]);
  });

  it('is kept by every import', () => {
    expect(imports.length).toBeGreaterThan(files.length);
    expect(imports.map(breach).filter((message) => message !== undefined)).toEqual([]);
  });

  it('leaves no circle', () => {
    const targets = new Map(
      files.map((file) => [file, imports.filter(({ from }) => from === file).map(({ to }) => to)]),
    );
    expect(circle(targets)).toBe(undefined);
  });

  it('keeps the page apart from the program', () => {
    const page = filesIn('src/api/web').flatMap((file) => importsOf(`api/web/${file}`));
    expect(page.filter(({ to }) => !to.startsWith('api/web/'))).toEqual([]);
    expect(imports.filter(({ to }) => to.startsWith('api/web/'))).toEqual([]);
  });
});

describe('the checks themselves', () => {
  it.each([
    ['record.ts', 'ledger.ts', undefined],
    ['drivers.ts', 'queue/sqlite.ts', undefined],
    ['queue/sqlite.ts', 'queue/queue.ts', undefined],
    ['ledger.ts', 'crawls/pipeline.ts', 'upward, from ground to use cases'],
    ['crawler/source.ts', 'inference/model.ts', 'one stage folder imports another'],
    ['api/server.ts', 'indexer/stores/sqlite.ts', 'only drivers.ts imports drivers'],
    ['indexer/project.ts', 'indexer/stores/sqlite.ts', 'only drivers.ts imports drivers'],
    ['cli.ts', 'helpers.ts', 'helpers.ts belongs to no floor'],
  ])('%s → %s', (from, to, message) => {
    const found = breach({ from, to });
    if (message === undefined) expect(found).toBe(undefined);
    else expect(found).toContain(message);
  });

  it('sees every kind of import', () => {
    const text = `
      import { a } from './a.ts';
      import type { B } from '../b.ts';
      import {
        c,
      } from "./c/c.ts";
      import './d.ts';
      export { e } from './e.ts';
      const f = await import('./f.ts');
      import sharp from 'sharp';
    `;
    const found = importsOf('x/y.ts', text).map(({ to }) => to);
    expect(found).toEqual(['x/a.ts', 'b.ts', 'x/c/c.ts', 'x/d.ts', 'x/e.ts', 'x/f.ts']);
  });

  it('finds a circle', () => {
    const way = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', []],
      ['d', ['b']],
    ]);
    expect(circle(way)).toEqual(['b', 'd', 'b']);
  });
});
