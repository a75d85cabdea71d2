// What a decision about a job has come to so far. Each judgement in turn adds to it; nobody sees it but the decision that made it.
import type { Instant } from '../model/instant.ts';
import type { JobNote, Slot } from '../model/job.ts';
import type { CopyMove, JobStep } from './job-step.ts';

type StepOf<D extends JobStep['do']> = Extract<JobStep, { readonly do: D }>;

/** Slots as they are to be, and everything that goes with them. */
export interface DecisionDraft {
  readonly slots: Slot[];
  /** Room of tasks that have ended: free before more is reserved. */
  readonly freed: StepOf<'release'>[];
  readonly revoked: StepOf<'revoke-lease'>[];
  readonly reserved: StepOf<'reserve'>[];
  /** Room of tasks that may still run somewhere: theirs until the slot table names them no more. */
  readonly left: StepOf<'release'>[];
  readonly moves: CopyMove[];
  /** Why a task is to end, by task. */
  readonly stops: Map<string, string>;
  /** What a slot waits for, by its index. */
  readonly waits: Map<number, string>;
  /** When something of it is to be looked at. */
  readonly dueAt: Instant[];
  readonly notes: JobNote[];
}

/** The beginning of a decision: the slots as they are. */
export function newDraft(slots: readonly Slot[]): DecisionDraft {
  const steps = { freed: [], revoked: [], reserved: [], left: [], moves: [] };
  return { slots: [...slots], ...steps, stops: new Map(), waits: new Map(), dueAt: [], notes: [] };
}
