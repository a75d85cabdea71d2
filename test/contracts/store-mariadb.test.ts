// The Store contract over a real MariaDB, and what is special about that store: its tables, its indexes, its versions.
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { listStatements } from '../../src/adapters/mysql-store/list-statements.ts';
import { MysqlStore } from '../../src/adapters/mysql-store/mysql-store.ts';
import { columnValue } from '../../src/adapters/mysql-store/number-fields.ts';
import { readStoreAddress } from '../../src/adapters/mysql-store/store-address.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import { INDEXES, type Kind } from '../../src/model/kinds.ts';
import type { Query, Scalar } from '../../src/ports/store.ts';
import { encodePosition, planQuery } from '../../src/ports/store-query.ts';
import { type Mysql, startMysql } from '../world/mysql.ts';
import { silentLog } from './silent-log.ts';
import { storeContract } from './store-contract.ts';
import { aJobStatus, aLedger, anEvent } from './store-documents.ts';
import { sharedStoreContract } from './store-shared-contract.ts';

let server: Mysql;

beforeAll(async () => {
  server = await startMysql();
});

afterAll(() => server.destroy());

function openStore(url: string): Promise<MysqlStore> {
  return MysqlStore.open({ url, clock: new SystemClock(), random: new SystemRandom(), log: silentLog });
}

async function newDatabase(): Promise<string> {
  return server.url(await server.makeDatabase());
}

storeContract('MariaDB', async () => {
  const url = await newDatabase();
  const store = await openStore(url);
  const reopen = async () => {
    await store.close();
    return openStore(url);
  };
  return { store, reopen };
});

async function emptyStore(options?: string) {
  const database = await server.makeDatabase();
  const url = server.url(database, options);
  const store = await openStore(url);
  onTestFinished(() => store.close());
  return { database, url, store };
}

describe('MariaDB, what a person sees', () => {
  test('readable columns beside the JSON, whole numbers as such', async () => {
    const { database, store } = await emptyStore();
    await store.create('jobStatus', aJobStatus({ id: 'j', shard: 3, nextAt: 1_700_000_000_000, state: 'running' }));
    const seen = await server.look('SELECT id, shard, nextAt, state, createdAt FROM jobStatus', database);
    expect(seen).toBe('id\tshard\tnextAt\tstate\tcreatedAt\nj\t3\t1700000000000\trunning\t0\n');
    expect(await server.look(`SELECT JSON_VALUE(doc, '$.state') AS state FROM jobStatus`, database)).toContain(
      'running',
    );
  });
});

describe('MariaDB, exactly', () => {
  test('texts of 255 characters are kept whole in ids and indexed fields, longer ones refused', async () => {
    const { store } = await emptyStore();
    const longest = '\u{1F6A2}'.repeat(255);
    const doc = anEvent({ id: longest, subject: longest });
    await store.create('event', doc);
    expect((await store.list('event', { where: { subject: longest }, limit: 1 })).items[0]?.doc).toEqual(doc);
    await expect(store.create('ledger', aLedger(`${longest}x`))).rejects.toThrow(TypeError);
    await expect(store.create('event', anEvent({ id: 'e', subject: `${longest}x` }))).rejects.toThrow(TypeError);
  });

  test('a document larger than the server takes is refused, and those beside it are written', async () => {
    const { store } = await emptyStore();
    const large = store.create('event', anEvent({ id: 'large', text: 'x'.repeat(17_000_000) }));
    const small = store.create('event', anEvent({ id: 'small', text: 'x'.repeat(15_000_000) }));
    await expect(large).rejects.toThrow(/max_allowed_packet/);
    expect((await small).doc.id).toBe('small');
  });

  test('a place with a value of the wrong type is a mistake of whoever asks', async () => {
    const { store } = await emptyStore();
    const after = encodePosition('at', { value: 'text', id: 'e' });
    await expect(store.list('event', { orderBy: 'at', after, limit: 1 })).rejects.toMatchObject({
      code: 'request.invalid',
    });
  });

  test('a value of the wrong type in an indexed field is refused', () => {
    expect(() => columnValue({ at: 'noon' }, 'at')).toThrow(TypeError);
    expect(() => columnValue({ subject: 5 }, 'subject')).toThrow(TypeError);
  });
});

