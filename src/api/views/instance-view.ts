// Instances as the API answers them.
import type { z } from 'zod';
import type { InstanceView } from '../../applications/instance-reads.ts';
import type { BindingWish } from '../../model/binding.ts';
import type { Instance, InstanceStatus } from '../../model/instance.ts';
import type { Schedule, TimeWindow, Trigger } from '../../model/schedule.ts';
import type * as contract from '../contract/schedule-views.ts';
import { iso, isoOrNull } from './iso.ts';

type InstanceAnswer = z.output<typeof contract.instanceView>;
type ScheduleAnswer = z.output<typeof contract.scheduleView>;

/** What an instance is told with, beside itself. */
export interface InstanceSurroundings {
  /** A schedule on one line. */
  readonly inWords: (schedule: Schedule) => string;
  /** What other instances are called, by their ids. */
  readonly names: ReadonlyMap<string, string>;
  /** Whether all schedules are held back. */
  readonly paused: boolean;
}

/** An instance with what the scheduler knows of it. */
export function instanceView({ instance, status }: InstanceView, around: InstanceSurroundings): InstanceAnswer {
  const { id, name, application, algorithm, copies, machine, labels, location, parameters } = instance;
  const { priority, leadMs, enabled, removing } = instance;
  return {
    ...{ id, name, application, algorithm, package: instance.package },
    schedule: scheduleView(instance.schedule, around),
    ...policies(instance),
    ...{ priority, leadMs, copies, machine, labels, location, parameters, enabled, removing, paused: around.paused },
    bindings: bindingsView(instance),
    ...actionsView(instance),
    secrets: [...(instance.secrets ?? [])],
    ...known(status),
    skips: instance.skips.map(({ at, by }) => ({ at: iso(at), by })),
    createdAt: iso(instance.createdAt),
    updatedAt: iso(instance.updatedAt),
  };
}

function bindingsView({ bindings }: Instance): InstanceAnswer['bindings'] {
  if (!bindings) return null;
  const of = (wishes: typeof bindings.sensors) =>
    Object.fromEntries(Object.entries(wishes).map(([name, wish]) => [name, wishView(wish)]));
  return { sensors: of(bindings.sensors), controls: of(bindings.controls), missing: bindings.missing };
}

function wishView(wish: BindingWish): NonNullable<InstanceAnswer['bindings']>['sensors'][string] {
  if (wish.by === 'id') return [...wish.sensors];
  const { location, tags } = wish.query;
  return { ...(location === undefined ? {} : { location }), ...(tags === undefined ? {} : { tags: [...tags] }) };
}

function actionsView({ actionRules }: Instance): Pick<InstanceAnswer, 'notify' | 'actions'> {
  if (!actionRules) return { notify: [], actions: null };
  const { notify, perHour, quiet } = actionRules;
  const times = quiet && { from: timeOfDay(quiet.fromMinute), to: timeOfDay(quiet.toMinute) };
  return { notify: [...notify], actions: { perHour: { ...perHour }, quiet: times } };
}

function known(status: InstanceStatus | null): Pick<InstanceAnswer, 'nextAt' | 'why' | 'queue'> {
  if (status === null) return { nextAt: null, why: 'the scheduler has not seen it yet', queue: [] };
  const queue = status.queue.map(({ at, ...rest }) => ({ at: iso(at), ...rest }));
  return { nextAt: isoOrNull(status.occurrenceAt), why: status.why, queue };
}

function policies({ missed, overlap }: Instance): Pick<InstanceAnswer, 'missed' | 'overlap'> {
  const { kind: missedPolicy, ...missedBounds } = missed;
  const { kind: overlapPolicy, ...overlapBounds } = overlap;
  return { missed: { policy: missedPolicy, ...missedBounds }, overlap: { policy: overlapPolicy, ...overlapBounds } };
}

/** A schedule on one line, with other instances by their names. */
export function scheduleWords(
  schedule: Schedule,
  { inWords, names }: Pick<InstanceSurroundings, 'inWords' | 'names'>,
): string {
  return inWords({ ...schedule, triggers: schedule.triggers.map((trigger) => withName(trigger, names)) });
}

/** A schedule; other instances stand in it by their names. */
export function scheduleView(
  schedule: Schedule,
  around: Pick<InstanceSurroundings, 'inWords' | 'names'>,
): ScheduleAnswer {
  const { startAt, endAt, durationMs, zone, windows, calendars, jitterMs } = schedule;
  const triggers = schedule.triggers.map((trigger) => withName(trigger, around.names));
  return {
    words: scheduleWords(schedule, around),
    triggers: triggers.map((trigger) => (trigger.kind === 'once' ? { ...trigger, at: iso(trigger.at) } : trigger)),
    start: iso(startAt),
    ...(endAt === undefined ? {} : { end: iso(endAt) }),
    ...(durationMs === undefined ? {} : { durationMs }),
    zone,
    windows: windows.map(windowView),
    calendars: [...calendars],
    jitterMs,
  };
}

function withName(trigger: Trigger, names: ReadonlyMap<string, string>): Trigger {
  if (trigger.kind !== 'after') return trigger;
  return { ...trigger, instance: names.get(trigger.instance) ?? trigger.instance };
}

function windowView({ days, fromMinute, toMinute }: TimeWindow): ScheduleAnswer['windows'][number] {
  return { days: [...days], from: timeOfDay(fromMinute), to: timeOfDay(toMinute) };
}

function timeOfDay(minute: number): string {
  const [hours, minutes] = [Math.floor(minute / 60), minute % 60];
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}
