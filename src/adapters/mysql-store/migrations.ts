// Numbered changes of the database that cannot be read off the declared indexes. Each runs to its end once; MySQL has no transaction
// around changes of tables, so one that was interrupted runs again from its beginning and must be written to bear that.
import { BerthError } from '../../model/errors.ts';
import type { Instant } from '../../model/instant.ts';
import type { Session } from './session.ts';

/** One change. The tables of kinds are not there yet in a new database, and have the columns of their time in an old one. */
export interface Migration {
  readonly version: number;
  readonly what: string;
  /** Statements that do no harm when they run again. */
  readonly statements: readonly string[];
}

/** Every change so far, in order. A number once released keeps its meaning for ever. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    what: 'the last version that was given to a document, and the last transaction of each writer',
    statements: [
      'CREATE TABLE IF NOT EXISTS berth_version (one TINYINT NOT NULL PRIMARY KEY, last BIGINT NOT NULL) ENGINE = InnoDB',
      'INSERT IGNORE INTO berth_version VALUES (1, 0)',
      'CREATE TABLE IF NOT EXISTS berth_writer (id VARCHAR(64) CHARACTER SET ascii NOT NULL PRIMARY KEY, last BIGINT NOT NULL, at BIGINT NOT NULL) ENGINE = InnoDB',
    ],
  },
  {
    version: 2,
    what: 'which layout the tables of the kinds have',
    statements: [
      'CREATE TABLE IF NOT EXISTS berth_layout (one TINYINT NOT NULL PRIMARY KEY, digest VARCHAR(64) CHARACTER SET ascii NOT NULL) ENGINE = InnoDB',
      "INSERT IGNORE INTO berth_layout VALUES (1, '')",
    ],
  },
];

/**
 * Runs what this database has not had yet, and gives what it ran. The caller holds the lock of the schema.
 * @throws platform.store-newer when a later program has changed it.
 */
export async function migrate(
  session: Session,
  migrations: readonly Migration[],
  now: Instant,
): Promise<readonly Migration[]> {
  await session.define(
    'CREATE TABLE IF NOT EXISTS berth_schema (version INT NOT NULL PRIMARY KEY, what VARCHAR(255) NOT NULL, at BIGINT NOT NULL) ENGINE = InnoDB',
  );
  const found = await schemaVersion(session);
  refuseNewer(found, migrations);
  const due = migrations.filter((migration) => migration.version > found);
  for (const { version, what, statements } of due) {
    for (const sql of statements) await session.define(sql);
    await session.change('INSERT INTO berth_schema VALUES (?, ?, ?)', [version, what, now]);
  }
  return due;
}

/** The last change that this database has had; 0 for none. @throws an error of the database when it was never prepared */
export async function schemaVersion(session: Session): Promise<number> {
  const [row] = await session.rows('SELECT MAX(version) AS version FROM berth_schema', []);
  return Number(row?.version ?? 0);
}

/** @throws platform.store-newer when a later program has changed the database */
export function refuseNewer(found: number, migrations: readonly Migration[]): void {
  const known = migrations.at(-1)?.version ?? 0;
  if (found > known) throw new BerthError('platform.store-newer', { found, known });
}
