// Databases for what keeps bytes, series and readings in one: SQLite anew for each test, and one MariaDB that is emptied.
import { join } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { MysqlStore } from '../../src/adapters/mysql-store/mysql-store.ts';
import { SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import type { Kind } from '../../src/model/kinds.ts';
import type { Store, Write } from '../../src/ports/store.ts';
import { type Mariadb, startMariadb } from '../world/mariadb.ts';
import { silentLog } from './silent-log.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Opens one more connection to the same database, as another process would; it is closed when the test is over. */
export type OpenAgain = () => Promise<Store>;

/** A new SQLite file; each opening of it is closed when the test is over. */
export async function sqliteKept(): Promise<OpenAgain> {
  const path = join(await temporaryDirectory(), 'berth.sqlite');
  return async () => closedAfter(SqliteStore.open({ path, clock: new SystemClock(), log: silentLog }));
}

/** One database of a MariaDB for all tests of a file, without documents of these kinds whenever it is asked for. */
export function mariadbKept(kinds: readonly Kind[]): () => Promise<OpenAgain> {
  let server: Mariadb;
  let url: string;
  let emptying: MysqlStore;
  beforeAll(async () => {
    server = await startMariadb();
    url = server.url(await server.makeDatabase());
    emptying = await openMariadb(url);
  });
  afterAll(async () => {
    await emptying.close();
    await server.destroy();
  });
  return async () => {
    for (const kind of kinds) await empty(emptying, kind);
    return async () => closedAfter(await openMariadb(url));
  };
}

function openMariadb(url: string): Promise<MysqlStore> {
  return MysqlStore.open({ url, clock: new SystemClock(), random: new SystemRandom(), log: silentLog });
}

function closedAfter<S extends Store>(store: S): S {
  onTestFinished(() => store.close());
  return store;
}

async function empty(store: Store, kind: Kind): Promise<void> {
  for (;;) {
    const { items, next } = await store.list(kind, { limit: 100 });
    await store.apply(items.map(({ doc, version }): Write => ({ do: 'delete', kind, id: doc.id, version })));
    if (next === undefined) return;
  }
}
