// A transaction for what runs before the store is open; writes of documents go through the group commit.
import type { DatabaseSync } from 'node:sqlite';

/** Runs an act in a transaction; nothing of it stays when it throws. */
export function inTransaction(database: DatabaseSync, act: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    act();
    database.exec('COMMIT');
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK');
  }
}
