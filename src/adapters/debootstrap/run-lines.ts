// Running a program whose output is for people: lines as they come, the whole process group ended on abort.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** How a program ended: its exit code (null after a signal) and the last lines that it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly lastLines: readonly string[];
}

const LAST_LINES = 20;

/** Runs a program to its end, giving every line of both outputs to `onLine`. @throws the signal's reason; ENOENT when there is no such program */
export async function runLines(
  argv: readonly [string, ...string[]],
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<Ended> {
  signal.throwIfAborted();
  const [program, ...words] = argv;
  const child = spawn(program, words, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const abort = () => killGroup(child);
  signal.addEventListener('abort', abort);
  const lastLines = gatherLines(child, onLine);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    signal.throwIfAborted();
    return { code, lastLines };
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function gatherLines(child: ChildProcess, onLine: (line: string) => void): readonly string[] {
  const last: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    if (!input) continue;
    createInterface({ input }).on('line', (line) => {
      last.push(line);
      if (last.length > LAST_LINES) last.shift();
      onLine(line);
    });
  }
  return last;
}

/** Its mounts live in a mount namespace that dies with it, so nothing is left to be undone after SIGKILL. */
function killGroup(child: ChildProcess): void {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
    process.kill(-child.pid, 'SIGKILL');
}
