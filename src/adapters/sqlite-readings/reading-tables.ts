// The tables of raw readings. Those of a sensor lie together in the order in which they came, so that what is read of one is read from
// one place, and what is written goes to the end of each.
//
// `mark` says which sequence was the last one at some instants: a range begins to look there instead of at the very first.

/** Makes what is not there yet. */
export const READING_SCHEMA = `
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS sensor (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS reading (
    sensor INTEGER NOT NULL, sequence INTEGER NOT NULL, at INTEGER NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (sensor, sequence)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS mark (at INTEGER PRIMARY KEY, sequence INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS last (id INTEGER PRIMARY KEY CHECK (id = 1), sequence INTEGER NOT NULL);
  INSERT OR IGNORE INTO last (id, sequence) VALUES (1, 0);
`;
