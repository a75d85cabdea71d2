// What a machine's cgroups say of its containers, of both versions of the kernel's interface and of both of Docker's drivers.
import type { ContainerUsage } from '../../ports/machine.ts';

/** Files that are read: those of version 2, then those of version 1. */
const FILES = ['cpu.stat', 'memory.current', 'memory.stat', 'cpuacct.usage', 'memory.usage_in_bytes'];

/** Where Docker puts containers: below its own directory, or in scopes of systemd's slice for the system. */
const DIRECTORIES = ['', '/cpuacct', '/memory'].flatMap((controller) =>
  ['docker', 'system.slice'].map((parent) => `/sys/fs/cgroup${controller}/${parent}`),
);

/** The program that prints what is needed of them, a line each as `path:text`. Directories that are not there say nothing. */
export const CGROUP_WORDS: readonly string[] = [
  'grep',
  '-rsE',
  ...FILES.map((file) => `--include=${file}`),
  '^(usage_usec |inactive_file |total_inactive_file |[0-9]+$)',
  ...DIRECTORIES,
];

const LINE = /\/(?:docker-)?([0-9a-f]{64})(?:\.scope)?\/([a-z._]+):(?:([a-z_]+) )?(\d+)$/gm;

interface Counted {
  cpuMs?: number;
  bytes?: number;
  cachedBytes?: number;
}

/** Reads what `CGROUP_WORDS` printed: usage by the ids of containers. */
export function parseCgroups(output: string): ReadonlyMap<string, ContainerUsage> {
  const counted = new Map<string, Counted>();
  for (const [, id = '', file = '', field, digits] of output.matchAll(LINE)) {
    const of = counted.get(id) ?? {};
    counted.set(id, of);
    count(of, field === undefined ? file : `${file} ${field}`, Number(digits));
  }
  const usages = new Map<string, ContainerUsage>();
  for (const [id, { cpuMs, bytes, cachedBytes = 0 }] of counted) {
    if (cpuMs === undefined || bytes === undefined) continue;
    usages.set(id, { id, cpuMs, memoryBytes: Math.max(0, bytes - cachedBytes) });
  }
  return usages;
}

function count(of: Counted, place: string, value: number): void {
  switch (place) {
    case 'cpu.stat usage_usec':
      of.cpuMs = value / 1e3;
      break;
    case 'cpuacct.usage':
      of.cpuMs = value / 1e6;
      break;
    case 'memory.current':
    case 'memory.usage_in_bytes':
      of.bytes = value;
      break;
    case 'memory.stat total_inactive_file':
      of.cachedBytes = value;
      break;
    case 'memory.stat inactive_file':
      // Version 1 has both, and this is without what is below.
      of.cachedBytes ??= value;
      break;
    default:
  }
}
