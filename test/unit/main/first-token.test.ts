// The token of whoever starts a platform for the first time, also when that start is cut off.
import { expect, onTestFinished, test } from 'vitest';
import { checkToken } from '../../../src/accounts/token-requests.ts';
import { FaultStore } from '../../../src/adapters/fault-points/fault-store.ts';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../../src/adapters/system-random/system-random.ts';
import { firstToken } from '../../../src/main/first-token.ts';
import { FULL_ACCESS } from '../../../src/model/access.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';

const URL = 'http://127.0.0.1:7400';

test.each(['before create token', 'after create token'])(
  'whoever starts a platform has its token, also when the first start ends %s',
  async (place) => {
    const directory = await temporaryDirectory();
    const path = `${directory}/credentials.json`;
    const clock = new SystemClock();
    const store = SqliteStore.open({ path: `${directory}/berth.db`, clock, log: silentLog });
    onTestFinished(() => store.close());
    const cutOff = new FaultStore(store, (name) => {
      if (name === place) throw new Error('the process ended');
    });
    const random = new SystemRandom();
    await expect(firstToken({ store: cutOff, clock, random }, URL, path, () => {})).rejects.toThrow('ended');

    const token = await firstToken({ store, clock, random }, URL, path, () => {});
    expect(await checkToken({ store, clock }, token ?? '')).toMatchObject({
      name: 'first',
      user: null,
      access: FULL_ACCESS,
    });
    expect((await store.list('token', { limit: 10 })).items).toHaveLength(1);
  },
);
