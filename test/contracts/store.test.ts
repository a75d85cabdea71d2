// The Store contract over each adapter.
import { join } from 'node:path';
import { SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { silentLog } from './silent-log.ts';
import { storeContract } from './store-contract.ts';
import { temporaryDirectory } from './temporary-directory.ts';

storeContract('SQLite', async () => {
  const path = join(await temporaryDirectory(), 'berth.sqlite');
  const open = () => SqliteStore.open({ path, clock: new SystemClock(), log: silentLog });
  const store = open();
  const reopen = async () => {
    await store.close();
    return open();
  };
  return { store, reopen };
});
