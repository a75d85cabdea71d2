// The Store contract over a server of MongoDB's protocol, and what is special about that store: its collections, indexes and versions.
import { type Document, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readMongoAddress } from '../../src/adapters/mongo-store/mongo-address.ts';
import { detailOf, mayPass } from '../../src/adapters/mongo-store/mongo-failures.ts';
import { MongoStore } from '../../src/adapters/mongo-store/mongo-store.ts';
import { snapshotOf } from '../../src/adapters/mongo-store/snapshot.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import { openStore as openByAddress } from '../../src/main/open-store.ts';
import { INDEXES, type Kind } from '../../src/model/kinds.ts';
import { type Mongodb, startMongodb } from '../world/mongodb.ts';
import { silentLog } from './silent-log.ts';
import { storeContract } from './store-contract.ts';
import { aJobStatus, aLedger, anEvent } from './store-documents.ts';
import { sharedStoreContract } from './store-shared-contract.ts';

const KINDS = Object.keys(INDEXES) as readonly Kind[];

let server: Mongodb;
let shared: string | undefined;

beforeAll(async () => {
  server = await startMongodb();
}, 900_000);

afterAll(() => server.destroy());

function openStore(url: string): Promise<MongoStore> {
  return MongoStore.open({ url, clock: new SystemClock(), random: new SystemRandom(), log: silentLog });
}

// Making its collections takes a server far longer than emptying them.
async function emptied(): Promise<string> {
  shared ??= server.makeDatabase();
  const db = server.client.db(shared);
  await Promise.all(KINDS.map((kind) => db.collection(kind).deleteMany({})));
  return server.url(shared);
}

// FerretDB looks at every document of a collection for each conditional write.
const MODEL_ROUNDS = 30;

storeContract('MongoDB', opened, MODEL_ROUNDS);

async function opened() {
  const url = await emptied();
  const store = await openStore(url);
  const reopen = async () => {
    await store.close();
    return openStore(url);
  };
  return { store, reopen };
}

async function emptyStore() {
  const url = await emptied();
  const store = await openStore(url);
  onTestFinished(() => store.close());
  return { url, store, db: server.client.db(shared) };
}

async function newStore() {
  const database = server.makeDatabase();
  const url = server.url(database);
  const store = await openStore(url);
  onTestFinished(() => store.close());
  return { url, store, db: server.client.db(database) };
}

describe('MongoDB, what a person sees', () => {
  test('fields to look by beside the document, and the document itself as objects', async () => {
    const { store, db } = await emptyStore();
    await store.create('jobStatus', aJobStatus({ id: 'j', shard: 3, nextAt: 1_700_000_000_000, state: 'running' }));
    const seen = await db.collection<Document & { _id: string }>('jobStatus').findOne({ 'doc.state': 'running' });
    expect(seen).toMatchObject({ _id: 'j', shard: 3, nextAt: 1_700_000_000_000, state: 'running', createdAt: 0 });
    expect(seen?.doc).toEqual(aJobStatus({ id: 'j', shard: 3, nextAt: 1_700_000_000_000, state: 'running' }));
  });

  test('a document that MongoDB would change is kept as its JSON', async () => {
    const { store, db } = await emptyStore();
    const evidence = [
      { $ref: 'x' },
      { 'a.b': 1 },
      { '': 1 },
      { list: [[1], [2]] },
      { text: '\ud800' },
      { _bsontype: 'Long' },
    ];
    for (const [place, each] of evidence.entries()) {
      const doc = anEvent({ id: `e${place}`, evidence: each as never });
      const written = await store.create('event', doc);
      expect(await store.get('event', doc.id)).toEqual(written);
      const kept = await db.collection<Document & { _id: string }>('event').findOne({ _id: doc.id });
      expect(JSON.parse(String(kept?.text))).toEqual(doc);
      await store.update('event', anEvent({ id: doc.id, text: 'plain' }), written.version);
      expect((await store.get('event', doc.id))?.doc).toEqual(anEvent({ id: doc.id, text: 'plain' }));
    }
  });
});

describe('MongoDB, exactly', () => {
  test('a document larger than the server takes is refused, and those beside it are written', async () => {
    const { store } = await emptyStore();
    const large = store.create('event', anEvent({ id: 'large', text: 'x'.repeat(17_000_000) }));
    const small = store.create('event', anEvent({ id: 'small', text: 'x'.repeat(15_000_000) }));
    await expect(large).rejects.toThrow(/larger than MongoDB takes/);
    expect((await small).doc.id).toBe('small');
  });

  test('what was deleted is in no list, no count and no snapshot, and can be created again', async () => {
    const { store } = await emptyStore();
    const { version } = await store.create('jobStatus', aJobStatus({ id: 'j', nextAt: null }));
    await store.delete('jobStatus', 'j', version);
    expect(await store.getMany('jobStatus', ['j'])).toEqual([]);
    expect(await store.count('jobStatus', {})).toBe(0);
    expect(await store.count('jobStatus', { where: { shard: 0, nextAt: null } })).toBe(0);
    expect((await store.list('jobStatus', { orderBy: 'endedAt', limit: 9 })).items).toEqual([]);
    expect(await Array.fromAsync(store.snapshot())).toEqual([]);
    const again = await store.apply([{ do: 'create', kind: 'jobStatus', doc: aJobStatus({ id: 'j', rank: 2 }) }]);
    expect(again).toMatchObject([{ ok: true }]);
    expect((await store.get('jobStatus', 'j'))?.doc.rank).toBe(2);
  });
});

sharedStoreContract('MongoDB', {
  untouched: async () => server.url(server.makeDatabase()),
  empty: emptied,
  open: openStore,
});

