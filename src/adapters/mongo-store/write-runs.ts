// Which writes of a batch one command can do: those of one kind that follow each other, all creations or none.
import type { PlannedWrite } from './planned-write.ts';

/** Writes in one command, at most. */
const LONGEST = 500;

/** Bytes of one command, at most; MongoDB takes three times as many. */
const LARGEST_BYTES = 16 * 1024 * 1024;

/** Parts a batch into runs, in its order. */
export function writeRuns(writes: readonly PlannedWrite[]): readonly (readonly PlannedWrite[])[] {
  const runs: PlannedWrite[][] = [];
  let bytes = 0;
  for (const write of writes) {
    const run = runs.at(-1);
    const sizeBytes = write.content?.sizeBytes ?? 0;
    if (run && bytes + sizeBytes <= LARGEST_BYTES && belongs(write, run)) run.push(write);
    else runs.push([write]);
    bytes = runs.at(-1) === run ? bytes + sizeBytes : sizeBytes;
  }
  return runs;
}

function belongs({ kind, expected }: PlannedWrite, run: readonly PlannedWrite[]): boolean {
  const first = run[0];
  const same = first?.kind === kind && (first.expected === undefined) === (expected === undefined);
  return same && run.length < LONGEST;
}
