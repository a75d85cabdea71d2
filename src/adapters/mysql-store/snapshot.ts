// Everything as it stood at one instant: a transaction with a consistent read view, on a connection of its own.
import { INDEXES, type Kind } from '../../model/kinds.ts';
import type { AnyDocument, SnapshotPage } from '../../ports/store.ts';
import type { Session } from './session.ts';
import { quoted } from './table-layout.ts';

const PAGE = 200;

/** The documents that a session sees, page by page; it is closed at the end. */
export async function* snapshotOf(
  session: Session,
  leftOut: readonly Kind[],
): AsyncGenerator<SnapshotPage, void, undefined> {
  try {
    await session.say('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await session.say('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    const kinds = (Object.keys(INDEXES) as Kind[]).filter((kind) => !leftOut.includes(kind));
    for (const kind of kinds) yield* pagesOf(session, kind);
  } finally {
    session.close();
  }
}

async function* pagesOf(session: Session, kind: Kind): AsyncGenerator<SnapshotPage, void, undefined> {
  const sql = `SELECT id, doc FROM ${quoted(kind)} WHERE id > ? ORDER BY id LIMIT ${PAGE}`;
  for (let after = ''; ; ) {
    const rows = await session.rows(sql, [after]);
    if (rows.length > 0) yield { kind, docs: rows.map(({ doc }) => JSON.parse(String(doc)) as AnyDocument) };
    if (rows.length < PAGE) return;
    after = String(rows.at(-1)?.id);
  }
}