describe('MongoDB, its collections', () => {
  test('every declared index is there, closed by the id', async () => {
    const { db } = await emptyStore();
    for (const kind of KINDS) {
      const indexes = await db.collection(kind).listIndexes().toArray();
      const keys = indexes.map(({ key }) => Object.keys(key).join());
      for (const index of INDEXES[kind]) expect(keys).toContain([...index, '_id'].join());
    }
  });

  test('a database from before an index and a kind gets both, filled from its documents', async () => {
    const { url, store, db } = await newStore();
    await store.create('jobStatus', aJobStatus({ id: 'a', nextAt: 7 }));
    await store.create('jobStatus', aJobStatus({ id: 'b', nextAt: null }));
    await store.close();
    await db.dropCollection('ledger');
    await db.collection('jobStatus').dropIndex('jobStatus_by_shard_nextAt');
    await db.collection('jobStatus').updateMany({}, { $unset: { nextAt: '' } });
    await db.collection('jobStatus').createIndex({ forgotten: 1 });
    await db
      .collection<Document & { _id: string }>('berth_schema')
      .updateOne({ _id: 'layout' }, { $set: { what: 'old' } });
    const newer = await openStore(url);
    onTestFinished(() => newer.close());
    const page = await newer.list('jobStatus', { where: { shard: 0 }, orderBy: 'nextAt', from: 0, limit: 5 });
    expect(page.items.map((item) => item.doc.id)).toEqual(['a']);
    expect(await newer.count('jobStatus', { where: { shard: 0, nextAt: null } })).toBe(1);
    expect(await newer.count('ledger', {})).toBe(0);
    const names = (await db.collection('jobStatus').listIndexes().toArray()).map(({ name }) => name);
    expect(names).toContain('jobStatus_by_shard_nextAt');
    expect(names).not.toContain('forgotten_1');
  });

  test('a database of a newer Berth is refused and left as it is', async () => {
    const { url, store, db } = await newStore();
    await store.close();
    await db.collection<Document & { _id: number }>('berth_schema').insertOne({ _id: 99, what: 'the future' });
    await db.dropCollection('event');
    await expect(openStore(url)).rejects.toMatchObject({ code: 'platform.store-newer' });
    expect((await db.listCollections({ name: 'event' }).toArray()).length).toBe(0);
  });
});

describe('MongoDB, what is asked of a replica set', () => {
  test('a snapshot is asked for as such, whatever else the client reads by', async () => {
    const { store } = await emptyStore();
    await store.create('ledger', aLedger('n1'));
    const client = new MongoClient(server.url(shared ?? ''), {
      monitorCommands: true,
      readConcern: { level: 'majority' },
    });
    onTestFinished(() => client.close());
    const levels: unknown[] = [];
    client.on('commandStarted', ({ command }) => 'find' in command && levels.push(command.readConcern?.level));
    const around = {
      clock: new SystemClock(),
      random: new SystemRandom(),
      withinMs: 1000,
      address: '',
      failures: { mayPass, detailOf },
    };
    const reading = { persistence: around, leftOut: KINDS.filter((kind) => kind !== 'ledger') };
    const pages = await Array.fromAsync(snapshotOf(client, client.db(shared), reading));
    expect(pages).toEqual([{ kind: 'ledger', docs: [aLedger('n1')] }]);
    expect(levels).toEqual(['snapshot']);
  });
});

describe('MongoDB, its address', () => {
  test('opens this store', async () => {
    const around = { clock: new SystemClock(), random: new SystemRandom(), log: silentLog };
    const store = await openByAddress(await emptied(), { path: () => '/nowhere' } as never, around);
    onTestFinished(() => store.close());
    expect(store).toBeInstanceOf(MongoStore);
  });

  test('names everything; what it does not name has its default', () => {
    expect(
      readMongoAddress('mongodb://me:p%25s%3Aw%40rd@a:27018,b/db?replicaSet=rs&connections=2&timeoutMs=500'),
    ).toEqual({
      ...{ scheme: 'mongodb', hosts: 'a:27018,b', database: 'db', user: { name: 'me', password: 'p%s:w@rd' } },
      ...{ options: { replicaSet: 'rs' }, connections: 2, timeoutMs: 500 },
    });
    expect(readMongoAddress('mongodb+srv://cluster.example.org/db')).toMatchObject({
      ...{ scheme: 'mongodb+srv', user: undefined, options: {}, connections: 16, timeoutMs: 10_000 },
    });
  });

  test.each([
    'mongodb://:secret@host/db',
    'mongodb://me:secret@host',
    'mongodb://me:secret@host/',
    'mongodb://me:secret@host/db?colour=blue',
    'mongodb://me:secret@host/db?w=1',
    'mongodb://me:secret@host/db?readPreference=secondary',
    'mongodb://me:secret@host/db?connections=0',
    'mongodb://me:secret%@host/db',
    'mongodb://me:secret@host/db?passwordFile=/nowhere',
    'not an address with secret',
  ])('%s is refused without repeating its password', (text) => {
    expect(() => readMongoAddress(text)).toThrow(expect.objectContaining({ code: 'platform.setting-invalid' }));
    expect(() => readMongoAddress(text)).toThrow(expect.not.stringContaining('secret'));
  });

  test.each(['postgres://me:secret@host/db', 'mysq://me:secret@host/db', 'secret'])(
    '%s is no database that Berth knows, which is said without repeating it',
    async (url) => {
      const around = { clock: new SystemClock(), random: new SystemRandom(), log: silentLog };
      const error: unknown = await openByAddress(url, { path: () => '/nowhere' } as never, around).catch(
        (reason) => reason,
      );
      expect(error).toMatchObject({ code: 'platform.setting-invalid' });
      expect(String(error)).not.toContain('secret');
    },
  );
});
