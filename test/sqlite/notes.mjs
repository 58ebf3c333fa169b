// A small module for the SQLite thread's tests. Plain JavaScript, as the thread imports it as it is.
export const module = {
  name: 'notes',
  migrations: [
    'CREATE TABLE notes (id INTEGER PRIMARY KEY, writer TEXT NOT NULL, n INTEGER NOT NULL, UNIQUE (writer, n))',
    'CREATE TABLE blobs (id TEXT PRIMARY KEY, content BLOB); CREATE TABLE counters (name TEXT PRIMARY KEY, n INTEGER)',
  ],
  reads: {
    notes: (db, writer) =>
      db.all('SELECT n FROM notes WHERE writer = ? ORDER BY n', [writer]).map(({ n }) => n),
    count: (db) => db.get('SELECT count(*) AS n FROM notes').n,
    blob: (db, id) => db.get('SELECT content FROM blobs WHERE id = ?', [id])?.content,
    types: (db, values) => values.map((value) => db.get('SELECT typeof(?) AS t', [value]).t),
    integrity: (db) => db.get('PRAGMA integrity_check').integrity_check,
    journal: (db) => db.get('PRAGMA journal_mode').journal_mode,
    unsendable: () => () => 1,
    die: () => process.exit(3),
  },
  writes: {
    add: (db, writer, n) =>
      db.all('INSERT INTO notes (writer, n) VALUES (?, ?) RETURNING n', [writer, n])[0].n,
    addTwo(db, writer, a, b) {
      db.run('INSERT INTO notes (writer, n) VALUES (?, ?)', [writer, a]);
      db.run('INSERT INTO notes (writer, n) VALUES (?, ?)', [writer, b]);
    },
    count_up(db, name) {
      const { n } = db.get('SELECT n FROM counters WHERE name = ?', [name]) ?? { n: 0 };
      db.run('INSERT OR REPLACE INTO counters (name, n) VALUES (?, ?)', [name, n + 1]);
      return n + 1;
    },
    keep: (db, id, content) => db.run('INSERT INTO blobs (id, content) VALUES (?, ?)', [id, content]),
    fill: (db, pages) => db.all(`PRAGMA max_page_count = ${pages}`).length,
    set_version: (db, version) =>
      db.run("UPDATE schema_versions SET version = ? WHERE module = 'notes'", [version]),
  },
};
