// A copy of an SQLite file that others write to (https://sqlite.org/backup.html).
import { backup, DatabaseSync } from 'node:sqlite';

/** Pages in one step: others get their turn in between. */
const PAGES = 500;
const BUSY_MS = 5000;

/** Copies a database as it stands at the end of the copying into a new file. */
export async function copyDatabase(from: string, to: string): Promise<void> {
  const source = new DatabaseSync(from, { readOnly: true, timeout: BUSY_MS });
  try {
    await backup(source, to, { rate: PAGES });
  } finally {
    source.close();
  }
}
