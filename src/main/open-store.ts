// Which database the platform stands on. Its driver is loaded only when it is the chosen one.
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { Store } from '../ports/store.ts';
import type { DataDirectory } from './data-directory.ts';

/** What every database is opened with. */
interface Around {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Opens the database at an address, or the one in the data directory when there is none. @throws platform.store-newer */
export async function openStore(url: string, data: DataDirectory, { clock, random, log }: Around): Promise<Store> {
  if (url !== '') {
    const { MysqlStore } = await import('../adapters/mysql-store/mysql-store.ts');
    return MysqlStore.open({ url, clock, random, log });
  }
  const { SqliteStore } = await import('../adapters/sqlite-store/sqlite-store.ts');
  return SqliteStore.open({ path: data.path('berth.sqlite'), clock, log });
}
