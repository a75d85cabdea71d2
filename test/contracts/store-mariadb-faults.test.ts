// What a MySQL store makes of lost answers, crashes and locks: every write is answered as it came out, once.
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { MysqlStore } from '../../src/adapters/mysql-store/mysql-store.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import { StoreConflict } from '../../src/ports/store.ts';
import { type Mariadb, startMariadb } from '../world/mariadb.ts';
import { until } from '../world/until.ts';
import { type Fault, MariadbProxy } from './mariadb-proxy.ts';
import { silentLog } from './silent-log.ts';
import { aLedger } from './store-documents.ts';

/** Longest wait for one answer in these tests, milliseconds. */
const TIMEOUT_MS = 1200;

let server: Mariadb;

beforeAll(async () => {
  server = await startMariadb();
});

afterAll(() => server.destroy());

async function openStore(url: string): Promise<MysqlStore> {
  const store = await MysqlStore.open({ url, clock: new SystemClock(), random: new SystemRandom(), log: silentLog });
  onTestFinished(() => store.close());
  return store;
}

async function stores() {
  const database = await server.makeDatabase();
  const proxy = await MariadbProxy.start(server.port);
  onTestFinished(() => proxy.close());
  const direct = await openStore(server.url(database));
  const fragile = await openStore(server.url(database, `timeoutMs=${TIMEOUT_MS}`, proxy.port));
  await fragile.create('ledger', aLedger('other'));
  return { database, proxy, direct, fragile };
}

const FAULTS: readonly Fault[] = ['cut before', 'cut after', 'silent before', 'silent after'];

describe('MariaDB, a lost answer', () => {
  test.each(FAULTS)('of a create (%s the commit) is settled: it is there once, and answered', async (fault) => {
    const { proxy, direct, fragile } = await stores();
    const struck = proxy.strike(fault);
    const written = await fragile.create('ledger', aLedger('n1', 'mine'));
    await struck;
    expect(await direct.get('ledger', 'n1')).toEqual(written);
    await expect(fragile.create('ledger', aLedger('n1'))).rejects.toThrow(StoreConflict);
  });

  test.each(FAULTS)('of an update (%s the commit) is settled', async (fault) => {
    const { proxy, direct, fragile } = await stores();
    const before = await direct.create('ledger', aLedger('n1', 'before'));
    const struck = proxy.strike(fault);
    const written = await fragile.update('ledger', aLedger('n1', 'mine'), before.version);
    await struck;
    expect(await direct.get('ledger', 'n1')).toEqual(written);
  });

  test.each(FAULTS)('of a delete (%s the commit) is settled', async (fault) => {
    const { proxy, direct, fragile } = await stores();
    const { version } = await direct.create('ledger', aLedger('n1', 'before'));
    const struck = proxy.strike(fault);
    await fragile.delete('ledger', 'n1', version);
    await struck;
    expect(await direct.get('ledger', 'n1')).toBeUndefined();
  });

  test('of an update is settled also when another has changed the document since', async () => {
    const { proxy, direct, fragile } = await stores();
    const before = await direct.create('ledger', aLedger('n1', 'before'));
    const struck = proxy.strike('silent after');
    const writing = fragile.update('ledger', aLedger('n1', 'mine'), before.version);
    await struck;
    const mine = await until('the commit', 5000, async () => {
      const seen = await direct.get('ledger', 'n1');
      return seen?.doc.claim === 'mine' ? seen : undefined;
    });
    const theirs = await direct.update('ledger', aLedger('n1', 'theirs'), mine.version);
    expect(await writing).toEqual(mine);
    expect(await direct.get('ledger', 'n1')).toEqual(theirs);
  });

  test('of a group is settled for each of its writes', async () => {
    const { proxy, fragile } = await stores();
    const struck = proxy.strike('cut after');
    const results = await fragile.apply([
      { do: 'create', kind: 'ledger', doc: aLedger('n1') },
      { do: 'create', kind: 'ledger', doc: aLedger('other') },
      { do: 'create', kind: 'ledger', doc: aLedger('n2') },
    ]);
    await struck;
    expect(results.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(await fragile.count('ledger', {})).toBe(3);
  });
});

describe('MariaDB, what passes', () => {
  test('every answered write survives a crash of the server, and writing goes on when it is back', async () => {
    const store = await openStore(server.url(await server.makeDatabase()));
    const answered: string[] = [];
    let writing = true;
    const writers = [0, 1, 2, 3].map(async (writer) => {
      for (let count = 0; writing; count++) {
        const { doc } = await store.create('ledger', aLedger(`${writer}-${count}`));
        answered.push(doc.id);
      }
    });
    await until('a few hundred writes', 20_000, () => answered.length > 300 || undefined);
    await server.crash();
    const before = answered.length;
    await until('writes after the crash', 20_000, () => answered.length > before + 100 || undefined);
    writing = false;
    await Promise.all(writers);
    const found = await store.getMany('ledger', answered);
    expect(found.map(({ doc }) => doc.id)).toEqual(answered);
    expect(await store.count('ledger', {})).toBe(answered.length);
  });

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

  test('a database that stays away is told as such, by its address without the password', async () => {
    const url = server.url('nothing', 'timeoutMs=300', 1);
    const error: unknown = await openStore(url).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'platform.store-unreachable', details: { address: '127.0.0.1:1/nothing' } });
    expect(JSON.stringify(error) + String(error)).not.toContain(server.password);
  });

  test('a user or database that does not exist is told at once', async () => {
    const error: unknown = await openStore(server.url('nothing')).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'platform.store-unreachable' });
    expect(String(error)).toContain('Access denied');
    expect(JSON.stringify(error) + String(error)).not.toContain(server.password);
  });
});
