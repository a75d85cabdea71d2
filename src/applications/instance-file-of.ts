// Writes an instance as a file of it: applied again it changes nothing, and what it does not say is the default.
import { isDeepStrictEqual } from 'node:util';
import type { BindingWish } from '../model/binding.ts';
import type { Instance } from '../model/instance.ts';
import type { MissedPolicy, OverlapPolicy, Schedule } from '../model/schedule.ts';
import { durationText } from './duration-text.ts';
import { LEAD_MS } from './instance-configuration.ts';
import { instanceFileSchema } from './instance-file-schema.ts';
import { scheduleFileOf } from './schedule-file-of.ts';
import { timeOfDayText } from './time-of-day-text.ts';

/** What a file says that says nothing beyond what it must. */
const DEFAULTS = instanceFileSchema.parse({ name: 'a', application: 'a', algorithm: 'a', schedule: { kind: 'now' } });

/** The file of an instance; `names` are those of the instances that its schedule follows, by their ids. */
export function instanceFileOf(instance: Instance, names: ReadonlyMap<string, string>): Record<string, unknown> {
  const { name, application, algorithm, leadMs, machine, bindings, secrets } = instance;
  return {
    ...{ name, application, algorithm },
    ...other('package', instance.package, DEFAULTS.package),
    schedule: scheduleOf(instance, names),
    ...(isDeepStrictEqual(instance.missed, DEFAULTS.missed) ? {} : { missed: missedFile(instance.missed) }),
    ...(isDeepStrictEqual(instance.overlap, DEFAULTS.overlap) ? {} : { overlap: overlapFile(instance.overlap) }),
    ...other('priority', instance.priority, DEFAULTS.priority),
    ...(leadMs === LEAD_MS[machine] ? {} : { lead: durationText(leadMs) }),
    ...other('copies', instance.copies, DEFAULTS.copies),
    ...other('machine', machine, DEFAULTS.machine),
    ...placeFile(instance),
    ...other('parameters', instance.parameters, DEFAULTS.parameters),
    ...other('environment', instance.environment, DEFAULTS.environment),
    ...(bindings ? { bindings: bindingsFile(bindings) } : {}),
    ...(secrets ? { secrets: [...secrets] } : {}),
    ...actionsFile(instance),
    ...other('resources', instance.resources, DEFAULTS.resources),
    ...restartFile(instance),
    ...(instance.graceMs === DEFAULTS.grace ? {} : { grace: durationText(instance.graceMs) }),
  };
}

function other(field: string, value: unknown, ordinary: unknown): Record<string, unknown> {
  return isDeepStrictEqual(value, ordinary) ? {} : { [field]: value };
}

/** A schedule without a start began when the instance was made; one that is due at once can have no other. */
function scheduleOf({ schedule, createdAt }: Instance, names: ReadonlyMap<string, string>): Record<string, unknown> {
  const triggers: Schedule['triggers'] = schedule.triggers.map((trigger) =>
    trigger.kind === 'after' ? { ...trigger, instance: names.get(trigger.instance) ?? trigger.instance } : trigger,
  );
  const isAtOnce = triggers.some(({ kind }) => kind === 'now');
  return scheduleFileOf({ ...schedule, triggers }, isAtOnce ? schedule.startAt : createdAt);
}

function missedFile(policy: MissedPolicy): unknown {
  if (policy.kind !== 'run-all') return policy.kind;
  return { policy: 'run-all', max: policy.max, maxAge: durationText(policy.maxAgeMs) };
}

function overlapFile(policy: OverlapPolicy): unknown {
  return policy.kind === 'queue' ? { policy: 'queue', max: policy.max } : policy.kind;
}

function placeFile({ labels, location }: Instance): Record<string, unknown> {
  const place = {
    ...(Object.keys(labels).length === 0 ? {} : { labels: { ...labels } }),
    ...(location === null ? {} : { location }),
  };
  return Object.keys(place).length === 0 ? {} : { place };
}

function bindingsFile({ sensors, controls, missing }: NonNullable<Instance['bindings']>): Record<string, unknown> {
  const of = (wishes: typeof sensors) =>
    Object.fromEntries(Object.entries(wishes).map(([name, wish]) => [name, wishFile(wish)]));
  return { sensors: of(sensors), controls: of(controls), missing };
}

function wishFile(wish: BindingWish): unknown {
  return wish.by === 'id' ? [...wish.sensors] : { ...wish.query };
}

function actionsFile({ actionRules }: Instance): Record<string, unknown> {
  if (!actionRules) return {};
  const { notify, perHour, quiet } = actionRules;
  const times = quiet && { from: timeOfDayText(quiet.fromMinute), to: timeOfDayText(quiet.toMinute) };
  const rules = { ...(Object.keys(perHour).length === 0 ? {} : { perHour }), ...(times ? { quiet: times } : {}) };
  return { notify: [...notify], ...(Object.keys(rules).length === 0 ? {} : { actions: rules }) };
}

function restartFile({ restart }: Instance): Record<string, unknown> {
  const { runsPerTask, tasks, backoffMs, maxBackoffMs, stableAfterMs } = restart;
  const ordinary = DEFAULTS.restart;
  const file = {
    ...other('runsPerTask', runsPerTask, ordinary.runsPerTask),
    ...other('tasks', tasks, ordinary.tasks),
    ...(backoffMs === ordinary.backoff ? {} : { backoff: durationText(backoffMs) }),
    ...(maxBackoffMs === ordinary.maxBackoff ? {} : { maxBackoff: durationText(maxBackoffMs) }),
    ...(stableAfterMs === ordinary.stableAfter ? {} : { stableAfter: durationText(stableAfterMs) }),
  };
  return Object.keys(file).length === 0 ? {} : { restart: file };
}