sharedStoreContract('MariaDB', { untouched: newDatabase, empty: newDatabase, open: openStore });

describe('MariaDB, its indexes', () => {
  const declared = Object.entries(INDEXES).flatMap(([kind, indexes]) => indexes.map((index) => ({ kind, index })));

  test('every list walks its index; those by the whole of one sort nothing', async () => {
    const { database } = await emptyStore();
    for (const { kind, index } of declared) {
      const asked = Array.from({ length: index.length + 1 }, (_, length) =>
        queriesBy(index, length).map((query) => ({ query, sorts: length < index.length - 1 })),
      ).flat();
      const statements = asked.flatMap(({ query, sorts }) =>
        explained(kind as Kind, query).map((sql) => ({ sql, sorts })),
      );
      const found = await plans(
        database,
        statements.map(({ sql }) => sql),
      );
      expect(found).toHaveLength(statements.length);
      for (const [place, { sql, sorts }] of statements.entries()) {
        expect(found[place], sql).toMatchObject({ key: expect.stringMatching(/_by_|PRIMARY/) });
        expect(found[place]?.type, sql).not.toBe('ALL');
        if (!sorts) expect(found[place]?.extra, sql).not.toContain('filesort');
      }
    }
  });
});

function some(field: string, many: number): Scalar {
  return field.endsWith('At') || ['at', 'lastSequence', 'open', 'rank', 'sequence', 'shard', 'stepMs'].includes(field)
    ? many
    : `t${many}`;
}

function queriesBy(index: readonly string[], length: number): readonly Omit<Query, 'limit'>[] {
  const where = Object.fromEntries(index.slice(0, length).map((field) => [field, some(field, 1)]));
  const orderBy = index[length] ?? 'id';
  return (['ascending', 'descending'] as const).flatMap((direction) => {
    const query = { where, orderBy, direction };
    const places = [some(orderBy, 5), ...(orderBy === 'id' ? [] : [null])];
    const after = places.map((value) => ({ ...query, after: encodePosition(orderBy, { value, id: 'x' }) }));
    return [query, ...after, { ...query, from: some(orderBy, 1), below: some(orderBy, 9) }];
  });
}

function explained(kind: Kind, query: Omit<Query, 'limit'>): readonly string[] {
  return listStatements(kind, planQuery(kind, query)).map(({ sql, values }) => {
    const bound = [...values, 10].values();
    return `EXPLAIN ${sql.replaceAll('?', () => JSON.stringify(bound.next().value))}`;
  });
}

async function plans(database: string, statements: readonly string[]) {
  const lines = (await server.look(statements.join('; '), database)).trim().split('\n');
  const rows = lines.filter((line) => !line.startsWith('id\t')).map((line) => line.split('\t'));
  return rows.map(([, , , type, , key, , , , extra]) => ({ type, key, extra }));
}

