// The ledger's procedures in the SQLite thread: records by kind and id, compare-and-set, listings, counts.
import type { Kind, TallyField, Where } from '../../ledger.ts';
import type { Connection, Row, Value } from '../../sqlite/binding.ts';
import { columnName, columnsOf, snakeCase } from '../kinds.ts';
import { migrations } from './tables.ts';

/** A change as it crosses to the thread: the record as JSON, and its columns' values. */
export interface RowChange {
  readonly kind: Kind;
  readonly id: string;
  readonly expect: number;
  readonly body: string | null;
  readonly values: readonly Value[];
}
export interface StoredRow {
  readonly id: string;
  readonly version: number;
  readonly body: string;
}
type Condition = readonly [sql: string, ...params: Value[]];

function get(db: Connection, kind: Kind, ids: readonly string[]): StoredRow[] {
  const sql = `SELECT id, version, body FROM ledger_${kind} WHERE id IN (SELECT value FROM json_each(?))`;
  return db.all<StoredRow>(sql, [JSON.stringify(ids)]);
}

function list(
  db: Connection,
  kind: Kind,
  where: Where,
  limit: number,
  after: string | undefined,
): StoredRow[] {
  const all = conditions(kind, where);
  if (after !== undefined) all.push(['id > ?', after]);
  const sql = `SELECT id, version, body FROM ledger_${kind} ${whereSql(all)} ORDER BY id LIMIT ?`;
  return db.all<StoredRow>(sql, [...paramsOf(all), limit]);
}

function newestAppearances(db: Connection, locationId: string, limit: number): StoredRow[] {
  const sql = `SELECT id, version, body FROM ledger_appearance WHERE location_id = ?
    ORDER BY seen_at DESC, id DESC LIMIT ?`;
  return db.all<StoredRow>(sql, [locationId, limit]);
}

function tally(db: Connection, kind: Kind, where: Where, by: readonly TallyField[]): Row[] {
  const all = conditions(kind, where);
  const names = by.map((field) => columnName(kind, field));
  const group = names.length === 0 ? '' : `GROUP BY ${names.join(', ')}`;
  return db.all(
    `SELECT ${[...names, 'count(*) AS n'].join(', ')} FROM ledger_${kind} ${whereSql(all)} ${group}`,
    paramsOf(all),
  );
}

function conditions(kind: Kind, where: Where): Condition[] {
  const given = Object.entries(where).filter(([, value]) => value !== undefined);
  return given.map(([key, value]): Condition => {
    if (key === 'dirty') {
      return [`${columnName(kind, 'revision')} > ${columnName(kind, 'indexedRevision')}`];
    }
    if (key === 'crawlIdNot') return [`${columnName(kind, 'crawlId')} <> ?`, value as Value];
    if (Array.isArray(value))
      return [`${columnName(kind, key)} IN (SELECT value FROM json_each(?))`, JSON.stringify(value)];
    return value === null
      ? [`${columnName(kind, key)} IS NULL`]
      : [`${columnName(kind, key)} = ?`, value as Value];
  });
}
const whereSql = (all: readonly Condition[]): string =>
  all.length === 0 ? '' : `WHERE ${all.map(([sql]) => sql).join(' AND ')}`;
const paramsOf = (all: readonly Condition[]): Value[] => all.flatMap(([, ...params]) => params);

/** All or nothing; false where a version is not the expected one. */
function change(db: Connection, changes: readonly RowChange[]): boolean {
  db.run('SAVEPOINT changes');
  const applied = changes.every((one) => apply(db, one));
  if (!applied) db.run('ROLLBACK TO changes');
  db.run('RELEASE changes');
  return applied;
}

function apply(db: Connection, { kind, id, expect, body, values }: RowChange): boolean {
  const names = columnsOf[kind].map(({ name }) => snakeCase(name));
  if (body === null) {
    if (expect > 0)
      return db.run(`DELETE FROM ledger_${kind} WHERE id = ? AND version = ?`, [id, expect]) === 1;
    return get(db, kind, [id]).length === 0;
  }
  if (expect === 0) {
    const marks = names.map(() => ', ?').join('');
    const columns = ['id', 'version', 'body', ...names].join(', ');
    const sql = `INSERT INTO ledger_${kind} (${columns}) VALUES (?, 1, ?${marks}) ON CONFLICT (id) DO NOTHING`;
    return db.run(sql, [id, body, ...values]) === 1;
  }
  const sets = ['version = version + 1', 'body = ?', ...names.map((name) => `${name} = ?`)].join(', ');
  return (
    db.run(`UPDATE ledger_${kind} SET ${sets} WHERE id = ? AND version = ?`, [
      body,
      ...values,
      id,
      expect,
    ]) === 1
  );
}

export const module = {
  name: 'ledger',
  migrations,
  reads: { get, list, newestAppearances, tally },
  writes: { change },
};
