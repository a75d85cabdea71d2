// Durable state changes: writes that share a wait for the disk, beside writes that each wait for their own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { aJob, aTask, aTaskStatus } from '../../test/builders/jobs.ts';
import { figure, type Measure, type Part } from '../measure.ts';
import { silentLog } from '../silent-log.ts';

const ROUND_MS = 1000;
/** As many as the loop has runs at a time. */
const WRITERS = 64;
const MANY_WRITERS = 1000;

/** Durable changes per second with group commit, beside one by one. */
export const storePart: Part = {
  name: 'store',
  run: async ({ rounds }) => {
    const directory = mkdtempSync(join(tmpdir(), 'berth-bench-store-'));
    const store = SqliteStore.open({ path: join(directory, 'berth.sqlite'), clock: new SystemClock(), log: silentLog });
    try {
      return await measures(store, rounds);
    } finally {
      await store.close();
      rmSync(directory, { recursive: true });
    }
  },
};

async function measures(store: SqliteStore, rounds: number): Promise<Measure[]> {
  const documents = await seed(store, MANY_WRITERS);
  const alone: number[] = [];
  const grouped: number[] = [];
  const crowded: number[] = [];
  for (let round = 0; round < rounds; round++) {
    alone.push(await changesPerSecond(store, documents.slice(0, 1)));
    grouped.push(await changesPerSecond(store, documents.slice(0, WRITERS)));
    crowded.push(await changesPerSecond(store, documents));
  }
  const beside = { unit: 'changes/s', floor: figure(alone), floorName: 'one by one', goal: null } as const;
  const note = 'synchronous=FULL: each change was on disk before it was answered';
  return [
    { name: `durable changes, ${WRITERS} at a time`, ours: figure(grouped), ...beside, note },
    { name: `durable changes, ${MANY_WRITERS} at a time`, ours: figure(crowded), ...beside, note },
  ];
}

interface Written {
  readonly id: string;
  version: number;
}

async function seed(store: SqliteStore, count: number): Promise<Written[]> {
  const made = Array.from({ length: count }, (_, index) => store.create('taskStatus', statusOf(`job-${index}`)));
  return (await Promise.all(made)).map(({ doc, version }) => ({ id: doc.job, version }));
}

function statusOf(job: string) {
  return aTaskStatus(aTask(aJob({ id: job }), 0, 1, 'node-1'));
}

/** One writer for each document, which changes it again and again. */
async function changesPerSecond(store: SqliteStore, documents: readonly Written[]): Promise<number> {
  const startedAt = performance.now();
  let changes = 0;
  const write = async (document: Written) => {
    while (performance.now() - startedAt < ROUND_MS) {
      const doc = { ...statusOf(document.id), nextAt: ++changes };
      document.version = (await store.update('taskStatus', doc, document.version)).version;
    }
  };
  await Promise.all(documents.map(write));
  return changes / ((performance.now() - startedAt) / 1000);
}
