// Each due occurrence of a schedule is started once or recorded as missed with its reason. Counted here without the scheduler's own
// arithmetic: occurrence by occurrence.
import type { Instance, InstanceStatus, MissedOccurrence } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import { jobId } from '../model/job.ts';
import type { SimDisk } from './sim-disk.ts';

/** Beyond this many the rest of a stretch is not walked through. */
const MOST_OCCURRENCES = 10_000;

/** What is wrong when the scheduler says how far an instance is settled. */
export function occurrenceProblem(
  disk: SimDisk,
  before: InstanceStatus | undefined,
  after: InstanceStatus | undefined,
): string | undefined {
  if (!after) return undefined;
  if (before && after.cursorAt < before.cursorAt) return 'its cursor went back';
  const instance = disk.read('instance', after.id)?.doc;
  if (!instance?.enabled) return undefined;
  const from = Math.max(before?.cursorAt ?? 0, instance.enabledAt - 1);
  const lost = occurrencesOf(instance, from, after.cursorAt).find((at) => !isSettled(disk, instance, after.missed, at));
  return lost === undefined
    ? undefined
    : `the occurrence at ${new Date(lost).toISOString()} was neither started nor recorded`;
}

/** Every occurrence after one instant, up to another. */
export function occurrencesOf(instance: Instance, after: Instant, until: Instant): readonly Instant[] {
  const { trigger, startAt, endAt } = instance.schedule;
  const isWithin = (at: Instant) => at > after && at <= until && (endAt === undefined || at < endAt);
  if (trigger.kind !== 'interval') return [onlyOccurrence(instance)].filter(isWithin);
  const skipped = Math.max(0, Math.floor((after - startAt) / trigger.everyMs));
  const found: Instant[] = [];
  for (
    let at = startAt + skipped * trigger.everyMs;
    at <= until && found.length < MOST_OCCURRENCES;
    at += trigger.everyMs
  )
    if (isWithin(at)) found.push(at);
  return found;
}

function onlyOccurrence({ schedule: { trigger, startAt }, enabledAt }: Instance): Instant {
  if (trigger.kind === 'once') return trigger.at;
  return trigger.kind === 'continuous' ? Math.max(startAt, enabledAt) : startAt;
}

function isSettled(disk: SimDisk, instance: Instance, missed: readonly MissedOccurrence[], at: Instant): boolean {
  if (disk.read('job', jobId(instance.id, { kind: 'occurrence', at }))) return true;
  return missed.some(({ fromAt, toAt, reason }) => fromAt <= at && at <= toAt && reason !== '');
}
