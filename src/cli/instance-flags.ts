// The flags of an instance, and the instance file that they stand for.
import type { Command } from 'commander';
import { BerthError } from '../model/errors.ts';
import { pairsOf } from './command-context.ts';
import { instantIn } from './instant-of.ts';

/** What a person gave. */
export interface InstanceFlags {
  readonly file?: string;
  readonly name?: string;
  readonly app?: string;
  readonly algorithm?: string;
  readonly package?: string;
  readonly at?: string;
  readonly every?: string;
  readonly cron: readonly string[];
  readonly after: readonly string[];
  readonly continuous?: true;
  readonly start?: string;
  readonly end?: string;
  readonly duration?: string;
  readonly zone?: string;
  readonly window: readonly string[];
  readonly calendar: readonly string[];
  readonly jitter?: string;
  readonly missed?: string;
  readonly overlap?: string;
  readonly queue?: string;
  readonly priority?: string;
  readonly lead?: string;
  readonly copies?: string;
  readonly standalone?: true;
  readonly label: readonly string[];
  readonly location?: string;
  readonly param: readonly string[];
  readonly env: readonly string[];
  readonly grace?: string;
  readonly sensor: readonly string[];
  readonly control: readonly string[];
  readonly missing?: string;
  readonly secret: readonly string[];
  readonly notify: readonly string[];
}

const collect = (value: string, before: readonly string[]) => [...before, value];

/** Adds the flags to a command. */
export function addInstanceFlags(command: Command): Command {
  return addSensorFlags(addPlaceFlags(addPolicyFlags(addScheduleFlags(addAlgorithmFlags(command)))));
}

function addAlgorithmFlags(command: Command): Command {
  return command
    .option('-f, --file <file>', 'instance file (JSON or YAML)')
    .option('--name <name>', 'name of the instance')
    .option('--app <application>', 'application')
    .option('--algorithm <id>', 'algorithm of the application')
    .option('--package <id>', 'a package instead of the current one');
}

function addScheduleFlags(command: Command): Command {
  return command
    .option('--at <instant>', 'run once at this time (ISO 8601)')
    .option('--every <length>', 'again and again: 10m, PT10M; P1D, P1M by the calendar')
    .option('--cron <expression>', "at times of day: '0 8 * * 1-5' (repeatable)", collect, [])
    .option('--after <instance>', 'after its jobs; NAME:failure, NAME:any (repeatable)', collect, [])
    .option('--continuous', 'run from start to end without a break')
    .option('--start <instant>', 'not before')
    .option('--end <instant>', 'not after; what still runs is killed then')
    .option('--duration <duration>', 'kill each job after this time')
    .option('--zone <zone>', 'time zone of the schedule; without it your own')
    .option('--window <window>', "only then: 'mon-fri 08:00-18:00' (repeatable)", collect, [])
    .option('--calendar <name>', 'not in the events of this calendar (repeatable)', collect, [])
    .option('--jitter <duration>', 'start each job up to this much later');
}

function addPolicyFlags(command: Command): Command {
  return command
    .option('--missed <policy>', 'skip, run-latest, run-all, run-all:MAX:MAXAGE')
    .option('--overlap <policy>', 'allow, skip, queue, replace')
    .option('--queue <n>', 'let up to n wait for the job before')
    .option('--priority <n>', 'of jobs that wait, those with more first: -10 to 10')
    .option('--lead <duration>', 'start containers this long before a job begins')
    .option('--grace <duration>', 'between the notice to stop and the kill');
}

function addPlaceFlags(command: Command): Command {
  return command
    .option('--copies <n>', 'copies of each job')
    .option('--standalone', 'a machine to itself')
    .option('--label <key=value>', 'label that a node must carry (repeatable)', collect, [])
    .option('--location <path>', 'only nodes there, such as campus/building-a')
    .option('--param <key=value>', 'parameter for the algorithm (repeatable)', collect, [])
    .option('--env <key=value>', 'environment variable (repeatable)', collect, []);
}

function addSensorFlags(command: Command): Command {
  return command
    .option('--sensor <name=ids>', 'sensors that a name stands for: air=t-1,t-2 (repeatable)', collect, [])
    .option('--control <name=id>', 'the sensor that a name steers (repeatable)', collect, [])
    .option('--missing <policy>', 'when a sensor is missing: wait, run-without, refuse')
    .option('--secret <name>', 'secret of the application that its tasks are given (repeatable)', collect, [])
    .option('--notify <user>', 'who gets its notices (repeatable)', collect, []);
}

