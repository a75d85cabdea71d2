// The Store contract over a real MariaDB.
import { afterAll, beforeAll } from 'vitest';
import { MysqlStore } from '../../src/adapters/mysql-store/mysql-store.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import { type Mariadb, startMariadb } from '../world/mariadb.ts';
import { silentLog } from './silent-log.ts';
import { storeContract } from './store-contract.ts';

let server: Mariadb;

beforeAll(async () => {
  server = await startMariadb();
});

afterAll(() => server.destroy());

function openStore(url: string): Promise<MysqlStore> {
  return MysqlStore.open({ url, clock: new SystemClock(), random: new SystemRandom(), log: silentLog });
}

storeContract('MariaDB', async () => {
  const url = server.url(await server.makeDatabase());
  const store = await openStore(url);
  const reopen = async () => {
    await store.close();
    return openStore(url);
  };
  return { store, reopen };
});
