// Instances as the API answers them.
import type { z } from 'zod';
import type { Instance, InstanceStatus } from '../../model/instance.ts';
import type * as contract from '../contract/views.ts';
import { iso, isoOrNull } from './iso.ts';

type InstanceAnswer = z.output<typeof contract.instanceView>;

/** An instance with what the scheduler knows of it. */
export function instanceView(instance: Instance, status: InstanceStatus | null): InstanceAnswer {
  const { id, name, application, algorithm, copies, machine, labels, parameters, enabled, removing } = instance;
  const configured = {
    id,
    name,
    application,
    algorithm,
    package: instance.package,
    copies,
    machine,
    labels,
    parameters,
    enabled,
    removing,
  };
  const missed =
    status?.missed.map(({ fromAt, toAt, count, reason }) => ({ from: iso(fromAt), to: iso(toAt), count, reason })) ??
    [];
  const known = {
    nextAt: isoOrNull(status?.occurrenceAt),
    why: status?.why ?? 'the scheduler has not seen it yet',
    missed,
  };
  return { ...configured, schedule: scheduleView(instance), ...known, createdAt: iso(instance.createdAt) };
}

function scheduleView({ schedule }: Instance): InstanceAnswer['schedule'] {
  const { trigger, startAt, endAt, durationMs } = schedule;
  return {
    kind: trigger.kind,
    ...(trigger.kind === 'once' ? { at: iso(trigger.at) } : {}),
    ...(trigger.kind === 'interval' ? { everyMs: trigger.everyMs } : {}),
    start: iso(startAt),
    ...(endAt === undefined ? {} : { end: iso(endAt) }),
    ...(durationMs === undefined ? {} : { durationMs }),
  };
}
