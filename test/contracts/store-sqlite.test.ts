// What is special about the SQLite store: its file, its indexes, its versions. The contract is in store.test.ts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listStatements, positionStatements, type Statement } from '../../src/adapters/sqlite-store/list-statements.ts';
import { MIGRATIONS, migrate } from '../../src/adapters/sqlite-store/migrations.ts';
import { SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { alignTables } from '../../src/adapters/sqlite-store/table-layout.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { INDEXES, type Kind } from '../../src/model/kinds.ts';
import { encodePosition, planQuery } from '../../src/ports/store-query.ts';
import { silentLog } from './silent-log.ts';
import { aJobStatus, aLedger, anEvent } from './store-documents.ts';
import { temporaryDirectory } from './temporary-directory.ts';

function openSqlite(path: string): SqliteStore {
  return SqliteStore.open({ path, clock: new SystemClock(), log: silentLog });
}

async function temporaryPath(): Promise<string> {
  return join(await temporaryDirectory(), 'berth.sqlite');
}

describe('SQLite, the file', () => {
  test('every answered write survives kill -9', async () => {
    const path = await temporaryPath();
    const answered = await killWhileWriting(path, 300);
    const store = openSqlite(path);
    onTestFinished(() => store.close());
    expect(answered.length).toBeGreaterThanOrEqual(300);
    const found = await store.getMany('ledger', answered);
    expect(found.map(({ doc }) => doc.id)).toEqual(answered);
  });

  test('nobody but its owner may read it', async () => {
    const path = await temporaryPath();
    const store = openSqlite(path);
    onTestFinished(() => store.close());
    await store.create('ledger', aLedger('n1'));
    for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o077).toBe(0);
  });

  test('a person sees readable columns beside the JSON, whole numbers as such', async () => {
    const path = await temporaryPath();
    const store = openSqlite(path);
    await store.create('jobStatus', aJobStatus({ id: 'j', shard: 3, nextAt: 1_700_000_000_000, state: 'running' }));
    await store.close();
    const row = look(path, (database) => database.prepare('SELECT * FROM jobStatus').get());
    expect(row).toMatchObject({ id: 'j', shard: 3, nextAt: 1_700_000_000_000, state: 'running', createdAt: 0 });
    expect(look(path, (database) => database.prepare('SELECT typeof(shard) AS type FROM jobStatus').get())).toEqual({
      type: 'integer',
    });
  });

  test('a write that fails alone spoils no other that shares its transaction', async () => {
    const store = openSqlite(await temporaryPath());
    onTestFinished(() => store.close());
    const outcomes = await Promise.allSettled([
      store.create('ledger', aLedger('a')),
      store.create('ledger', aLedger('a')),
      store.create('ledger', aLedger('b')),
    ]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await store.count('ledger', {})).toBe(2);
  });

  test('after a write of a batch that failed, none of the batch is done; what others write meanwhile is', async () => {
    const path = await temporaryPath();
    const store = openSqlite(path);
    onTestFinished(() => store.close());
    look(path, (database) =>
      database.exec(`CREATE TRIGGER full BEFORE INSERT ON ledger WHEN new.id = 'b'
        BEGIN SELECT RAISE(ABORT, 'no room'); END`),
    );
    const batch = ['a', 'b', 'c'].map((id) => ({ do: 'create', kind: 'ledger', doc: aLedger(id) }) as const);
    const outcomes = await Promise.allSettled([store.apply(batch), store.create('ledger', aLedger('d'))]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    const { items } = await store.list('ledger', { limit: 10 });
    expect(items.map(({ doc }) => doc.id)).toEqual(['a', 'd']);
  });

  test('when a write ends the whole transaction, those behind it are not written outside of one', async () => {
    const path = await temporaryPath();
    const store = openSqlite(path);
    onTestFinished(() => store.close());
    look(path, (database) =>
      database.exec(`CREATE TRIGGER full BEFORE INSERT ON ledger WHEN new.id = 'b'
        BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END`),
    );
    const writes = await Promise.allSettled(['a', 'b', 'c'].map((id) => store.create('ledger', aLedger(id))));
    const failed = { status: 'rejected', reason: { code: 'platform.store-failed' } };
    expect(writes).toMatchObject([failed, failed, failed]);
    expect(await store.count('ledger', {})).toBe(0);
  });

  test('when the database cannot be written, every write of the group hears it and later ones succeed', async () => {
    const path = await temporaryPath();
    const store = openSqlite(path);
    onTestFinished(() => store.close());
    const other = new DatabaseSync(path);
    other.exec(`CREATE TRIGGER full BEFORE UPDATE ON berth_version BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END`);
    const writes = await Promise.allSettled([
      store.create('ledger', aLedger('a')),
      store.create('ledger', aLedger('b')),
    ]);
    expect(writes).toMatchObject([
      { status: 'rejected', reason: { code: 'platform.store-failed' } },
      { status: 'rejected', reason: { code: 'platform.store-failed' } },
    ]);
    expect(await store.count('ledger', {})).toBe(0);
    other.exec('DROP TRIGGER full');
    other.close();
    await store.create('ledger', aLedger('a'));
    expect(await store.count('ledger', {})).toBe(1);
  });
});

describe('SQLite, two connections', () => {
  test('two stores on one file see each other and never give a version twice', async () => {
    const path = await temporaryPath();
    const [one, two] = [openSqlite(path), openSqlite(path)];
    onTestFinished(async () => void (await Promise.all([one.close(), two.close()])));
    const first = await one.create('ledger', aLedger('a'));
    const second = await two.create('ledger', aLedger('b'));
    const third = await one.update('ledger', aLedger('b', 'changed'), second.version);
    expect(new Set([first, second, third].map(({ version }) => version)).size).toBe(3);
    expect(await two.get('ledger', 'b')).toEqual(third);
  });

  test('whoever reads sees a write as soon as it is answered, in the middle of many others', async () => {
    const store = openSqlite(await temporaryPath());
    onTestFinished(() => store.close());
    const writers = Array.from({ length: 300 }, async (_, index) => {
      const before = await store.get('ledger', `n${index}`);
      const created = await store.create('ledger', aLedger(`n${index}`));
      const found = await store.get('ledger', `n${index}`);
      const updated = await store.update('ledger', aLedger(`n${index}`, 'changed'), created.version);
      const listed = await store.list('ledger', { limit: 1000 });
      return [before, found, listed.items.find(({ doc }) => doc.id === `n${index}`), created, updated];
    });
    for (const [before, found, listed, created, updated] of await Promise.all(writers)) {
      expect(before).toBeUndefined();
      expect(found).toEqual(created);
      expect(listed).toEqual(updated);
    }
  });

  test('nothing is locked while nothing is under way, and closing leaves one file', async () => {
    const path = await temporaryPath();
    const store = openSqlite(path);
    await store.create('ledger', aLedger('a'));
    const other = new DatabaseSync(path, { timeout: 0 });
    // Nobody holds a lock while nothing is under way: another program may write at once.
    other.exec('BEGIN IMMEDIATE; COMMIT');
    other.close();
    await store.close();
    expect(readdirSync(dirname(path))).toEqual(['berth.sqlite']);
  });
});

describe('SQLite, its indexes', () => {
  const declared = Object.entries(INDEXES).flatMap(([kind, indexes]) => indexes.map((index) => ({ kind, index })));

  test.each(declared)(
    'a list of $kind by $index walks that index; the whole of it sorts nothing, and places need nothing else',
    ({ kind, index }) => {
      const database = new DatabaseSync(':memory:');
      onTestFinished(() => database.close());
      alignTables(database);
      for (let length = 0; length <= index.length; length++) {
        const where = Object.fromEntries(index.slice(0, length).map((field) => [field, 1]));
        for (const direction of ['ascending', 'descending'] as const) {
          const query = { where, orderBy: index[length] ?? 'id', direction };
          const after = encodePosition(query.orderBy, { value: 5, id: 'x' });
          for (const asked of [query, { ...query, after }, { ...query, from: 1, below: 9 }]) {
            for (const detail of plans(database, positionStatements(kind as Kind, planQuery(kind as Kind, asked)))) {
              expect(detail, JSON.stringify(asked)).toMatch(/USING COVERING INDEX /);
            }
            for (const detail of plans(database, listStatements(kind as Kind, planQuery(kind as Kind, asked)))) {
              expect(detail, JSON.stringify(asked)).toMatch(/USING (COVERING )?INDEX /);
              if (length >= index.length - 1) expect(detail, JSON.stringify(asked)).not.toMatch(/TEMP B-TREE/);
            }
          }
        }
      }
    },
  );
});

function plans(database: DatabaseSync, statements: readonly Statement[]): readonly string[] {
  return statements.map(({ sql, values }) => {
    const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values, 10);
    return steps.map(({ detail }) => String(detail)).join('; ');
  });
}

