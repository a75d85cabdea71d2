// The platform ends only what is not wanted any more: a container that fills its slot is never stopped or removed by it.
import type { Instant } from '../model/instant.ts';
import { taskEnded } from '../model/task.ts';
import type { SimContainer } from './sim-container.ts';
import type { SimDisk } from './sim-disk.ts';

/** Near its end a job's containers may be stopped by either clock. */
const NEAR_END_MS = 2000;

/** What is wrong when the platform asks for this container's end. */
export function unwantedEndProblem(disk: SimDisk, { state, spec }: SimContainer, now: Instant): string | undefined {
  const task = disk.read('task', spec.name)?.doc;
  const status = disk.read('taskStatus', spec.name)?.doc;
  if (state !== 'running' || !task || task.stop !== null || !status || taskEnded(status.state)) return undefined;
  const slot = disk.read('jobStatus', task.job)?.doc.slots[task.slot];
  const isOver = task.endsAt !== null && task.endsAt - NEAR_END_MS <= now;
  if (slot?.task !== task.id || slot.state !== 'filled' || isOver) return undefined;
  return `the platform ends ${spec.name}, which fills its slot and was not to be stopped`;
}
