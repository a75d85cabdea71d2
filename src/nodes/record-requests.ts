// Taking records from tasks: output is kept under `task/record`, so that a repeated delivery is one record; reports of runs go to the
// task's status.
import type { Readable } from 'node:stream';
import type { Output } from '../model/output.ts';
import type { Task } from '../model/task.ts';
import type { Blobs } from '../ports/blobs.ts';
import { type Store, StoreConflict } from '../ports/store.ts';
import { keepContents, type RecordLimits } from './record-contents.ts';
import { type OutputHeader, readRecordHeader } from './record-header.ts';
import { noteRun } from './record-runs.ts';

/** Where records go, and their bounds. */
export interface RecordKeeping {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly recordLimits: RecordLimits;
}

/** One record as a container gave it. */
export interface GivenRecord {
  readonly id: string;
  /** JSON, not yet checked. */
  readonly header: string;
  /** Read to its end only when the record is new. */
  readonly body: Readable;
}

/** Keeps a record of a task; resolves when it is durable, and also when it was kept before. @throws record.invalid, record.not-json, record.too-large, record.incomplete, record.busy */
export async function acceptRecord(keeping: RecordKeeping, task: Task, given: GivenRecord): Promise<void> {
  const header = readRecordHeader(given.id, given.header);
  if (header.kind === 'run') await noteRun(keeping.store, task.id, header);
  else await keepOutput(keeping, task, header, given);
}

async function keepOutput(keeping: RecordKeeping, task: Task, header: OutputHeader, given: GivenRecord): Promise<void> {
  const id = `${task.id}/${given.id}`;
  if (await keeping.store.get('output', id)) return;
  const record = { id: given.id, kind: header.kind };
  const contents = await keepContents(keeping.blobs, record, given.body, keeping.recordLimits);
  const output: Output = { id, job: task.job, slot: task.slot, task: task.id, ...header, ...contents };
  try {
    await keeping.store.create('output', output);
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error;
  }
}
