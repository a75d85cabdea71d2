// Which database the platform stands on. Its driver is loaded only when it is the chosen one.
import { BerthError } from '../model/errors.ts';
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

/**
 * Opens the database at an address, or the one in the data directory when there is none.
 * @throws platform.store-newer, platform.store-behind, platform.store-unreachable, platform.setting-invalid
 */
export async function openStore(url: string, data: DataDirectory, around: Around): Promise<Store> {
  switch (/^([a-z+]+):\/\//.exec(url)?.[1] ?? url) {
    case '': {
      const { SqliteStore } = await import('../adapters/sqlite-store/sqlite-store.ts');
      return SqliteStore.open({ path: data.path('berth.sqlite'), clock: around.clock, log: around.log });
    }
    case 'mysql': {
      const { MysqlStore } = await import('../adapters/mysql-store/mysql-store.ts');
      return MysqlStore.open({ url, ...around });
    }
    case 'mongodb':
    case 'mongodb+srv': {
      const { MongoStore } = await import('../adapters/mongo-store/mongo-store.ts');
      return MongoStore.open({ url, ...around });
    }
    default:
      throw new BerthError('platform.setting-invalid', { detail: UNKNOWN });
  }
}

// The address itself is not repeated: it may hold a password.
const UNKNOWN =
  'BERTH_STORE does not fit: an address begins with mysql://, mongodb:// or mongodb+srv://, and is empty for SQLite';
