// One run of an instance, its slots, and what deployment decided about them.

import type { JobSensorNeeds } from './binding.ts';
import type { MachineUse, RestartPolicy } from './instance.ts';
import { type Instant, isoInstant } from './instant.ts';
import type { ActionKind, AlgorithmKind, NetworkNeed, OutputType, Resources, Runtime } from './package.ts';
import { shardOf } from './shard.ts';

/** Why a job exists. Its id is derived from this, so that one occurrence can never become two jobs. */
export type JobOrigin =
  | { readonly kind: 'occurrence'; readonly at: Instant }
  | { readonly kind: 'manual'; readonly request: string; readonly by: string }
  /** `mark` is a digest of the upstream job's id. */
  | { readonly kind: 'after'; readonly job: string; readonly mark: string }
  | { readonly kind: 'rerun'; readonly of: string; readonly request: string; readonly by: string };

/** A wish to end a job, by a person or by its end. */
export interface StopWish {
  readonly by: string;
  readonly reason: string;
  readonly at: Instant;
  /** Between TERM and KILL; absent: as the job says. */
  readonly graceMs?: number;
}

/** What one task of a job runs, frozen when the job is made. */
export interface JobSpec {
  readonly script: string;
  readonly kind: AlgorithmKind;
  readonly output: OutputType;
  readonly network: readonly NetworkNeed[];
  /** Absent: python. */
  readonly runtime?: Runtime;
  /** Absent: it reads and steers nothing. */
  readonly sensorNeeds?: JobSensorNeeds;
  /** What it may ask to be done; absent: nothing. */
  readonly actions?: readonly ActionKind[];
  /** Names of the application's secrets that it is given; absent: none. */
  readonly secrets?: readonly string[];
  readonly resources: Resources;
  readonly environment: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly location: string | null;
  readonly restart: RestartPolicy;
  readonly graceMs: number;
  readonly exactlyOne: boolean;
}

/** One run of an instance. Created by the scheduler or a person's request; afterwards written by deployment. */
export interface Job {
  readonly id: string;
  readonly instance: string;
  readonly application: string;
  readonly algorithm: string;
  readonly package: string;
  readonly origin: JobOrigin;
  readonly startsAt: Instant;
  readonly endsAt: Instant | null;
  readonly copies: number;
  readonly machine: MachineUse;
  /** Of jobs that wait for room, those with more are placed first. */
  readonly priority: number;
  readonly spec: JobSpec;
  readonly stop: StopWish | null;
  /** Why it runs now, in a sentence. */
  readonly why: string;
  readonly createdAt: Instant;
  readonly shard: number;
  /** 1 until the job has ended and every trace of it is settled. */
  readonly open: 0 | 1;
}

/** What a job may be; the last three are ends. */
export const JOB_STATES = [
  'accepted',
  'waiting',
  'starting',
  'running',
  'stopping',
  'succeeded',
  'failed',
  'stopped',
] as const;

/** `waiting`: for an image or for room. */
export type JobState = (typeof JOB_STATES)[number];

/** What one node was worth in a placement: its score, or why it was refused. */
export interface NodeVerdict {
  readonly node: string;
  /** Load in [0.01, 1], lower is better; absent when refused. */
  readonly load?: number;
  readonly refused?: string;
}

/** A placement with every node's score or refusal. Bounded: the best and, by reason, the refused. */
export interface PlacementWhy {
  readonly at: Instant;
  readonly chosen: string | null;
  readonly sentence: string;
  readonly verdicts: readonly NodeVerdict[];
}

/** One of the N copies of a job: which attempt fills it now. */
export interface Slot {
  readonly index: number;
  readonly state: 'empty' | 'filled' | 'succeeded' | 'failed' | 'stopped';
  /** Counts tasks; the task's id is derived from it. */
  readonly attempt: number;
  readonly task: string | null;
  readonly node: string | null;
  readonly placement: PlacementWhy | null;
  /** Tasks that failed in a row. */
  readonly failures: number;
  /** Not filled again before. */
  readonly notBefore: Instant | null;
  readonly lastEnd: string | null;
  /** The task before, which goes on until its successor runs (a drained node is left start-first); absent: none. */
  readonly predecessor?: { readonly task: string; readonly node: string };
}

/** A line in the history of a job. */
export interface JobNote {
  readonly at: Instant;
  readonly text: string;
}

/** What deployment did for a job (same id): the slot table is the only truth of which task fills a slot. Written by deployment. */
export interface JobStatus {
  readonly id: string;
  readonly instance: string;
  readonly application: string;
  readonly state: JobState;
  readonly slots: readonly Slot[];
  readonly reason: string;
  /** Newest last; bounded. */
  readonly notes: readonly JobNote[];
  readonly lastLines: readonly string[];
  /** Ascending in the order in which jobs that wait are placed: by priority, then by age. */
  readonly rank: number;
  readonly createdAt: Instant;
  /** When the first of its containers ran, and not before the job's `startsAt`. */
  readonly startedAt: Instant | null;
  /** When the algorithm began, in the first of its copies, as its launcher reported it; absent: no report has come. */
  readonly beganAt?: Instant;
  readonly endedAt: Instant | null;
  readonly shard: number;
  readonly nextAt: Instant | null;
}

const ENDED: ReadonlySet<JobState> = new Set(['succeeded', 'failed', 'stopped']);

/** Whether a job in this state is over. */
export function jobEnded(state: JobState): boolean {
  return ENDED.has(state);
}

/** `20261122T080000Z`, with milliseconds (`20261122T080000250Z`) only where they are not zero; fits a container's name, and has no dot. */
function compactInstant(at: Instant): string {
  const iso = isoInstant(at);
  // The date, the time of day and the milliseconds, from behind: a year may have more than four digits.
  const [day, time, milliseconds] = [iso.slice(0, -14), iso.slice(-13, -5), iso.slice(-4, -1)];
  return `${day.replaceAll('-', '')}T${time.replaceAll(':', '')}${milliseconds === '000' ? '' : milliseconds}Z`;
}

function suffixOf(origin: JobOrigin): string {
  switch (origin.kind) {
    case 'occurrence':
      return `o${compactInstant(origin.at)}`;
    case 'manual':
      return `m${origin.request}`;
    case 'after':
      return `d${origin.mark}`;
    case 'rerun':
      return `r${origin.request}`;
    default:
      return origin satisfies never;
  }
}

/** The id of the job that an origin makes of an instance: the same origin always gives the same id. */
export function jobId(instance: string, origin: JobOrigin): string {
  return `${instance}.${suffixOf(origin)}`;
}

const OCCURRENCE_ID = /\.o(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})?Z$/;

/** The occurrence from which a job's id is derived; undefined: it has another origin. */
export function occurrenceOfJob(id: string): Instant | undefined {
  const [, year, month, ...rest] = OCCURRENCE_ID.exec(id) ?? [];
  if (year === undefined) return undefined;
  const [day, hour, minute, second, milliseconds = 0] = rest.map((digits) => Number(digits ?? 0));
  return Date.UTC(Number(year), Number(month) - 1, day, hour, minute, second, milliseconds);
}

/** The id of the task that is the given attempt at a slot of a job; also the name of its container and its volume. */
export function taskId(job: string, slot: number, attempt: number): string {
  return `${job}.${slot}.${attempt}`;
}

/** The shard of a job: that of its instance, so that one owner decides for both. */
export function jobShard(instance: string): number {
  return shardOf(instance);
}
