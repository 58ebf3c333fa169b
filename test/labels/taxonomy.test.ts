import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { aliases } from '../../src/labels/aliases.ts';
import { hidden } from '../../src/labels/hidden.ts';
import { buildTaxonomy, wordnet } from '../../src/labels/taxonomy.ts';
import { wordnetTable } from '../../src/labels/wordnet-table.ts';
import { tokens } from '../../src/text.ts';
import { sharedPath } from '../shared.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const resolve = (words: string): readonly string[] => wordnet().resolve(tokens(words));
const ids = wordnetTable.split('\n').map((row) => row.split('|')[0]!);
const beagle = 'n02088364';
const dog = 'n02084071';
const animal = 'n00015388';

/** Debian's wordnet-base, from which the table is made. */
function hasWordNet(): boolean {
  if (existsSync('/usr/share/wordnet/data.noun')) return true;
  if (process.env['CI'] === 'true')
    throw new Error('wordnet-base is absent, and under CI=true nothing is skipped');
  process.stderr.write('skipped: needs Debian’s wordnet-base, which is absent\n');
  return false;
}

describe('the table', () => {
  test('is in order, closed upwards and without circles', () => {
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(ids.length).toBeGreaterThan(1800);
    for (const id of ids) {
      const { names, parents } = wordnet().get(id)!;
      expect(names.length).toBeGreaterThan(0);
      expect(names.every((name) => /^\S.*\S$|^\S$/.test(name) && !name.includes('_'))).toBe(true);
      for (const parent of parents) expect(wordnet().depth(parent)).toBeLessThan(wordnet().depth(id));
      expect(wordnet().ancestors(id)).toContain('n00001740');
    }
  });

  test('has every class of ImageNet-1k', () => {
    const list = readFileSync(`${root}/scripts/taxonomy-ids.txt`, 'utf8').split('\n');
    const classes = list.slice(
      1,
      list.indexOf("# Concepts that people search for, in the models' classes or above them."),
    );
    expect(classes).toHaveLength(1000);
    for (const id of classes) expect(wordnet().get(id)).toBeDefined();
  });

  test.skipIf(!hasWordNet())('is what the script makes of WordNet 3.0', { timeout: 60_000 }, () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', 'scripts/make-taxonomy.ts', '--check'],
      { cwd: root, encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  test('knows the concepts that are hidden or have further words', () => {
    expect(hidden.size).toBeGreaterThan(100);
    for (const id of [...hidden, ...Object.keys(aliases)]) expect(wordnet().get(id), id).toBeDefined();
    for (const id of Object.keys(aliases)) expect(hidden.has(id)).toBe(false);
  });
});

describe('the tree', () => {
  test('from the concept up to the top', () => {
    expect(wordnet().ancestors(beagle)[0]).toBe(beagle);
    expect(wordnet().ancestors(beagle)).toEqual(expect.arrayContaining([dog, animal]));
    const dogs = wordnet().ancestors(dog);
    // Dog is a canine and a domestic animal, and each is an animal: that is in the list once.
    expect(wordnet().get(dog)!.parents).toHaveLength(2);
    expect(new Set(dogs).size).toBe(dogs.length);
  });

  test('more specific is below', () => {
    expect(wordnet().isMoreSpecific(beagle, dog)).toBe(true);
    expect(wordnet().isMoreSpecific(dog, beagle)).toBe(false);
    expect(wordnet().isMoreSpecific(dog, dog)).toBe(false);
    expect(wordnet().depth(beagle)).toBeGreaterThan(wordnet().depth(dog));
  });

  test('what it does not know stands alone', () => {
    expect(wordnet().get('mine')).toBeUndefined();
    expect(wordnet().ancestors('mine')).toEqual(['mine']);
    expect(wordnet().depth('mine')).toBe(0);
    expect(wordnet().isHidden('mine')).toBe(false);
  });
});

describe('names', () => {
  test.each([
    ['dog', [dog]],
    ['Dogs', [dog]],
    ['golden retrievers', ['n02099601']],
    ['crane', ['n02012849', 'n03126707']],
    ['musical instrument', ['n03800933']],
    ['fridge', ['n04070727']],
    ['T-shirt', resolve('t shirt')],
    ['dog beagle', []],
    ['entity', []],
    ['', []],
  ])('%s', (words, expected) => {
    expect([...resolve(words)].sort()).toEqual(expected);
  });

  test('the first name of a concept comes before further ones of others', () => {
    const taxonomy = buildTaxonomy({
      concepts: [
        { id: 'a', names: ['boat', 'ship'], parents: [] },
        { id: 'b', names: ['ship'], parents: [] },
      ],
      aliases: { a: ['big blue boat'] },
      hidden: new Set(),
    });
    expect(taxonomy.resolve(['ship'])).toEqual(['b', 'a']);
    expect(taxonomy.longestName).toBe(3);
  });

  const queries = sharedPath('queries.tsv');
  test.skipIf(queries === null)('every word that people type finds a right concept', () => {
    const lines = readFileSync(queries!, 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(100);
    const wrong = lines.filter((line) => {
      const [words = '', right = ''] = line.split('\t');
      return !resolve(words).some((id) => right.split(',').includes(id));
    });
    expect(wrong).toEqual([]);
  });

  test('by their beginning, in the order of the names', () => {
    const found = wordnet().withPrefix('Golden r');
    expect(found.map(({ names }) => names[0])).toEqual(['golden retriever']);
    expect(wordnet().withPrefix('entit')).toEqual([]);
    const all = wordnet().withPrefix('');
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBe(ids.length - hidden.size);
  });
});
