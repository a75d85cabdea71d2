// What a store makes of lost answers and of a server that goes away: every write is answered as it came out, once.
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Store, StoreConflict } from '../../src/ports/store.ts';
import { until } from '../world/until.ts';
import { FAULTS, LossyNetwork } from './lossy-network.ts';
import { aLedger } from './store-documents.ts';

/** A server with an empty database, as these tests meet it. */
export interface FaultyServer {
  readonly port: number;
  readonly password: string;
  /** The address of a database through a port, for a store that waits so long for one answer. */
  url(database: string, timeoutMs: number, port?: number): string;
  /** A database that has nothing in it. */
  emptyDatabase(): Promise<string>;
  /** Ends it without a warning and starts it again. */
  crash(): Promise<void>;
}

/** A kind of database. */
export interface FaultyDatabase {
  readonly name: string;
  readonly server: () => FaultyServer;
  readonly open: (url: string) => Promise<Store>;
  /** Texts by which a write is known on its way. */
  readonly writes: readonly string[];
}

/** Longest wait for one answer in these tests, milliseconds. */
export const TIMEOUT_MS = 1200;

/** Runs the contract. */
export function storeFaultsContract(database: FaultyDatabase): void {
  describe(`${database.name}, a lost answer`, () => {
    ofOneWrite(() => fragileStores(database));
    ofSeveral(() => fragileStores(database));
  });
  describe(`${database.name}, what passes`, () => passing(database));
}

/** A store behind a network that loses what it is told to, beside one that is not; there is one document, `other`. */
export async function fragileStores({ server, open, writes }: FaultyDatabase) {
  const { port, url, emptyDatabase } = server();
  const database = await emptyDatabase();
  const network = await LossyNetwork.start({ port, writes });
  onTestFinished(() => network.close());
  const opened = async (address: string) => {
    const store = await open(address);
    onTestFinished(() => store.close());
    return store;
  };
  const direct = await opened(url(database, 30_000));
  const fragile = await opened(url(database, TIMEOUT_MS, network.port));
  await fragile.create('ledger', aLedger('other'));
  return { network, direct, fragile };
}

/** The document as soon as somebody's claim is in it. */
export function seenClaim(store: Store, claim: string, id = 'n1') {
  return until('the write', 5000, async () => {
    const stored = await store.get('ledger', id);
    return stored?.doc.claim === claim ? stored : undefined;
  });
}

type Stores = () => ReturnType<typeof fragileStores>;

function ofOneWrite(stores: Stores): void {
  test.each(FAULTS)('of a create (%s it is written) is settled: it is there once, and answered', async (fault) => {
    const { network, direct, fragile } = await stores();
    const struck = network.strike(fault);
    const written = await fragile.create('ledger', aLedger('n1', 'mine'));
    await struck;
    expect(await direct.get('ledger', 'n1')).toEqual(written);
    await expect(fragile.create('ledger', aLedger('n1'))).rejects.toThrow(StoreConflict);
  });

  test.each(FAULTS)('of an update (%s it is written) is settled', async (fault) => {
    const { network, direct, fragile } = await stores();
    const before = await direct.create('ledger', aLedger('n1', 'before'));
    const struck = network.strike(fault);
    const written = await fragile.update('ledger', aLedger('n1', 'mine'), before.version);
    await struck;
    expect(await direct.get('ledger', 'n1')).toEqual(written);
  });

  test.each(FAULTS)('of a delete (%s it is written) is settled', async (fault) => {
    const { network, direct, fragile } = await stores();
    const { version } = await direct.create('ledger', aLedger('n1', 'before'));
    const struck = network.strike(fault);
    await fragile.delete('ledger', 'n1', version);
    await struck;
    expect(await direct.get('ledger', 'n1')).toBeUndefined();
  });
}

function ofSeveral(stores: Stores): void {
  test('of an update is settled also when another has changed the document since', async () => {
    const { network, direct, fragile } = await stores();
    const before = await direct.create('ledger', aLedger('n1', 'before'));
    const struck = network.strike('silent after');
    const writing = fragile.update('ledger', aLedger('n1', 'mine'), before.version);
    await struck;
    const mine = await seenClaim(direct, 'mine');
    const theirs = await direct.update('ledger', aLedger('n1', 'theirs'), mine.version);
    expect(await writing).toEqual(mine);
    expect(await direct.get('ledger', 'n1')).toEqual(theirs);
  });

  test.each(['cut before', 'cut after'] as const)(
    'of a batch (%s it is written) is settled for each write',
    async (fault) => {
      const { network, fragile } = await stores();
      const struck = network.strike(fault);
      const results = await fragile.apply([
        { do: 'create', kind: 'ledger', doc: aLedger('n1') },
        { do: 'create', kind: 'ledger', doc: aLedger('other') },
        { do: 'create', kind: 'ledger', doc: aLedger('n2') },
      ]);
      await struck;
      expect(results.map(({ ok }) => ok)).toEqual([true, false, true]);
      expect(await fragile.count('ledger', {})).toBe(3);
    },
  );
}

function passing({ server, open }: FaultyDatabase): void {
  test('every answered write survives a crash of the server, and writing goes on when it is back', async () => {
    const { url, emptyDatabase, crash } = server();
    const store = await open(url(await emptyDatabase(), 5000));
    onTestFinished(() => store.close());
    const answered: string[] = [];
    let writing = true;
    const writers = [0, 1, 2, 3].map(async (writer) => {
      for (let count = 0; writing; count++) {
        const { doc } = await store.create('ledger', aLedger(`${writer}-${count}`));
        answered.push(doc.id);
      }
    });
    await until('a few hundred writes', 20_000, () => answered.length > 300 || undefined);
    await crash();
    const before = answered.length;
    await until('writes after the crash', 20_000, () => answered.length > before + 100 || undefined);
    writing = false;
    await Promise.all(writers);
    const found = await store.getMany('ledger', answered);
    expect(found.map(({ doc }) => doc.id)).toEqual(answered);
    expect(await store.count('ledger', {})).toBe(answered.length);
  });

  test('a database that stays away is told as such, by its address without the password', async () => {
    const { url, password } = server();
    const error: unknown = await open(url('nothing', 300, 1)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'platform.store-unreachable', details: { address: '127.0.0.1:1/nothing' } });
    expect(JSON.stringify(error) + String(error)).not.toContain(password);
  });
}
