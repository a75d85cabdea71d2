// A program that asks a SQLite store to write and leaves without closing it.
import { SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { silentLog } from './silent-log.ts';
import { aLedger } from './store-documents.ts';

const store = SqliteStore.open({ path: process.argv[2] ?? '', clock: new SystemClock(), log: silentLog });
await store.create('ledger', aLedger('a'));
void store.create('ledger', aLedger('b'));
