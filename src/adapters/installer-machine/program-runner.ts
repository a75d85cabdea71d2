// Running programs on a machine, wherever it is: words and bytes in, words out.
import type { Readable } from 'node:stream';
import type { ProgramOutcome } from '../../ports/installer-machine.ts';

/** How one program is run. */
export interface ProgramRun {
  /** What it reads; its input ends at once when this is empty. */
  readonly input: string | Uint8Array | Readable;
  readonly onLine: (line: string) => void;
  /** Ends the program when it aborts; the run then rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

/** Runs programs on one machine as the user who signed in. */
export interface ProgramRunner {
  readonly address: string;
  run(words: readonly string[], run: ProgramRun): Promise<ProgramOutcome>;
  close(): Promise<void>;
}
