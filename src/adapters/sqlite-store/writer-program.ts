// The thread that writes: a connection of its own, which executes group after group and answers each.
import { flushCompileCache } from 'node:module';
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { GroupTransaction } from './group-transaction.ts';
import type { GroupAnswer, GroupMessage, WriterData } from './writer-messages.ts';

/** Pages that the log may hold before they are copied into the database: many writes touch the same ones, which are copied once. */
const CHECKPOINT_PAGES = 4000;

const { path, busyMs } = workerData as WriterData;
const database = new DatabaseSync(path, { timeout: busyMs });
database.exec(`PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
const transaction = new GroupTransaction(database);

parentPort?.on('message', (message: GroupMessage) => {
  if (message === 'end') end();
  else parentPort?.postMessage(answerTo(message));
});
// Whoever is killed keeps no compiled code unless it was told to before.
flushCompileCache();

function answerTo(group: Exclude<GroupMessage, 'end'>): GroupAnswer {
  try {
    return { outcome: transaction.run(group) };
  } catch (failure) {
    return { failure };
  }
}

function end(): void {
  database.close();
  parentPort?.close();
}
