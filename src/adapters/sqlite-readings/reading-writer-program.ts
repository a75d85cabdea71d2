// The thread that writes raw readings: a connection of its own, which executes order after order and answers each.
import { flushCompileCache } from 'node:module';
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { ReadingAnswer, ReadingOrder, ReadingWriterData } from './reading-messages.ts';
import { ReadingTransaction } from './reading-transaction.ts';

/** Pages of the log before they go into the database: fewer, larger moves, so that fewer readings wait for one. */
const CHECKPOINT_PAGES = 8000;

const { path, busyMs } = workerData as ReadingWriterData;
const database = new DatabaseSync(path, { timeout: busyMs });
database.exec(`PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
const transaction = new ReadingTransaction(database);

parentPort?.on('message', (order: ReadingOrder) => {
  if (order.do === 'end') end();
  else parentPort?.postMessage(answerTo(order));
});
// Whoever is killed keeps no compiled code unless it was told to before.
flushCompileCache();

function answerTo(order: Exclude<ReadingOrder, { readonly do: 'end' }>): ReadingAnswer {
  try {
    return order.do === 'append' ? transaction.append(order) : transaction.forget(order);
  } catch (failure) {
    return { failure };
  }
}

function end(): void {
  database.close();
  parentPort?.close();
}
