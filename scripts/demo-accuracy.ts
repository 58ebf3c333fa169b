// Counts for how many of the demo's scenes the right class is among the bundled model's first five scores, and
// writes the table of docs/demo.md. The scenes are a fixed list: all of them count.
import { readFile, writeFile } from 'node:fs/promises';
import { readScenes, type Scene } from '../demo/scenes.ts';
import { loadConfig } from '../src/config/config.ts';
import { builtFile } from '../src/entry.ts';
import type { Describers } from '../src/inference/describe.ts';
import { openDescribers } from '../src/inference/describers.ts';
import { bundledModels, findModel } from '../src/inference/repository.ts';
import { openLog } from '../src/log.ts';
import { sha256Of } from '../src/record.ts';

interface Judged {
  readonly scene: Scene;
  /** 1 is the first; null where the class has no score that was kept. */
  readonly rank: number | null;
  readonly first: readonly string[];
}

const page = new URL('../docs/demo.md', import.meta.url);
const [begin, end] = ['<!-- accuracy -->', '<!-- /accuracy -->'];

async function judge(scene: Scene, describers: Describers): Promise<Judged> {
  const content = await readFile(new URL(`../demo/pictures/${scene.file}`, import.meta.url));
  const extension = scene.file.split('.').at(-1);
  const format = extension === 'png' ? 'PNG' : extension === 'webp' ? 'WEBP' : 'JPEG';
  const described = await describers.describe({ sha256: sha256Of(content), format, content });
  if (described.outcome !== 'described') throw new Error(`${scene.file} was not described`);
  const { scores } = described.description;
  const names = new Map(describers.model.classes.map(({ id, name }) => [id, name.split(',')[0] ?? name]));
  const place = scores.findIndex(([concept]) => concept === scene.concept);
  const first = scores
    .slice(0, 5)
    .map(([concept, score]) => `${names.get(concept)} ${(score / 65_535).toFixed(2)}`);
  return { scene, rank: place < 0 ? null : place + 1, first };
}

const isHit = ({ rank }: Judged): boolean => rank !== null && rank <= 5;

function report(judged: readonly Judged[], model: string): string {
  const hits = judged.filter(isHit).length;
  const firsts = judged.filter(({ rank }) => rank === 1).length;
  const aim = Math.ceil((judged.length * 2) / 3);
  const against = hits >= aim ? 'which is met' : `which is missed by ${aim - hits}`;
  const rows = judged.map(
    (one) =>
      `| ${one.scene.title} | \`${one.scene.concept}\` | ${one.rank ?? 'none'} | ${isHit(one) ? 'yes' : 'no'} | ${one.first.join(', ')} |`,
  );
  const misses = judged.filter((one) => !isHit(one)).map(({ scene }) => scene.name);
  return [
    `Of ${judged.length} scenes the right class is among the first five scores of \`${model}\` for **${hits}**, and the first`,
    `for ${firsts}. The aim was two thirds, ${aim} scenes, ${against}.`,
    '',
    `Missed: ${misses.length === 0 ? 'none' : misses.join(', ')}.`,
    '',
    '| scene | class | its rank | in the first five | the first five scores |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

const { values } = await loadConfig();
const describers = await openDescribers({
  ...values,
  model: await findModel([bundledModels], values.model),
  entry: builtFile(new URL('../src/describer.ts', import.meta.url)),
  log: openLog('warn'),
});
try {
  const judged = await Promise.all((await readScenes()).map((scene) => judge(scene, describers)));
  const { name, version } = describers.model;
  const table = report(judged, `${name} version ${version}`);
  const [before, rest] = (await readFile(page, 'utf8')).split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`expected ${begin} and ${end} in docs/demo.md`);
  await writeFile(page, `${before}${begin}\n${table}\n${end}${after}`);
  console.log(table);
} finally {
  await describers.close();
}
