// How busy a machine is, from two raw readings.
import type { Instant } from '../model/instant.ts';
import type { NodeLoad } from '../model/node.ts';
import type { Vitals } from '../ports/machine.ts';

/**
 * The load between two readings of /proc/stat and /proc/meminfo (Linux: Documentation/filesystems/proc.rst). Undefined when the
 * readings do not lie on one run of the counters: the machine restarted in between, or no tick passed.
 */
export function loadFromVitals(before: Vitals, after: Vitals, at: Instant): NodeLoad | undefined {
  const total = after.cpuTotal - before.cpuTotal;
  const busy = after.cpuBusy - before.cpuBusy;
  if (before.bootId !== after.bootId || total <= 0 || busy < 0) return undefined;
  return { at, cpu: fraction(busy, total), memory: memoryInUse(after), diskFreeBytes: after.diskFreeBytes };
}

function memoryInUse({ memoryAvailableBytes, memoryTotalBytes }: Vitals): number {
  return memoryTotalBytes > 0 ? 1 - fraction(memoryAvailableBytes, memoryTotalBytes) : 1;
}

function fraction(part: number, whole: number): number {
  return Math.min(1, Math.max(0, part / whole));
}
