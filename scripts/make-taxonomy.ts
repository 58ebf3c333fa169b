// Makes src/labels/wordnet-table.ts from WordNet 3.0: the concepts of taxonomy-ids.txt and all that they are kinds of.
//   npx tsx scripts/make-taxonomy.ts [--check] [FOLDER]
// FOLDER has WordNet's data.noun and index.noun (Debian: wordnet-base); --check only says whether the table is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Synset {
  readonly lemmas: readonly string[];
  readonly parents: readonly string[];
}

/** `offset file type count (lemma sense)… count (pointer offset type source/target)… | gloss`, numbers of words in hex. */
function readSynsets(lines: readonly string[]): Map<string, Synset> {
  const synsets = new Map<string, Synset>();
  for (const line of lines) {
    if (!/^\d/.test(line)) continue;
    const fields = line.split(' | ')[0]!.split(' ');
    const lemmaCount = Number.parseInt(fields[3]!, 16);
    const lemmas = Array.from({ length: lemmaCount }, (_, i) => fields[4 + 2 * i]!);
    const pointers = 4 + 2 * lemmaCount + 1;
    const parents: string[] = [];
    for (let i = 0; i < Number(fields[pointers - 1]); i++) {
      const [symbol, offset] = fields.slice(pointers + 4 * i);
      // `@` is a kind of; `@i` is an instance of.
      if (symbol === '@' || symbol === '@i') parents.push(`n${offset}`);
    }
    synsets.set(`n${fields[0]}`, { lemmas, parents });
  }
  return synsets;
}

/** `lemma type count pointers… senses tagged offset…`: the senses of each lemma, the most frequent first. */
function readSenses(lines: readonly string[]): Map<string, readonly string[]> {
  const senses = new Map<string, readonly string[]>();
  for (const line of lines) {
    if (line.startsWith(' ')) continue;
    const fields = line.trimEnd().split(/ +/);
    senses.set(
      fields[0]!,
      fields.slice(-Number(fields[2])).map((offset) => `n${offset}`),
    );
  }
  return senses;
}

function withAncestors(ids: readonly string[], synsets: ReadonlyMap<string, Synset>): string[] {
  const all = new Set<string>();
  const waiting = [...ids];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (all.has(id)) continue;
    const synset = synsets.get(id);
    if (synset === undefined) throw new Error(`expected a noun of WordNet 3.0, got ${id}`);
    all.add(id);
    waiting.push(...synset.parents);
  }
  return [...all].sort();
}

/**
 * Who types `drop` does not want to see cliffs, nor cars for `machine`: a further name is left out where the concept is
 * only the fourth meaning of the word, or rarer. The first name always stays.
 */
const maxSense = 3;

function row(id: string, synset: Synset, senses: ReadonlyMap<string, readonly string[]>): string {
  const names = synset.lemmas.filter(
    (lemma, i) => i === 0 || (senses.get(lemma.toLowerCase())?.indexOf(id) ?? 0) < maxSense,
  );
  return `${id}|${synset.parents.join(',')}|${names.map((name) => name.replaceAll('_', ' ')).join(';')}`;
}

const read = (path: string): string[] => readFileSync(path, 'utf8').split('\n');
const beside = (path: string): string => join(import.meta.dirname, path);

function makeTable(folder: string): string {
  const nouns = read(join(folder, 'data.noun'));
  const synsets = readSynsets(nouns);
  const senses = readSenses(read(join(folder, 'index.noun')));
  const ids = read(beside('taxonomy-ids.txt')).filter((line) => /^n\d/.test(line));
  const rows = withAncestors(ids, synsets).map((id) => row(id, synsets.get(id)!, senses));
  const licence = read(beside('../LICENSES/WordNet.txt')).map((line) => `// ${line}`.trimEnd());
  return [
    '// Made by scripts/make-taxonomy.ts from WordNet 3.0: do not edit. WordNet comes under this licence:',
    '//',
    ...licence.slice(0, -1),
    '',
    '/** A concept a line: its id, its parents and its names, the one to show first. */',
    `export const wordnetTable = \`${rows.join('\n')}\`;`,
    '',
  ].join('\n');
}

const [folder = '/usr/share/wordnet'] = process.argv.slice(2).filter((argument) => argument !== '--check');
const path = beside('../src/labels/wordnet-table.ts');
const table = makeTable(folder);
if (!process.argv.includes('--check')) {
  writeFileSync(path, table);
} else if (readFileSync(path, 'utf8') !== table) {
  console.error(`${path} is not what scripts/make-taxonomy.ts makes: run it without --check`);
  process.exitCode = 1;
}
