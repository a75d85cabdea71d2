// The runs of an algorithm inside its task's container, as the launcher reports them, noted on the task's status.
import { BerthError } from '../model/errors.ts';
import type { Run } from '../model/task.ts';
import { type Store, StoreConflict } from '../ports/store.ts';
import type { RunHeader } from './record-header.ts';

/** Runs that a status holds, at most: the last. */
const MOST_RUNS = 50;

/** Others write to the status too, each once per change of state. */
const TRIES = 10;

/** Notes a run; reports may come twice and late, and one of an end is never undone by one of the start. @throws record.busy */
export async function noteRun(store: Store, task: string, header: RunHeader): Promise<void> {
  const { number, startedAt, endedAt, exitCode, signal } = header;
  for (let tries = 0; tries < TRIES; tries++) {
    const status = await store.get('taskStatus', task);
    if (!status) break;
    const runs = withRun(status.doc.runs, { number, startedAt, endedAt, exitCode, signal });
    if (runs === status.doc.runs || (await written(store, { ...status.doc, runs }, status.version))) return;
  }
  throw new BerthError('record.busy', { task });
}

/** The runs with one more, or one known better; the same list when nothing is new. */
export function withRun(runs: readonly Run[], run: Run): readonly Run[] {
  const known = runs.find(({ number }) => number === run.number);
  if (known && (known.endedAt !== null || run.endedAt === null)) return runs;
  const others = runs.filter((other) => other !== known);
  const all = [...others, run].toSorted((a, b) => a.number - b.number).slice(-MOST_RUNS);
  return all.includes(run) ? all : runs;
}

async function written(store: Store, status: Parameters<typeof store.update<'taskStatus'>>[1], version: number) {
  try {
    await store.update('taskStatus', status, version);
    return true;
  } catch (error) {
    if (error instanceof StoreConflict) return false;
    throw error;
  }
}
