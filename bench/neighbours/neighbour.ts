// What the bench asks of a neighbour: the same of each.
import type { Lateness } from '../statistics.ts';

/** A job that is to be stored, or to be taken when it is due. */
export interface NewJob {
  /** Derived from the occurrence: a second one of the same key is none. */
  readonly key: string;
  /** When a worker may take it; null: at once. */
  readonly dueAt: number | null;
  readonly payload: object;
}

/** What a worker of a neighbour tells, by the keys of jobs. */
export interface Heard {
  /** A worker has it, and nobody else may. */
  readonly taken: (key: string) => void;
  /** That it is done is stored. */
  readonly done: (key: string) => void;
}

/** A neighbour, over a server of the bench's own. */
export interface Neighbour {
  /** Stores one job, by the neighbour's call for one. */
  addOne(job: NewJob): Promise<void>;
  /** Stores jobs, by the neighbour's call for many. */
  addMany(jobs: readonly NewJob[]): Promise<void>;
  /** Jobs that are stored and not done. */
  count(): Promise<number>;
  /** Begins to take jobs that are due, and does nothing with them; resolves to what ends that. */
  work(heard: Heard): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** The name of a neighbour. */
export type NeighbourName = 'graphile-worker' | 'BullMQ';

/** What a neighbour's process is to do: to store jobs, or to take jobs that fall due. */
export type NeighbourPlan = {
  readonly neighbour: NeighbourName;
  /** Where its server listens: PostgreSQL's directory of sockets, or Redis's socket. */
  readonly socket: string;
} & (
  | { readonly what: 'store'; readonly jobs: number; readonly atOnce: number; readonly batch: number }
  | { readonly what: 'fire'; readonly perSecond: number; readonly seconds: number }
);

/** How jobs were stored. */
export interface StoredJobs {
  readonly seconds: number;
  readonly jobs: number;
  /** Jobs that a second call with keys that were there already added: none, or keys are not what they are taken for. */
  readonly doubled: number;
}

/** How jobs were taken, in milliseconds from when each was due. */
export interface TakenJobs {
  readonly due: number;
  readonly done: number;
  readonly taken: Lateness;
  readonly completed: Lateness;
}
