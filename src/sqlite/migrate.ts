// Brings a module's tables to the version that this program knows.
import { ImagedexError } from '../errors.ts';
import type { Connection } from './binding.ts';
import { whileBusy } from './busy.ts';
import type { SqliteModule } from './module.ts';

export function migrate(db: Connection, { name, migrations }: SqliteModule): void {
  whileBusy(() => db.exec('BEGIN IMMEDIATE'));
  try {
    db.exec(
      'CREATE TABLE IF NOT EXISTS schema_versions (module TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID',
    );
    const row = db.get<{ version: number }>('SELECT version FROM schema_versions WHERE module = ?', [name]);
    const version = row?.version ?? 0;
    if (version > migrations.length) {
      throw new ImagedexError(
        'data_newer',
        `the data was written by a newer imagedex: expected version ${migrations.length} or older of the ${name} tables, ` +
          `found ${version}; update imagedex or name another data directory`,
      );
    }
    for (const migration of migrations.slice(version)) db.exec(migration);
    db.run('INSERT OR REPLACE INTO schema_versions (module, version) VALUES (?, ?)', [
      name,
      migrations.length,
    ]);
    db.exec('COMMIT');
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
