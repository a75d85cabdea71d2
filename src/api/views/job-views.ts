// Jobs, their slots and tasks as the API answers them.
import type { z } from 'zod';
import type { JobDetail, JobView } from '../../deployment/job-reads.ts';
import type { JobBinding } from '../../model/binding.ts';
import type { JobOrigin, Slot } from '../../model/job.ts';
import type { Output } from '../../model/output.ts';
import type { TaskStatus } from '../../model/task.ts';
import type * as contract from '../contract/views.ts';
import { iso, isoOrNull } from './iso.ts';

type JobDetailAnswer = z.output<typeof contract.jobDetailView>;

/** A job. */
export function jobView({ job, status }: JobView): z.output<typeof contract.jobView> {
  const { id, instance, application, algorithm, copies } = job;
  const nodes = [
    ...new Set(status?.slots.flatMap(({ node, state }) => (node !== null && state !== 'empty' ? [node] : []))),
  ];
  return {
    ...{ id, instance, application, algorithm, package: job.package, origin: job.origin.kind, priority: job.priority },
    ...{ copies, nodes },
    state: status?.state ?? 'accepted',
    reason: status?.reason ?? 'not taken up yet',
    startsAt: iso(job.startsAt),
    endsAt: isoOrNull(job.endsAt),
    startedAt: isoOrNull(status?.startedAt),
    endedAt: isoOrNull(status?.endedAt),
    createdAt: iso(job.createdAt),
  };
}

/** A job with everything that is known of it. */
export function jobDetailView(found: JobDetail): JobDetailAnswer {
  const { job, status, tasks } = found;
  return {
    ...jobView(found),
    why: job.why,
    machine: job.machine,
    originOf: originOf(job.origin),
    by: 'by' in job.origin ? job.origin.by : null,
    parameters: job.spec.parameters,
    sensors: found.binding && sensorsView(found.binding),
    stop: job.stop && { ...job.stop, at: iso(job.stop.at) },
    slots: status?.slots.map(slotView) ?? [],
    tasks: tasks.map(({ task, status: known }) =>
      taskView({ id: task.id, slot: task.slot, attempt: task.attempt, node: task.node }, known),
    ),
    notes: status?.notes.map(({ at, text }) => ({ at: iso(at), text })) ?? [],
    lastLines: [...(status?.lastLines ?? [])],
  };
}

function sensorsView({ state, reason, sensors, controls }: JobBinding): NonNullable<JobDetailAnswer['sensors']> {
  const bound = [...Object.entries(sensors), ...Object.entries(controls)];
  return { state, reason, bound: bound.map(([name, ids]) => ({ name, sensors: [...ids] })) };
}

function originOf(origin: JobOrigin): string | null {
  switch (origin.kind) {
    case 'occurrence':
      return iso(origin.at);
    case 'after':
      return origin.job;
    case 'rerun':
      return origin.of;
    case 'manual':
      return null;
    default:
      return origin satisfies never;
  }
}

function slotView(slot: Slot): z.output<typeof contract.slotView> {
  const { index, state, attempt, task, node, failures, lastEnd, placement } = slot;
  const why = placement && {
    ...placement,
    at: iso(placement.at),
    verdicts: placement.verdicts.map((verdict) => ({ ...verdict })),
  };
  return { index, state, attempt, task, node, failures, lastEnd, notBefore: isoOrNull(slot.notBefore), placement: why };
}

/** One attempt at a slot, with what was observed of it. */
export function taskView(
  task: { readonly id: string; readonly slot: number; readonly attempt: number; readonly node: string },
  status: TaskStatus | null,
): z.output<typeof contract.taskView> {
  return {
    ...task,
    state: status?.state ?? 'assigned',
    reason: status?.reason ?? 'not taken up by its node yet',
    exitCode: status?.exitCode ?? null,
    containerId: status?.containerId ?? null,
    startedAt: isoOrNull(status?.startedAt),
    endedAt: isoOrNull(status?.endedAt),
    runs: status?.runs.map((run) => ({ ...run, startedAt: iso(run.startedAt), endedAt: isoOrNull(run.endedAt) })) ?? [],
    lastLines: [...(status?.lastLines ?? [])],
  };
}

/** One piece of output. */
export function outputView(output: Output): z.output<typeof contract.outputView> {
  const { id, job, slot, task, kind, name, contentType, sizeBytes, text } = output;
  return { id, job, slot, task, kind, name, contentType, sizeBytes, text: text ?? null, at: iso(output.at) };
}
