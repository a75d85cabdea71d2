// The thread that writes, except that a first document whose id is `deadly` kills it in the middle of a transaction.
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { GroupMessage, WriterData } from '../../src/adapters/sqlite-store/writer-messages.ts';

const { path } = workerData as WriterData;
const database = new DatabaseSync(path);
let isFirst = true;

parentPort?.on('message', (message: GroupMessage) => {
  if (!isFirst) return;
  isFirst = false;
  if (message !== 'end' && message.flat(2).includes('deadly')) die();
  else void live(message);
});

function die(): void {
  database.exec(`BEGIN IMMEDIATE; INSERT INTO ledger (id, version, doc) VALUES ('half', 1, '{}')`);
  process.exit(1);
}

async function live(first: GroupMessage): Promise<void> {
  database.close();
  await import('../../src/adapters/sqlite-store/writer-program.ts');
  parentPort?.emit('message', first);
}
