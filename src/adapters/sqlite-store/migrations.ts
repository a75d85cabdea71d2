// Numbered changes of the database that cannot be read off the declared indexes. Each runs once, in a transaction of its own.
import type { DatabaseSync } from 'node:sqlite';
import { BerthError } from '../../model/errors.ts';
import type { Instant } from '../../model/instant.ts';
import { inTransaction } from './in-transaction.ts';

/** One change. The tables of kinds are not there yet in a new database, and have the columns of their time in an old one. */
export interface Migration {
  readonly version: number;
  readonly what: string;
  readonly run: (database: DatabaseSync) => void;
}

/** Every change so far, in order. A number once released keeps its meaning for ever. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    what: 'the last version that was given to a document',
    run: (database) =>
      database.exec('CREATE TABLE berth_version (last INTEGER NOT NULL) STRICT; INSERT INTO berth_version VALUES (0)'),
  },
];

/**
 * Runs what this database has not had yet, and gives what it ran.
 * @throws platform.store-newer when a later program has changed it.
 */
export function migrate(database: DatabaseSync, migrations: readonly Migration[], now: Instant): readonly Migration[] {
  database.exec(
    'CREATE TABLE IF NOT EXISTS berth_schema (version INTEGER PRIMARY KEY, what TEXT NOT NULL, at INTEGER NOT NULL) STRICT',
  );
  const found = schemaVersion(database);
  const known = migrations.at(-1)?.version ?? 0;
  if (found > known) throw new BerthError('platform.store-newer', { found, known });
  const due = migrations.filter((migration) => migration.version > found);
  for (const migration of due) inTransaction(database, () => runOne(database, migration, now));
  return due;
}

function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare('SELECT max(version) AS version FROM berth_schema').get()?.version ?? 0);
}

function runOne(database: DatabaseSync, migration: Migration, now: Instant): void {
  migration.run(database);
  database.prepare('INSERT INTO berth_schema VALUES (?, ?, ?)').run(migration.version, migration.what, BigInt(now));
}
