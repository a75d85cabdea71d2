// Accounts of single roles in a real MariaDB: each reaches its own tables only, and none changes them.
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { MysqlStore } from '../../src/adapters/mysql-store/mysql-store.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import { databaseUser, mysqlStatements } from '../../src/initializer/database-grants.ts';
import { INDEXES, type Kind } from '../../src/model/kinds.ts';
import { ROLES, type Role } from '../../src/model/role.ts';
import { readsKind, writesKind } from '../../src/model/role-kinds.ts';
import { type Mysql, startMysql } from '../world/mysql.ts';
import { silentLog } from './silent-log.ts';
import { aLedger } from './store-documents.ts';

const KINDS = Object.keys(INDEXES) as readonly Kind[];

let server: Mysql;
let database: string;

beforeAll(async () => {
  server = await startMysql();
  database = await server.makeDatabase();
  const owner = await openStore(server.url(database));
  await owner.close();
  const accounts = ROLES.map((role) => ({ user: databaseUser(role), password: `of ${role}`, roles: [role] }));
  await server.look(mysqlStatements({ database, from: '%', accounts }).join(';'));
});

afterAll(() => server.destroy());

function openStore(url: string): Promise<MysqlStore> {
  return MysqlStore.open({ url, clock: new SystemClock(), random: new SystemRandom(), log: silentLog });
}

function addressOf(role: Role): string {
  const address = new URL(server.url(database));
  address.username = databaseUser(role);
  address.password = encodeURIComponent(`of ${role}`);
  return address.href;
}

async function storeOf(role: Role): Promise<MysqlStore> {
  const store = await openStore(addressOf(role));
  onTestFinished(() => store.close());
  return store;
}

describe('MariaDB, the account of a role', () => {
  test('the scheduler writes jobs and reads no password, secret or token', async () => {
    const store = await storeOf('scheduler');
    const written = await store.create('job', { id: 'j' } as never);
    await store.update('job', { id: 'j', instance: 'i' } as never, written.version);
    expect(await store.count('job', {})).toBe(1);
    for (const kind of ['password', 'secret', 'token'] as const) {
      const error: unknown = await store.get(kind, 'x').catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'platform.store-failed' });
      expect(String(error)).toContain('denied');
    }
    await expect(store.create('ledger', aLedger('n'))).rejects.toMatchObject({ code: 'platform.store-failed' });
  });

  test.each(ROLES)('%s reads and writes exactly what the table of kinds says', async (role) => {
    const store = await storeOf(role);
    for (const kind of KINDS) {
      const read = await store.count(kind, {}).then(
        () => true,
        () => false,
      );
      expect(read, `${role} reads ${kind}`).toBe(readsKind([role], kind));
      const written = await store.create(kind, { id: `of ${role}` } as never).then(
        () => true,
        () => false,
      );
      expect(written, `${role} writes ${kind}`).toBe(writesKind([role], kind));
    }
  });

  test('the edge takes a snapshot of everything', async () => {
    const store = await storeOf('api');
    expect((await Array.fromAsync(store.snapshot())).length).toBeGreaterThan(0);
  });

  test('a database that another account has to bring forward is refused', async () => {
    await server.look(`UPDATE berth_layout SET digest = 'old'`, database);
    await expect(openStore(addressOf('scheduler'))).rejects.toMatchObject({ code: 'platform.store-behind' });
    await (await openStore(server.url(database))).close();
    await (await openStore(addressOf('scheduler'))).close();
  });
});
