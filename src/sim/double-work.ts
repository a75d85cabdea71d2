// Of a task that has to run exactly once no two copies ever work at a time, whatever machine they are on and whoever can reach it.
import { isOfSameSlot } from './double-containers.ts';
import type { SimContainer } from './sim-container.ts';
import type { SimHost } from './sim-host.ts';

/** What is wrong when this container's algorithm has just begun, or its machine has just thawed. What is frozen does nothing. */
export function doubleWorkProblem(hosts: Iterable<SimHost>, working: SimContainer): string | undefined {
  if (!working.works || working.taskFile?.exactlyOne !== true) return undefined;
  for (const host of hosts) {
    const twin = host.isFrozen
      ? undefined
      : host.running().find((other) => other.works && isOfSameSlot(working, other));
    if (twin) return `${working.spec.name} works while ${twin.spec.name} works on ${host.address}: there must be one`;
  }
  return undefined;
}
