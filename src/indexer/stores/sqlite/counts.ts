// Numbers for collections, facet values and sets of these, and the count of images that each has.
import type { Connection } from '../../../sqlite/binding.ts';

export type Facet = 'label' | 'format' | 'host';

/** Changes are gathered over many documents; nothing counts until `flush`. */
export interface Counts {
  collection(name: string): number;
  value(collection: number, facet: Facet, value: string): number;
  set(values: Iterable<number>): number;
  addImages(collection: number, by: 1 | -1): void;
  addToSet(set: number, by: 1 | -1): void;
  flush(): void;
}

export function openCounts(db: Connection): Counts {
  const numbers = new Map<string, number>();
  const images = { collections: new Map<number, number>(), sets: new Map<number, number>() };
  const remembered = (key: string, find: () => number): number => {
    const number = numbers.get(key) ?? find();
    numbers.set(key, number);
    return number;
  };
  const add = (changes: Map<number, number>, no: number, by: number) =>
    changes.set(no, (changes.get(no) ?? 0) + by);

  return {
    collection: (name) => remembered(`collection ${name}`, () => collectionNumber(db, name)),
    value: (collection, facet, value) =>
      remembered(`${collection} ${facet} ${value}`, () => valueNumber(db, collection, facet, value)),
    set(values) {
      const members = [...new Set(values)].sort((a, b) => a - b);
      return remembered(`set ${members}`, () => setNumber(db, members));
    },
    addImages: (collection, by) => add(images.collections, collection, by),
    addToSet: (set, by) => add(images.sets, set, by),
    flush() {
      for (const [no, by] of images.collections)
        db.run('UPDATE image_collections SET images = images + ? WHERE no = ?', [by, no]);
      flushSets(db, images.sets);
    },
  };
}

function flushSets(db: Connection, sets: ReadonlyMap<number, number>): void {
  const values = new Map<number, number>();
  for (const [set, by] of sets) {
    if (by !== 0) {
      db.run('UPDATE image_sets SET images = images + ? WHERE no = ?', [by, set]);
      const members = db.all<{ value: number }>('SELECT value FROM image_set_members WHERE set_no = ?', [
        set,
      ]);
      for (const { value } of members) values.set(value, (values.get(value) ?? 0) + by);
    }
    if (db.run('DELETE FROM image_sets WHERE no = ? AND images = 0', [set]) > 0)
      db.run('DELETE FROM image_set_members WHERE set_no = ?', [set]);
  }
  for (const [no, by] of values) {
    if (by !== 0) db.run('UPDATE image_values SET images = images + ? WHERE no = ?', [by, no]);
  }
}

const numberOf = (db: Connection, sql: string, params: readonly (string | number)[]): number =>
  db.all<{ no: number }>(sql, params)[0]!.no;

const collectionNumber = (db: Connection, name: string): number =>
  db.get<{ no: number }>('SELECT no FROM image_collections WHERE name = ?', [name])?.no ??
  numberOf(db, 'INSERT INTO image_collections (name) VALUES (?) RETURNING no', [name]);

const valueNumber = (db: Connection, collection: number, facet: Facet, value: string): number =>
  db.get<{ no: number }>('SELECT no FROM image_values WHERE collection = ? AND facet = ? AND value = ?', [
    collection,
    facet,
    value,
  ])?.no ??
  numberOf(db, 'INSERT INTO image_values (collection, facet, value) VALUES (?, ?, ?) RETURNING no', [
    collection,
    facet,
    value,
  ]);

function setNumber(db: Connection, members: readonly number[]): number {
  const text = members.join(',');
  const known = db.get<{ no: number }>('SELECT no FROM image_sets WHERE members = ?', [text]);
  if (known !== undefined) return known.no;
  const no = numberOf(db, 'INSERT INTO image_sets (members) VALUES (?) RETURNING no', [text]);
  for (const value of members)
    db.run('INSERT INTO image_set_members (set_no, value) VALUES (?, ?)', [no, value]);
  return no;
}
