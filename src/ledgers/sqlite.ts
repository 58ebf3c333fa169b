// DRIVER: the ledger in the SQLite file of the data directory.
import { builtFile } from '../entry.ts';
import type { Kind, Kinds, Ledger, Stored, Tally, TallyField } from '../ledger.ts';
import type { OptionTable } from '../options.ts';
import type { Row } from '../sqlite/binding.ts';
import type { Database } from '../sqlite/database.ts';
import { snakeCase, valuesOf } from './kinds.ts';
import type { module, StoredRow } from './sqlite/module.ts';

export const options = {} satisfies OptionTable;

const maxLimit = 1000;

export async function open(database: Database): Promise<Ledger> {
  const rows = await database.load<typeof module>(builtFile(new URL('./sqlite/module.ts', import.meta.url)));
  return {
    async get<K extends Kind>(kind: K, ids: readonly string[]) {
      return (await rows.get(kind, ids)).map(parsed<K>);
    },
    async change(changes) {
      const wanted = changes.map(({ kind, id, expect, record }) => ({
        kind,
        id,
        expect,
        body: record === null ? null : JSON.stringify(record),
        values: record === null ? [] : valuesOf(kind, record),
      }));
      return { conflict: !(await rows.change(wanted)) };
    },
    async list<K extends Kind>(kind: K, where: object, { limit, after }: { limit: number; after?: string }) {
      if (limit > maxLimit)
        throw new RangeError(`ledger: expected a limit of at most ${maxLimit}, got ${limit}`);
      return (await rows.list(kind, where, limit, after)).map(parsed<K>);
    },
    async newestAppearances(locationId, limit) {
      return (await rows.newestAppearances(locationId, limit)).map(parsed<'appearance'>);
    },
    async tally(kind, where, by) {
      return (await rows.tally(kind, where, by)).map((row) => tallied(row, by));
    },
    // The database is the caller's to close.
    close: async () => {},
  };
}

function parsed<K extends Kind>({ id, version, body }: StoredRow): Stored<K> {
  return { id, version, record: JSON.parse(body) as Kinds[K] };
}

function tallied(row: Row, by: readonly TallyField[]): Tally {
  // Fields to count by are strings, or booleans, which SQLite keeps as numbers.
  const value = (field: TallyField) => {
    const stored = row[snakeCase(field)];
    return typeof stored === 'number' ? stored === 1 : (stored as string | null);
  };
  return { values: Object.fromEntries(by.map((field) => [field, value(field)])), count: row['n'] as number };
}
