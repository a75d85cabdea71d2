// A job that needs sensors is placed when it is known which ones. Pure.
import type { JobBinding } from '../model/binding.ts';
import type { Job } from '../model/job.ts';

interface Gated {
  readonly job: Pick<Job, 'spec'>;
  /** What was decided about its sensors; null: nothing yet, or it needs none. */
  readonly binding: JobBinding | null;
}

/** `open`: it may be placed; `waiting`: not yet; `refused`: never. */
export type GateState = 'open' | 'waiting' | 'refused';

/** Whether a job may be placed, as far as its sensors go. */
export function sensorGate({ job, binding }: Gated): GateState {
  if (!job.spec.sensorNeeds) return 'open';
  if (binding?.state === 'bound') return 'open';
  return binding?.state === 'refused' ? 'refused' : 'waiting';
}

/** Why a job is held back, in words that follow its state. */
export function gateInWords({ binding }: Pick<Gated, 'binding'>): string {
  return binding?.reason ?? 'its sensors are about to be looked up';
}
