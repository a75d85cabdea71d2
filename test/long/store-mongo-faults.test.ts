// What a MongoDB store makes of lost answers and of a server that goes away: every write is answered as it came out, once.
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { MongoStore } from '../../src/adapters/mongo-store/mongo-store.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import { StoreConflict } from '../../src/ports/store.ts';
import { silentLog } from '../contracts/silent-log.ts';
import { aLedger } from '../contracts/store-documents.ts';
import {
  type FaultyDatabase,
  fragileStores,
  seenClaim,
  storeFaultsContract,
} from '../contracts/store-faults-contract.ts';
import { type Mongodb, startMongodb } from '../world/mongodb.ts';

const around = { clock: new SystemClock(), random: new SystemRandom(), log: silentLog };

// A server that was given by its address may be anywhere and serve others: these tests need one that they may cut off and end.
const given = process.env.BERTH_TEST_MONGODB !== undefined;

let server: Mongodb;
let database: string;

beforeAll(async () => {
  server = await startMongodb();
  database = server.makeDatabase();
}, 900_000);

afterAll(() => server.destroy());

async function openStore(url: string): Promise<MongoStore> {
  const store = await MongoStore.open({ url, ...around });
  onTestFinished(() => store.close());
  return store;
}

const faulty: FaultyDatabase = {
  name: 'MongoDB',
  server: () => ({
    ...{ port: server.port, password: server.password },
    url: (name, timeoutMs, port) => server.url(name, { timeoutMs: String(timeoutMs) }, port),
    emptyDatabase: async () => {
      await server.client.db(database).collection('ledger').deleteMany({});
      return database;
    },
    crash: () => server.crash(),
  }),
  open: (url) => MongoStore.open({ url, ...around }),
  // The names of the commands as they begin a message, each a text's field of BSON.
  writes: ['\u0002insert\u0000', '\u0002update\u0000'],
};

describe.skipIf(given)('MongoDB, and a network that loses something', () => {
  storeFaultsContract(faulty);
});

describe.skipIf(given)('MongoDB, an answer that is lost', () => {
  test('of a create is settled also when another has deleted the document since, or created it again', async () => {
    const { network, direct, fragile } = await fragileStores(faulty);
    for (const again of [false, true]) {
      const struck = network.strike('silent after');
      const writing = fragile.create('ledger', aLedger(`n${again}`, 'mine'));
      await struck;
      const mine = await seenClaim(direct, 'mine', `n${again}`);
      await direct.delete('ledger', `n${again}`, mine.version);
      if (again) await direct.create('ledger', aLedger(`n${again}`, 'theirs'));
      expect(await writing).toEqual(mine);
      expect((await direct.get('ledger', `n${again}`))?.doc.claim).toBe(again ? 'theirs' : undefined);
    }
  });

  test('of an update that another has won is a conflict', async () => {
    const { network, direct, fragile } = await fragileStores(faulty);
    const before = await direct.create('ledger', aLedger('n1', 'before'));
    const struck = network.strike('silent before');
    const writing = fragile.update('ledger', aLedger('n1', 'mine'), before.version);
    await struck;
    await direct.update('ledger', aLedger('n1', 'theirs'), before.version);
    await expect(writing).rejects.toThrow(StoreConflict);
  });

  test('of an update that a document no longer tells of is said to be unknown', async () => {
    const { network, direct, fragile } = await fragileStores(faulty);
    let last = await direct.create('ledger', aLedger('n1', 'before'));
    const struck = network.strike('silent after');
    const writing = fragile.update('ledger', aLedger('n1', 'mine'), last.version).catch((error: unknown) => error);
    await struck;
    last = await seenClaim(direct, 'mine');
    for (let count = 0; count < 40; count++) last = await direct.update('ledger', last.doc, last.version);
    expect(await writing).toMatchObject({ code: 'platform.store-unsettled' });
  });
});

describe.skipIf(given)('MongoDB, what passes', () => {
  test('connections that were ended are opened again', async () => {
    const { network, fragile } = await fragileStores(faulty);
    const { version } = await fragile.create('ledger', aLedger('n1'));
    network.cutAll();
    expect((await fragile.get('ledger', 'n1'))?.version).toBe(version);
    await fragile.update('ledger', aLedger('n1', 'again'), version);
  });

  test('a wrong password is told at once and not repeated', async () => {
    const url = server.url(database).replace(encodeURIComponent(server.password), 'not-this-one');
    const error: unknown = await openStore(url).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'platform.store-unreachable' });
    expect(String(error)).toContain('Authentication failed');
    expect(JSON.stringify(error) + String(error)).not.toContain('not-this-one');
  });
});
