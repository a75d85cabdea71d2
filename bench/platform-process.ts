// What a process uses, as the kernel counts it (proc(5)).
import { readFile } from 'node:fs/promises';

/** What a process has used so far, and holds. */
export interface ProcessUse {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  /** Of the resident memory, what is the process's own; the rest are pages of files, most of them of Node's program. */
  readonly ownBytes: number;
}

/** Clock ticks per second of /proc: 100 on every Linux that user programs see. */
const TICKS_PER_SECOND = 100;

/** Reads a process's CPU time, user and system, and its resident memory. */
export async function processUse(pid: number): Promise<ProcessUse> {
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ]);
  // The name in parentheses may hold anything: fields are counted from behind it, the 14th and 15th of all.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return {
    cpuSeconds: ticks / TICKS_PER_SECOND,
    residentBytes: bytesOf(status, 'VmRSS'),
    ownBytes: bytesOf(status, 'RssAnon'),
  };
}

function bytesOf(status: string, field: 'VmRSS' | 'RssAnon'): number {
  const line = status.split('\n').find((each) => each.startsWith(`${field}:`));
  return Number(line?.split(/\s+/)[1]) * 1024;
}
