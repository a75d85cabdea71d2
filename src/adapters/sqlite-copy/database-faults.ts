// What is wrong with an SQLite file (https://sqlite.org/pragma.html#pragma_integrity_check).
import { DatabaseSync } from 'node:sqlite';

/** The faults that SQLite finds in a file; none: it is sound. */
export function databaseFaults(path: string): string[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const rows = database.prepare('PRAGMA integrity_check').all();
    return rows.map((row) => String(Object.values(row)[0])).filter((text) => text !== 'ok');
  } finally {
    database.close();
  }
}
