// Running programs on a machine, wherever it is: words in, words out, never a shell line of ours.

/** What became of a program. */
export interface ProgramResult {
  /** The exit code, or the name of the signal that killed it. */
  readonly status: string;
  readonly output: string;
  readonly complaint: string;
}

/** How one program is run. */
export interface ProgramRun {
  /** What it reads; nothing without. */
  readonly input?: string;
  /** Told of each line that it says. */
  readonly onLine?: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Runs programs on one machine as the platform's user there. Rejects only when a program cannot be run at all. */
export interface MachinePrograms {
  readonly address: string;
  run(words: readonly string[], options: ProgramRun): Promise<ProgramResult>;
}

const LINE_LIMIT = 2000;

/** Cuts text that arrives in pieces into lines for `onLine`; a line beyond the limit is told in parts. */
export function lineTeller(onLine: (line: string) => void): (piece: Buffer) => void {
  let rest = '';
  return (piece) => {
    const lines = `${rest}${piece.toString('utf8')}`.split('\n');
    rest = (lines.pop() ?? '').slice(-LINE_LIMIT);
    for (const line of lines) if (line.trim() !== '') onLine(line.trim());
  };
}
