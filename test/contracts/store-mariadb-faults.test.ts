// What a MySQL store makes of lost answers, crashes and locks: every write is answered as it came out, once.
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { MysqlStore } from '../../src/adapters/mysql-store/mysql-store.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import { type Mariadb, startMariadb } from '../world/mariadb.ts';
import { until } from '../world/until.ts';
import { silentLog } from './silent-log.ts';
import { aLedger } from './store-documents.ts';
import { storeFaultsContract, TIMEOUT_MS } from './store-faults-contract.ts';

const around = { clock: new SystemClock(), random: new SystemRandom(), log: silentLog };

let server: Mariadb;

beforeAll(async () => {
  server = await startMariadb();
});

afterAll(() => server.destroy());

async function openStore(url: string): Promise<MysqlStore> {
  const store = await MysqlStore.open({ url, ...around });
  onTestFinished(() => store.close());
  return store;
}

storeFaultsContract({
  name: 'MariaDB',
  server: () => ({
    ...{ port: server.port, password: server.password },
    url: (database, timeoutMs, port) => server.url(database, `timeoutMs=${timeoutMs}`, port),
    emptyDatabase: () => server.makeDatabase(),
    crash: () => server.crash(),
  }),
  open: (url) => MysqlStore.open({ url, ...around }),
  writes: ['COMMIT'],
});

describe('MariaDB, what passes or is told', () => {
  test('connections that the server has ended are opened again', async () => {
    const store = await openStore(server.url(await server.makeDatabase()));
    const { version } = await store.create('ledger', aLedger('n1'));
    await Promise.all([store.get('ledger', 'n1'), store.get('ledger', 'n1')]);
    await server.look(`KILL USER 'berth'@'%'`);
    expect((await store.get('ledger', 'n1'))?.version).toBe(version);
    await store.update('ledger', aLedger('n1', 'again'), version);
  });

  test('a row that somebody holds is waited for', async () => {
    const database = await server.makeDatabase();
    const store = await openStore(server.url(database, `timeoutMs=${3 * TIMEOUT_MS}`));
    const { version } = await store.create('ledger', aLedger('n1'));
    const holding = server.look(
      `BEGIN; SELECT id FROM ledger WHERE id = 'n1' FOR UPDATE; SELECT SLEEP(2.5); COMMIT`,
      database,
    );
    await until('the lock', 5000, async () =>
      (await server.look('SHOW PROCESSLIST')).includes('SLEEP(2.5)') ? true : undefined,
    );
    await store.update('ledger', aLedger('n1', 'mine'), version);
    await holding;
    expect((await store.get('ledger', 'n1'))?.doc.claim).toBe('mine');
  });

  test('two stores that write the same documents crosswise both finish', async () => {
    const url = server.url(await server.makeDatabase());
    const [one, two] = [await openStore(url), await openStore(url)];
    const ids = ['a', 'b', 'c', 'd'];
    await Promise.all(ids.map((id) => one.create('ledger', aLedger(id, '0'))));
    const rounds = async (store: MysqlStore, order: readonly string[]): Promise<number> => {
      let won = 0;
      for (let round = 0; round < 40; round++) {
        const read = await store.getMany('ledger', order);
        const results = await store.apply(
          read.map(({ doc, version }) => ({
            do: 'update',
            kind: 'ledger',
            doc: { ...doc, claim: String(Number(doc.claim) + 1) },
            version,
          })),
        );
        won += results.filter(({ ok }) => ok).length;
      }
      return won;
    };
    const won = await Promise.all([rounds(one, ids), rounds(two, ids.toReversed())]);
    const total = (await one.getMany('ledger', ids)).reduce((sum, { doc }) => sum + Number(doc.claim), 0);
    expect(total).toBe(won[0] + won[1]);
  });

  test('a write that fails alone spoils no other', async () => {
    const database = await server.makeDatabase();
    const store = await openStore(server.url(database));
    await server.look(
      `CREATE TRIGGER full BEFORE INSERT ON ledger FOR EACH ROW SET NEW.version = IF(NEW.id = 'b', NULL, NEW.version)`,
      database,
    );
    const writes = await Promise.allSettled(['a', 'b', 'c'].map((id) => store.create('ledger', aLedger(id))));
    expect(writes).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'platform.store-failed' } },
      { status: 'fulfilled' },
    ]);
    expect(await store.count('ledger', {})).toBe(2);
  });

  test('after a write of a batch that failed, none of the batch is done', async () => {
    const database = await server.makeDatabase();
    const store = await openStore(server.url(database));
    await server.look(
      `CREATE TRIGGER full BEFORE INSERT ON ledger FOR EACH ROW SET NEW.version = IF(NEW.id = 'b', NULL, NEW.version)`,
      database,
    );
    const batch = ['a', 'b', 'c'].map((id) => ({ do: 'create', kind: 'ledger', doc: aLedger(id) }) as const);
    await expect(store.apply(batch)).rejects.toMatchObject({ code: 'platform.store-failed' });
    expect(await store.count('ledger', {})).toBe(1);
  });

  test('a user or database that does not exist is told at once', async () => {
    const error: unknown = await openStore(server.url('nothing')).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'platform.store-unreachable' });
    expect(String(error)).toContain('Access denied');
    expect(JSON.stringify(error) + String(error)).not.toContain(server.password);
  });
});
