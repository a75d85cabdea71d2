// A process of this machine by its id and the moment of its start: ids are used again, and then belong to somebody else.
import { readFileSync } from 'node:fs';

/** Which process. `start`: field 22 of /proc/<pid>/stat (proc(5)), in clock ticks since boot. */
export interface ProcessMark {
  readonly pid: number;
  readonly start: string;
}

/** The mark of a process that lives now; undefined when there is none, or only what its parent has not looked at yet. */
export function markOf(pid: number): ProcessMark | undefined {
  const fields = statOf(pid);
  const [state, start] = [fields?.[0], fields?.[19]];
  return start === undefined || state === 'Z' || state === 'X' ? undefined : { pid, start };
}

/** Whether it is still the same process. */
export function isAlive({ pid, start }: ProcessMark): boolean {
  return markOf(pid)?.start === start;
}

/** Sends a signal; nothing happens when that process is gone. */
export function signalTo(mark: ProcessMark, signal: NodeJS.Signals): void {
  if (!isAlive(mark)) return;
  try {
    process.kill(mark.pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** The fields of /proc/<pid>/stat from the third on; the second may hold anything. */
function statOf(pid: number): readonly string[] | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** What the kernel says of a process, for people who want to know why it stood still. */
export function capturedState({ pid }: ProcessMark): Readonly<Record<string, string>> {
  const fields = statOf(pid) ?? [];
  const [state = '?', user = '?', system = '?', threads = '?'] = [fields[0], fields[11], fields[12], fields[17]];
  const waitsIn = textOf(`/proc/${pid}/wchan`)?.trim() ?? '?';
  const resident = /VmRSS:\s*(.*)/.exec(textOf(`/proc/${pid}/status`) ?? '')?.[1] ?? '?';
  return { state, waitsIn, userTicks: user, systemTicks: system, threads, resident };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH', 'EACCES'].includes(String(error.code)))
      return undefined;
    throw error;
  }
}
