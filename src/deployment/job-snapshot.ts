// What a decision about a job rests on, read from the store.
import type { JobBinding } from '../model/binding.ts';
import type { Image } from '../model/image.ts';
import type { Job, JobStatus } from '../model/job.ts';
import type { Lease } from '../model/node.ts';
import type { Task, TaskStatus } from '../model/task.ts';
import type { Stored } from '../ports/store.ts';
import type { Fleet } from './decide-placement.ts';
import type { PlacementRules } from './node-filters.ts';
import type { Waiting } from './waiting-line.ts';

/** Everything that the decision rests on. Tasks and statuses are those that the slot table names, predecessors included. */
export interface JobSnapshot {
  readonly job: Job;
  readonly status: JobStatus;
  readonly image: Image | null;
  /** Which sensors it was given; null: nothing was decided yet, or it needs none. */
  readonly binding: JobBinding | null;
  /** Secrets that it names and that are not there. */
  readonly missingSecrets: readonly string[];
  /** Architecture of the image; null when it is not known yet. */
  readonly architecture: string | null;
  readonly tasks: ReadonlyMap<string, Task>;
  readonly taskStatuses: ReadonlyMap<string, TaskStatus>;
  /** Leases of the tasks of an `exactlyOne` job, by task. */
  readonly leases: ReadonlyMap<string, Stored<Lease>>;
  /** Jobs that wait for room and come first. */
  readonly before: readonly Waiting[];
  readonly fleet: Fleet;
  readonly rules: PlacementRules;
}
