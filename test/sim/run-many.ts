// Runs many seeds side by side, one thread for each processor.
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Outcome } from './run-seed.ts';

/** Which seeds, and who is told of each. */
export interface ManySeeds {
  readonly from: number;
  readonly count: number;
  readonly onOutcome: (outcome: Outcome) => void;
}

/** Resolves when all of them have run. */
export async function runMany({ from, count, onOutcome }: ManySeeds): Promise<void> {
  const seeds = Array.from({ length: count }, (_, index) => from + index).values();
  const threads = Math.min(count, availableParallelism());
  await Promise.all(Array.from({ length: threads }, () => runInThread(seeds, onOutcome)));
}

async function runInThread(seeds: Iterator<number>, onOutcome: ManySeeds['onOutcome']): Promise<void> {
  const worker = new Worker(new URL('./seed-worker.ts', import.meta.url));
  try {
    for (let next = seeds.next(); !next.done; next = seeds.next()) {
      worker.postMessage(next.value);
      // `once` rejects when the worker fails instead of answering.
      const [outcome]: [Outcome] = (await once(worker, 'message')) as [Outcome];
      onOutcome(outcome);
    }
  } finally {
    await worker.terminate();
  }
}
