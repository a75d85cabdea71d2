// The thread that writes for the SQLite store, and the queue before it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type CommitGroup, GroupCommit } from '../../src/adapters/sqlite-store/group-commit.ts';
import { GroupTransaction } from '../../src/adapters/sqlite-store/group-transaction.ts';
import { GroupWriter } from '../../src/adapters/sqlite-store/group-writer.ts';
import { SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { createOrder, type WriteEntry } from '../../src/adapters/sqlite-store/write-order.ts';
import { WriterThread } from '../../src/adapters/sqlite-store/writer-thread.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { ManualClock } from '../unit/engine/manual-clock.ts';
import { silentLog } from './silent-log.ts';
import { aLedger, anEvent } from './store-documents.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const PROGRAM = new URL('./mortal-writer.ts', import.meta.url);

async function openSqlite(): Promise<{ store: SqliteStore; path: string }> {
  const path = join(await temporaryDirectory(), 'berth.sqlite');
  const store = SqliteStore.open({ path, clock: new SystemClock(), log: silentLog });
  onTestFinished(() => store.close());
  return { store, path };
}

describe('the queue of writes', () => {
  const order = (id: string) => createOrder('ledger', aLedger(id));

  /** Commits by hand: each group waits until it is let go. */
  function byHand() {
    const groups: (readonly WriteEntry[])[] = [];
    const going: (() => void)[] = [];
    const commit: CommitGroup = (group) => {
      groups.push(group);
      const { promise, resolve } = Promise.withResolvers<readonly number[]>();
      going.push(() => resolve(group.map((_, index) => index + 1)));
      return promise;
    };
    return { groups, commit, letGo: () => going.shift()?.() };
  }

  const turn = () => new Promise((resolve) => setImmediate(resolve));

  test('writes of one turn of the loop share a group; those that come while it is under way share the next', async () => {
    const { groups, commit, letGo } = byHand();
    const commits = new GroupCommit(commit);
    const first = [commits.add(order('a')), Promise.resolve().then(() => commits.add(order('b')))];
    await turn();
    const second = [commits.add(order('c'))];
    await turn();
    second.push(commits.add(order('d')));
    letGo();
    await Promise.all(first);
    await turn();
    expect(groups.map((group) => group.map(([, id]) => id))).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    letGo();
    await Promise.all(second);
  });

  test('more writes than may wait are refused, and those that waited are written in groups of two thousand', async () => {
    const sizes: number[] = [];
    const commits = new GroupCommit(async (group) => {
      sizes.push(group.length);
      return group.map(() => 7);
    });
    const one = order('a');
    const waiting = Array.from({ length: 100_000 }, () => commits.add(one));
    await expect(commits.add(one)).rejects.toMatchObject({ code: 'platform.queue-full' });
    for (const result of await Promise.all(waiting)) expect(result).toEqual({ ok: true, version: 7 });
    expect(sizes).toEqual(Array.from({ length: 50 }, () => 2000));
    expect(await commits.add(one)).toEqual({ ok: true, version: 7 });
  });

  test('writes that belong together are never parted, and are answered together', async () => {
    const sizes: number[] = [];
    const commits = new GroupCommit(async (group) => {
      sizes.push(group.length);
      return group.map((entry) => (typeof entry[0] === 'number' ? 7 : entry.map((_, index) => index)));
    });
    const chain = Array.from({ length: 999 }, () => order('a'));
    const answers = await Promise.all([commits.addChain(chain), commits.addChain(chain), commits.addChain(chain)]);
    expect(sizes).toEqual([2, 1]);
    expect(answers[2]?.slice(0, 2)).toEqual([
      { ok: false, reason: 'conflict' },
      { ok: true, version: 1 },
    ]);
  });

  test('very long documents go in smaller groups', async () => {
    const sizes: number[] = [];
    const commits = new GroupCommit(async (group) => {
      sizes.push(group.length);
      return group.map(() => 1);
    });
    const long = createOrder('event', anEvent({ id: 'e', text: 'x'.repeat(3 * 1024 * 1024) }));
    await Promise.all(Array.from({ length: 5 }, () => commits.add(long)));
    expect(sizes).toEqual([2, 2, 1]);
  });

  test('many answers are given in more than one turn of the loop', async () => {
    const commits = new GroupCommit(async (group) => group.map(() => 1));
    let isOver = false;
    const waiting = Array.from({ length: 1000 }, () => commits.add(order('a')));
    void waiting.at(-1)?.then(() => {
      isOver = true;
    });
    await waiting[0];
    await turn();
    expect(isOver).toBe(false);
    await Promise.all(waiting);
  });

  test('closing writes what waits, answers it, and takes no more', async () => {
    const { groups, commit, letGo } = byHand();
    const commits = new GroupCommit(commit);
    const first = commits.add(order('a'));
    await turn();
    const second = commits.add(order('b'));
    const closing = commits.close();
    await expect(commits.add(order('c'))).rejects.toThrow('closed');
    letGo();
    await first;
    await turn();
    letGo();
    expect(await second).toEqual({ ok: true, version: 1 });
    await closing;
    expect(groups).toHaveLength(2);
  });
});

describe('the thread that writes', () => {
  test('dies: what was under way is rejected, nothing of it is there or locked, and the next write starts another', async () => {
    const { store, path } = await openSqlite();
    const thread = new WriterThread({ path, busyMs: 1000, program: PROGRAM, log: silentLog });
    onTestFinished(() => thread.end());
    const dying = thread.write([createOrder('ledger', aLedger('deadly')), createOrder('ledger', aLedger('b'))]);
    await expect(dying).rejects.toMatchObject({ code: 'platform.store-unsettled' });
    await store.create('ledger', aLedger('of another'));
    const outcome = await thread.write([createOrder('ledger', aLedger('b'))]);
    expect(outcome).toEqual([expect.any(Number)]);
    const { items } = await store.list('ledger', { limit: 10 });
    expect(items.map(({ doc }) => doc.id)).toEqual(['b', 'of another']);
  });

  test('cannot even start: the write is rejected with the reason, and the process lives', async () => {
    const path = join(await temporaryDirectory(), 'nowhere', 'berth.sqlite');
    const thread = new WriterThread({ path, busyMs: 1000, program: PROGRAM, log: silentLog });
    const write = thread.write([createOrder('ledger', aLedger('a'))]);
    await expect(write).rejects.toMatchObject({ code: 'platform.store-unsettled' });
    await expect(write).rejects.toThrow('unable to open database file');
    await thread.end();
  });

  test('somebody else writes for too long: the writes are rejected, later ones succeed', async () => {
    const { store, path } = await openSqlite();
    const thread = new WriterThread({ path, busyMs: 10, program: PROGRAM, log: silentLog });
    onTestFinished(() => thread.end());
    const other = new DatabaseSync(path);
    onTestFinished(() => other.close());
    other.exec('BEGIN IMMEDIATE');
    const late = thread.write([createOrder('ledger', aLedger('a'))]);
    await expect(late).rejects.toMatchObject({ code: 'platform.store-failed' });
    other.exec('ROLLBACK');
    await thread.write([createOrder('ledger', aLedger('a'))]);
    expect(await store.count('ledger', {})).toBe(1);
  });

  test('is there for large groups alone, and for 10 s after the last one', async () => {
    const { path } = await openSqlite();
    const clock = new ManualClock();
    const database = new DatabaseSync(path);
    onTestFinished(() => database.close());
    const thread = new WriterThread({ path, busyMs: 1000, program: PROGRAM, log: silentLog });
    const writer = new GroupWriter({ here: new GroupTransaction(database), thread, clock });
    onTestFinished(() => writer.end());
    let written = 0;
    /** Whether another connection than the one of this thread wrote a group. */
    const isElsewhere = async (size: number) => {
      const seen = () => database.prepare('PRAGMA data_version').get()?.data_version;
      const before = seen();
      const orders = Array.from({ length: size }, () => createOrder('ledger', aLedger(`n${written++}`)));
      expect(await writer.write(orders)).toHaveLength(size);
      return seen() !== before;
    };
    expect(await isElsewhere(5)).toBe(false);
    expect(await isElsewhere(100)).toBe(true);
    expect(await isElsewhere(5)).toBe(true);
    await clock.advance(9_999);
    expect(await isElsewhere(5)).toBe(true);
    await clock.advance(1);
    expect(await isElsewhere(5)).toBe(false);
    expect(await isElsewhere(100)).toBe(true);
    expect(database.prepare('SELECT count(*) AS count FROM ledger').get()?.count).toBe(written);
  });

  test('a store that is closed while writes wait answers them all, twice closed as well', async () => {
    const { store } = await openSqlite();
    const writes = Array.from({ length: 2500 }, (_, index) => store.create('ledger', aLedger(`n${index}`)));
    await Promise.all([store.close(), store.close()]);
    expect(await Promise.all(writes)).toHaveLength(2500);
    await expect(store.create('ledger', aLedger('late'))).rejects.toThrow('closed');
  });

  test('a store that nobody closes keeps no process, and what was asked before is written', async () => {
    const path = join(await temporaryDirectory(), 'berth.sqlite');
    const program = join(import.meta.dirname, 'store-leaver.ts');
    const leaver = spawn(process.execPath, [program, path], {
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: 20_000,
    });
    const [code] = await once(leaver, 'exit');
    expect(code).toBe(0);
    const store = SqliteStore.open({ path, clock: new SystemClock(), log: silentLog });
    onTestFinished(() => store.close());
    expect(await store.count('ledger', {})).toBe(2);
  });
});
