// Everything as it stood at one instant: reads of a session with a snapshot, page by page. A server without snapshots is read to the end
// before the first page is given, which is short and not an instant.
import type { ClientSession, Db, MongoClient } from 'mongodb';
import { BerthError } from '../../model/errors.ts';
import { INDEXES, type Kind } from '../../model/kinds.ts';
import type { SnapshotPage } from '../../ports/store.ts';
import type { Persistence } from '../../ports/store-persistence.ts';
import { documentOf, type Kept } from './kept-document.ts';
import { toldPersistently } from './told-persistently.ts';

const PAGE = 200;

/** Most that is held of a server without snapshots, characters of JSON. */
const MOST_HELD = 256 * 1024 * 1024;

/** How a snapshot is read. */
export interface SnapshotReading {
  readonly persistence: Persistence;
  readonly leftOut: readonly Kind[];
}

/** Pages of a session that reads one instant. */
export async function* snapshotOf(client: MongoClient, db: Db, reading: SnapshotReading): AsyncGenerator<SnapshotPage> {
  const session = client.startSession({ snapshot: true });
  try {
    yield* pagesOf(db, session, reading);
  } finally {
    await session.endSession();
  }
}

/** Pages that were all read before the first is given. @throws platform.store-unfit when there are more than fit into memory */
export async function* copyOf(db: Db, version: string, reading: SnapshotReading): AsyncGenerator<SnapshotPage> {
  const pages: SnapshotPage[] = [];
  let held = 0;
  for await (const page of pagesOf(db, undefined, reading)) {
    held += JSON.stringify(page.docs).length;
    if (held > MOST_HELD) throw new BerthError('platform.store-unfit', { version, lacks: 'reading one instant' });
    pages.push(page);
  }
  yield* pages;
}

async function* pagesOf(
  db: Db,
  session: ClientSession | undefined,
  { persistence, leftOut }: SnapshotReading,
): AsyncGenerator<SnapshotPage> {
  for (const kind of (Object.keys(INDEXES) as Kind[]).filter((each) => !leftOut.includes(each))) {
    for (let after = ''; ; ) {
      const found = await toldPersistently(persistence, () => pageOf(db, kind, after, session));
      if (found.length > 0) yield { kind, docs: found.map((kept) => documentOf(kept)) };
      const last = found.at(-1);
      if (!last || found.length < PAGE) break;
      after = last._id;
    }
  }
}

// The read concern is named because the client's own would be sent otherwise, and a server refuses that with the time of a snapshot.
function pageOf(db: Db, kind: Kind, after: string, session: ClientSession | undefined): Promise<readonly Kept[]> {
  const filter = { _id: { $gt: after }, goneAt: null };
  const options = { sort: { _id: 1 }, limit: PAGE, batchSize: PAGE, hint: '_id_' } as const;
  return db
    .collection<Kept>(kind)
    .find(filter, session ? { ...options, session, readConcern: { level: 'snapshot' } } : options)
    .toArray();
}
