// Runs a program of the host to its end, line by line. Words only, never a shell.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What became of a program. */
export interface ProgramResult {
  readonly code: number | null;
  readonly lastLines: readonly string[];
}

const LINES_KEPT = 20;

/** Runs a program; each line of its output and errors goes to `onLine`. Rejects only when it cannot be started. */
export async function runProgram(
  program: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  onLine: (line: string) => void,
): Promise<ProgramResult> {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...environment } });
  const lastLines: string[] = [];
  const keep = (line: string) => {
    lastLines.push(line);
    if (lastLines.length > LINES_KEPT) lastLines.shift();
    onLine(line);
  };
  createInterface(child.stdout).on('line', keep);
  createInterface(child.stderr).on('line', keep);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, lastLines };
}