/** The instance file that flags stand for; times of day are in the person's zone. @throws cli.usage */
export function fileOfFlags(flags: InstanceFlags, ownZone: string, command: string): Record<string, unknown> {
  const { name, app, algorithm, priority, copies, lead, grace } = flags;
  return withoutUndefined({
    name,
    application: app,
    algorithm,
    package: flags.package,
    schedule: scheduleOf(flags, flags.zone ?? ownZone, command),
    missed: flags.missed === undefined ? undefined : missedOf(flags.missed),
    overlap: overlapOf(flags),
    priority: priority === undefined ? undefined : Number(priority),
    lead,
    grace,
    copies: copies === undefined ? undefined : Number(copies),
    machine: flags.standalone ? 'standalone' : undefined,
    place: placeOf(flags, command),
    parameters: flags.param.length === 0 ? undefined : pairsOf(flags.param, command),
    environment: flags.env.length === 0 ? undefined : pairsOf(flags.env, command),
    bindings: bindingsOf(flags, command),
    secrets: flags.secret.length === 0 ? undefined : flags.secret,
    notify: flags.notify.length === 0 ? undefined : flags.notify,
  });
}

function scheduleOf(flags: InstanceFlags, zone: string, command: string): Record<string, unknown> {
  const { start, end, duration, window, calendar, jitter } = flags;
  const triggers = triggersOf(flags, zone);
  const [first, ...others] = triggers;
  if (first === undefined) return withoutUndefined({ kind: 'now', duration });
  return withoutUndefined({
    ...(others.length === 0 ? first : { triggers }),
    start: start && instantIn(start, zone),
    end: end && instantIn(end, zone),
    duration,
    zone,
    windows: window.length === 0 ? undefined : window.map((text) => windowOf(text, command)),
    calendars: calendar.length === 0 ? undefined : calendar,
    jitter,
  });
}

function triggersOf({ at, every, cron, after, continuous }: InstanceFlags, zone: string): Record<string, unknown>[] {
  return [
    ...(continuous ? [{ kind: 'continuous' }] : []),
    ...(at === undefined ? [] : [{ kind: 'once', at: instantIn(at, zone) }]),
    ...(every === undefined ? [] : [{ kind: 'interval', every }]),
    ...cron.map((expression) => ({ kind: 'cron', expression })),
    ...after.map(afterOf),
  ];
}

function afterOf(text: string): Record<string, unknown> {
  const [instance = '', on] = text.split(':');
  return withoutUndefined({ kind: 'after', instance, on });
}

/** `run-all:5:6h`: at most five, and none older than six hours. */
function missedOf(text: string): unknown {
  const [policy = '', max, maxAge] = text.split(':');
  if (max === undefined) return policy;
  return withoutUndefined({ policy, max: Number(max), maxAge });
}

function overlapOf({ overlap, queue }: InstanceFlags): unknown {
  return queue === undefined ? overlap : { policy: overlap ?? 'queue', max: Number(queue) };
}

function placeOf({ label, location }: InstanceFlags, command: string): unknown {
  if (label.length === 0 && location === undefined) return undefined;
  return withoutUndefined({ labels: label.length === 0 ? undefined : pairsOf(label, command), location });
}

function bindingsOf({ sensor, control, missing }: InstanceFlags, command: string): unknown {
  if (sensor.length + control.length === 0 && missing === undefined) return undefined;
  return withoutUndefined({ sensors: idsOf(sensor, command), controls: idsOf(control, command), missing });
}

function idsOf(words: readonly string[], command: string): unknown {
  const pairs = Object.entries(pairsOf(words, command));
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs.map(([name, ids]) => [name, ids.split(',')]));
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const WINDOW = /^(?:(\S+)\s+)?(\d{2}:\d{2})-(\d{2}:\d{2})$/;

/** `mon-fri 08:00-18:00`, `sat,sun 10:00-12:00`, `weekdays 22:00-06:00`, or times alone for every day. */
function windowOf(text: string, command: string): Record<string, unknown> {
  const [, days = 'daily', from, to] = WINDOW.exec(text.trim()) ?? [];
  if (from === undefined || to === undefined)
    throw new BerthError('cli.usage', { detail: `"${text}" is not a window such as "mon-fri 08:00-18:00".`, command });
  return { days: daysOf(days.toLowerCase()), from, to };
}

function daysOf(text: string): string | readonly string[] {
  if (['weekdays', 'weekend', 'daily'].includes(text)) return text;
  return text.split(',').flatMap((part) => {
    const [first = '', last = first] = part.split('-');
    const [begin, end] = [DAYS.indexOf(first), DAYS.indexOf(last)];
    if (begin < 0 || end < 0) return [part];
    return begin <= end ? DAYS.slice(begin, end + 1) : [...DAYS.slice(begin), ...DAYS.slice(0, end + 1)];
  });
}

function withoutUndefined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