describe('MariaDB, of another version', () => {
  test('a database from before an index and a kind gets both, filled from its documents', async () => {
    const { database, url, store } = await emptyStore();
    await store.create('jobStatus', aJobStatus({ id: 'a', nextAt: 7, instance: 'quote " \\ \u0001 ü' }));
    await store.create('jobStatus', aJobStatus({ id: 'b', nextAt: null }));
    await store.create('event', anEvent({ id: 'e', subject: 'quote " \\ ü\n' }));
    await store.create('package', { id: 'p', application: 'a', createdAt: 1.5 } as never);
    await store.close();
    await server.look(
      `DROP TABLE ledger; DROP INDEX jobStatus_by_shard_nextAt ON jobStatus; ALTER TABLE jobStatus DROP COLUMN nextAt;
        ALTER TABLE jobStatus ADD COLUMN forgotten INT; CREATE INDEX jobStatus_by_forgotten ON jobStatus (forgotten, id);
        DROP INDEX event_by_subject_at ON event; ALTER TABLE event DROP COLUMN subject;
        DROP INDEX package_by_application_createdAt ON package; ALTER TABLE package MODIFY createdAt VARCHAR(9)`,
      database,
    );
    const newer = await openStore(url);
    onTestFinished(() => newer.close());
    const page = await newer.list('jobStatus', { where: { shard: 0 }, orderBy: 'nextAt', from: 0, limit: 5 });
    expect(page.items.map((item) => item.doc.id)).toEqual(['a']);
    expect(await newer.count('jobStatus', { where: { shard: 0, nextAt: null } })).toBe(1);
    expect(await newer.count('event', { where: { subject: 'quote " \\ ü\n' } })).toBe(1);
    expect(
      await newer.count('package', { where: { application: 'a' }, orderBy: 'createdAt', from: 1.5, below: 2 }),
    ).toBe(1);
    expect(await newer.count('ledger', {})).toBe(0);
    expect(await server.look('DESCRIBE jobStatus', database)).not.toContain('forgotten');
  });

  test('a column that was added and not filled before a crash is filled', async () => {
    const { database, url, store } = await emptyStore();
    await store.create('jobStatus', aJobStatus({ id: 'a', nextAt: 7 }));
    await store.close();
    await server.look(
      'DROP INDEX jobStatus_by_shard_nextAt ON jobStatus; UPDATE jobStatus SET nextAt = NULL',
      database,
    );
    const again = await openStore(url);
    onTestFinished(() => again.close());
    expect(await again.count('jobStatus', { where: { shard: 0 }, orderBy: 'nextAt', from: 7 })).toBe(1);
  });

  test('a database of a newer Berth is refused and left as it is', async () => {
    const { database, url, store } = await emptyStore();
    await store.close();
    await server.look(`INSERT INTO berth_schema VALUES (99, 'the future', 0); DROP TABLE event`, database);
    await expect(openStore(url)).rejects.toMatchObject({ code: 'platform.store-newer' });
    expect(await server.look('SHOW TABLES', database)).not.toContain('event');
  });
});

describe('MariaDB, its address', () => {
  test('names everything; what it does not name has its default', () => {
    expect(
      readStoreAddress('mysql://me:p%25s%3Aw%40rd@[::1]:3307/db?connections=2&timeoutMs=500&tls=encrypted'),
    ).toEqual({
      ...{ host: '::1', port: 3307, socketPath: undefined, user: 'me', password: 'p%s:w@rd', database: 'db' },
      ...{ tls: 'encrypted', ca: undefined, connections: 2, timeoutMs: 500 },
    });
    expect(readStoreAddress('mysql://me@host/db?socketPath=%2Frun%2Fx.sock')).toMatchObject({
      ...{ host: 'host', port: 3306, socketPath: '/run/x.sock', password: '', tls: 'off', connections: 8 },
    });
  });

  test.each([
    'postgres://me:secret@host/db',
    'mysql://:secret@host/db',
    'mysql://me:secret@host',
    'mysql://me:secret@host/db?colour=blue',
    'mysql://me:secret@host/db?tls=maybe',
    'mysql://me:secret@10.0.0.1/db?tls=verified',
    'mysql://me:secret@host/db?connections=0',
    'mysql://me:secret%@host/db',
    'mysql://me:secret@host/db?passwordFile=/nowhere',
    'not an address with secret',
  ])('%s is refused without repeating its password', (text) => {
    expect(() => readStoreAddress(text)).toThrow(expect.objectContaining({ code: 'platform.setting-invalid' }));
    expect(() => readStoreAddress(text)).toThrow(expect.not.stringContaining('secret'));
  });
});
