// A program that writes to a SQLite store until it is killed, and prints each id when its write was answered.
import { writeSync } from 'node:fs';
import { SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { silentLog } from './silent-log.ts';
import { aLedger } from './store-documents.ts';

const store = SqliteStore.open({ path: process.argv[2] ?? '', clock: new SystemClock(), log: silentLog });
const MOST = 1_000_000;

async function write(writer: number): Promise<void> {
  for (let count = 0; count < MOST; count++) {
    const { doc } = await store.create('ledger', aLedger(`${writer}-${count}`));
    writeSync(1, `${doc.id}\n`);
  }
}

await Promise.all([0, 1, 2, 3, 4].map(write));
