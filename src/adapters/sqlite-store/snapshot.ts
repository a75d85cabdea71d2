// Everything as it stood at one instant: a read transaction of its own on a connection of its own. In WAL mode it holds up no writer;
// the log grows until it is over.
import { DatabaseSync } from 'node:sqlite';
import { INDEXES, type Kind } from '../../model/kinds.ts';
import type { AnyDocument, SnapshotPage } from '../../ports/store.ts';
import { quoted } from './table-layout.ts';

/** Documents of a page: everybody else gets a turn after each. */
const PAGE = 200;

/** The documents of a database file, page by page. */
export async function* snapshotOf(
  path: string,
  busyMs: number,
  leftOut: readonly Kind[],
): AsyncGenerator<SnapshotPage, void, undefined> {
  const database = new DatabaseSync(path, { readOnly: true, timeout: busyMs });
  try {
    // A transaction begins to see with its first read.
    database.exec('BEGIN; SELECT count(*) FROM sqlite_schema');
    const kinds = (Object.keys(INDEXES) as Kind[]).filter((kind) => !leftOut.includes(kind));
    for (const kind of kinds) yield* pagesOf(database, kind);
  } finally {
    database.close();
  }
}

async function* pagesOf(database: DatabaseSync, kind: Kind): AsyncGenerator<SnapshotPage, void, undefined> {
  const statement = database.prepare(`SELECT id, doc FROM ${quoted(kind)} WHERE id > ? ORDER BY id LIMIT ${PAGE}`);
  for (let after = ''; ; ) {
    const rows = statement.all(after);
    if (rows.length > 0) yield { kind, docs: rows.map(({ doc }) => JSON.parse(String(doc)) as AnyDocument) };
    if (rows.length < PAGE) return;
    after = String(rows.at(-1)?.id);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
