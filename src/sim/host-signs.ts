// What a simulated machine tells of itself.
import type { NodeFacts } from '../model/node.ts';
import type { Vitals } from '../ports/machine.ts';

/** What a machine is made of, as far as it tells. */
export interface HostSize {
  readonly address: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** The counters of a machine never go back, so its load stays the same; ties are broken by tasks. */
const BUSY_SHARE = 0.1;

/** What it is. */
export function hostFacts({ address, cpus, memoryBytes, diskBytes }: HostSize, bootId: string): NodeFacts {
  const versions = { engineVersion: '20.10', apiVersion: '1.41', operatingSystem: 'simulated' };
  return { architecture: 'amd64', cpus, memoryBytes, diskBytes, ...versions, bootId, engineId: address };
}

/** How it is, after so long in its world, with so many tasks. */
export function hostVitals(
  { cpus, memoryBytes, diskBytes }: HostSize,
  { elapsedMs, tasks, isFull }: { readonly elapsedMs: number; readonly tasks: number; readonly isFull: boolean },
): Omit<Vitals, 'bootId' | 'machineClockAt'> {
  const cpuTotal = Math.floor((elapsedMs + 60_000) / 10) * cpus;
  return {
    cpuBusy: Math.floor(cpuTotal * BUSY_SHARE),
    cpuTotal,
    memoryTotalBytes: memoryBytes,
    memoryAvailableBytes: memoryBytes * 0.9 - tasks * 1024 * 1024,
    diskTotalBytes: diskBytes,
    diskFreeBytes: isFull ? 0 : diskBytes * 0.5,
  };
}
