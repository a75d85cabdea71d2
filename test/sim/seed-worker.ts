// Runs seeds in a thread of its own: one message in is one seed, one message out is its outcome.
import { parentPort } from 'node:worker_threads';
import { runSeed } from './run-seed.ts';

parentPort?.on('message', async (seed: number) => {
  parentPort?.postMessage(await runSeed(seed));
});