describe('SQLite, of another version', () => {
  test('a database from before an index and a kind gets both, filled from its documents', async () => {
    const path = await temporaryPath();
    const store = openSqlite(path);
    await store.create('jobStatus', aJobStatus({ id: 'a', nextAt: 7 }));
    await store.create('jobStatus', aJobStatus({ id: 'b', nextAt: null }));
    await store.create('event', anEvent({ id: 'e' }));
    await store.close();
    look(path, (database) =>
      database.exec(`
        DROP TABLE event;
        DROP INDEX jobStatus_by_shard_nextAt;
        ALTER TABLE jobStatus DROP COLUMN nextAt;
        ALTER TABLE jobStatus ADD COLUMN forgotten ANY;
        CREATE INDEX jobStatus_by_forgotten ON jobStatus (forgotten, id)`),
    );
    const newer = openSqlite(path);
    onTestFinished(() => newer.close());
    const page = await newer.list('jobStatus', { where: { shard: 0 }, orderBy: 'nextAt', from: 0, limit: 5 });
    expect(page.items.map((item) => item.doc.id)).toEqual(['a']);
    expect(await newer.count('event', {})).toBe(0);
    const columns = look(path, (database) =>
      database.prepare('SELECT name FROM pragma_table_info(?)').all('jobStatus'),
    );
    expect(columns.map(({ name }) => name)).not.toContain('forgotten');
  });

  test('a database of a newer Berth is refused and left as it is', async () => {
    const path = await temporaryPath();
    await openSqlite(path).close();
    look(path, (database) => database.exec(`INSERT INTO berth_schema VALUES (99, 'the future', 0); DROP TABLE event`));
    expect(() => openSqlite(path)).toThrow(expect.objectContaining({ code: 'platform.store-newer' }));
    expect(look(path, (database) => database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'event'`).get())).toBe(
      undefined,
    );
  });

  test('each numbered change runs once, in order, and one that fails leaves nothing of itself', () => {
    const database = new DatabaseSync(':memory:');
    onTestFinished(() => database.close());
    const make = (version: number, sql: string) => ({ version, what: 'a test', run: () => database.exec(sql) });
    const two = make(2, 'CREATE TABLE two (x)');
    const three = make(3, 'CREATE TABLE three (x); SELECT * FROM nowhere');
    expect(migrate(database, MIGRATIONS, 0).map(({ version }) => version)).toEqual([1]);
    expect(migrate(database, [...MIGRATIONS, two], 0)).toEqual([two]);
    expect(() => migrate(database, [...MIGRATIONS, two, three], 0)).toThrow('nowhere');
    expect(database.prepare(`SELECT name FROM sqlite_schema WHERE name IN ('two', 'three')`).all()).toEqual([
      { name: 'two' },
    ]);
    expect(migrate(database, [...MIGRATIONS, two], 0)).toEqual([]);
  });
});

function look<T>(path: string, read: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path);
  try {
    return read(database);
  } finally {
    database.close();
  }
}

async function killWhileWriting(path: string, answers: number): Promise<readonly string[]> {
  const writer = spawn(process.execPath, [join(import.meta.dirname, 'store-writer.ts'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void writer.kill('SIGKILL'));
  const answered: string[] = [];
  for await (const id of createInterface({ input: writer.stdout })) {
    answered.push(id);
    if (answered.length === answers) writer.kill('SIGKILL');
  }
  if (writer.signalCode === null) await once(writer, 'exit');
  expect(writer.signalCode).toBe('SIGKILL');
  return answered;
}
