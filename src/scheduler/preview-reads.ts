// What is to come: the next occurrences of one instance, and everything that is due on the platform.
import { pages } from '../engine/shard-sweep.ts';
import type { Calendar } from '../model/calendar.ts';
import type { Instance } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { SchedulePause } from '../model/schedule.ts';
import type { Store } from '../ports/store.ts';
import { calendarsOf } from './calendars-of.ts';
import {
  type Collision,
  type ComingJob,
  collisionsOf,
  type StandaloneConflict,
  standaloneConflicts,
} from './collisions.ts';
import { presentSince, presentTimetable } from './due-segments.ts';
import { EarliestOccurrences } from './earliest-occurrences.ts';
import { jobEnd, nextOccurrence, startOf, type Timetable } from './occurrences.ts';
import { readPause } from './pause-requests.ts';
import { isPausedAt } from './paused-at.ts';

/** An occurrence that is to come. */
export interface PreviewedOccurrence {
  readonly at: Instant;
  /** When its job begins: with the jitter of its schedule. */
  readonly startsAt: Instant;
  /** When its job is killed; null: never. */
  readonly endsAt: Instant | null;
  /** Why it will make no job, as far as that is known; null: it will. */
  readonly note: string | null;
}

/** An occurrence of one of many instances. */
export interface PlatformOccurrence extends PreviewedOccurrence {
  readonly instance: string;
  readonly name: string;
  /** Of its schedule. */
  readonly zone: string;
}

/** What is due on the platform. */
export interface PlatformPreview {
  /** The first ones, by their time. */
  readonly occurrences: readonly PlatformOccurrence[];
  /** Of all before `coveredUntilAt`. */
  readonly total: number;
  /** Whether all that were asked for are in `occurrences`. */
  readonly isWhole: boolean;
  /** Everything before it was looked at; sooner than what was asked for where very much is due. */
  readonly coveredUntilAt: Instant;
  readonly collisions: readonly Collision[];
  readonly standalone: readonly StandaloneConflict[];
}

/** What the next occurrences of an instance follow from, besides its timetable. */
export interface PreviewSources extends Pick<Instance, 'id' | 'enabled' | 'removing' | 'skips'> {
  readonly pause: SchedulePause | null;
}

/** Which occurrences: strictly after an instant, at most so many. */
export interface PreviewWish {
  readonly after: Instant;
  readonly count: number;
}

/** Which part of the time to come: [fromAt, untilAt), and how many occurrences of it are listed. */
export interface PlatformPreviewWish {
  readonly fromAt: Instant;
  readonly untilAt: Instant;
  readonly limit: number;
  /** Whether what is due of an application is told; absent: of all. */
  readonly sees?: (application: string) => Promise<boolean>;
}

/** Most occurrences of one preview. */
const MOST_LISTED = 1000;
/** Occurrences that are held to find what gets into each other's way. */
const MOST_HELD = 20_000;
const MOST_COLLISIONS = 50;
/** Nobody knows how long a job without end takes: it counts for this long. */
const UNKNOWN_MS = 60_000;
const PAGE = 1000;
/** What is due of so many instances is worked out at a time. */
const FEW = 200;
/** Names of instances whose standalone jobs run. */
const MOST_OPEN = 1000;

/** The next occurrences of an instance, stored or not yet. */
export async function previewInstance(
  store: Store,
  instance: Instance,
  wish: PreviewWish,
): Promise<readonly PreviewedOccurrence[]> {
  const [calendars, pause] = await Promise.all([calendarsOf(store, instance), readPause(store)]);
  const timetable = presentTimetable({ instance, calendars, pause });
  const after = Math.max(wish.after, countsFrom(instance) - 1);
  return previewTimetable(timetable, { ...instance, pause }, { ...wish, after });
}

/** The next occurrences of a timetable. */
function previewTimetable(
  timetable: Timetable,
  sources: PreviewSources,
  { after, count }: PreviewWish,
): readonly PreviewedOccurrence[] {
  const found: PreviewedOccurrence[] = [];
  let at = nextOccurrence(timetable, after);
  while (at !== null && found.length < Math.min(count, MOST_LISTED)) {
    found.push(occurrenceAt(timetable, sources, at));
    at = nextOccurrence(timetable, at);
  }
  return found;
}

/** Everything that is due on the platform in some time. Instances are read page by page, and what is held is bounded. */
export async function previewSchedules(store: Store, wish: PlatformPreviewWish): Promise<PlatformPreview> {
  const calendars = new Map(
    (await Array.fromAsync(pages(store, 'calendar', { limit: 20 }))).map((each) => [each.id, each]),
  );
  const pause = await readPause(store);
  const earliest = new EarliestOccurrences<Due>(wish.untilAt, MOST_HELD);
  for await (const instance of pages(store, 'instance', { limit: FEW }))
    if (await isSeen(wish, instance.application)) collect(earliest, { instance, calendars, pause }, wish);
  const held = earliest.sorted().map((due) => heldOf(due, pause, wish.untilAt));
  const coming = held.filter(({ occurrence }) => occurrence.note === null).map(({ job }) => job);
  const open = await openStandalone(store, wish);
  return {
    occurrences: held.slice(0, wish.limit).map(({ occurrence }) => occurrence),
    total: held.length,
    isWhole: held.length <= wish.limit && earliest.untilAt === wish.untilAt,
    coveredUntilAt: earliest.untilAt,
    collisions: collisionsOf(coming, MOST_COLLISIONS),
    standalone: standaloneConflicts([...open, ...coming], await machinesOf(store), MOST_COLLISIONS),
  };
}

interface Due {
  readonly at: Instant;
  readonly instance: Instance;
  readonly timetable: Timetable;
}

interface Held {
  readonly occurrence: PlatformOccurrence;
  readonly job: ComingJob;
}

interface InstanceSources {
  readonly instance: Instance;
  readonly calendars: ReadonlyMap<string, Calendar>;
  readonly pause: SchedulePause | null;
}

async function isSeen({ sees }: PlatformPreviewWish, application: string): Promise<boolean> {
  return sees === undefined || sees(application);
}

/** One that is disabled has nothing to come. */
function collect(
  earliest: EarliestOccurrences<Due>,
  { instance, calendars, pause }: InstanceSources,
  { fromAt }: PlatformPreviewWish,
): void {
  if (!instance.enabled || instance.removing) return;
  const named = instance.schedule.calendars.flatMap((name) => calendars.get(name) ?? []);
  const timetable = presentTimetable({ instance, calendars: named, pause });
  let at = nextOccurrence(timetable, Math.max(fromAt, countsFrom(instance)) - 1);
  while (at !== null && at < earliest.untilAt) {
    earliest.add({ at, instance, timetable });
    at = nextOccurrence(timetable, at);
  }
}

function heldOf({ at, instance, timetable }: Due, pause: SchedulePause | null, untilAt: Instant): Held {
  const { id, name, schedule, skips, enabled, removing } = instance;
  const occurrence = occurrenceAt(timetable, { id, skips, enabled, removing, pause }, at);
  const isContinuous = schedule.triggers.some(({ kind }) => kind === 'continuous');
  const { startsAt, endsAt } = occurrence;
  const until = endsAt ?? (isContinuous ? Math.max(untilAt, startsAt) : startsAt + UNKNOWN_MS);
  const { copies, labels, location, machine } = instance;
  const job = { name, startsAt, untilAt: until, copies, labels, location, isStandalone: machine === 'standalone' };
  return { occurrence: { ...occurrence, instance: id, name, zone: schedule.zone }, job };
}

function occurrenceAt(timetable: Timetable, sources: PreviewSources, at: Instant): PreviewedOccurrence {
  const { schedule } = timetable;
  const startsAt = startOf(sources.id, schedule, at);
  return { at, startsAt, endsAt: jobEnd(timetable, startsAt), note: noteOf(sources, at) };
}

function noteOf({ enabled, removing, skips, pause }: PreviewSources, at: Instant): string | null {
  if (removing) return 'its instance is being removed';
  if (!enabled) return 'its instance is disabled';
  const skip = skips.find((each) => each.at === at);
  if (skip) return `${skip.by} asked that it be skipped`;
  return isPausedAt(pause, at) ? `${pause.by} has paused all schedules` : null;
}

/** What lies before it does not count for the present schedule. */
function countsFrom(instance: Instance): Instant {
  return instance.enabled ? Math.max(instance.enabledAt, presentSince(instance)) : presentSince(instance);
}

/** Those that have machines to themselves already. */
async function openStandalone(store: Store, wish: PlatformPreviewWish): Promise<readonly ComingJob[]> {
  const { fromAt, untilAt } = wish;
  const open: Job[] = [];
  const begun = { where: { open: 1 }, orderBy: 'startsAt', below: fromAt, limit: PAGE };
  for await (const job of pages(store, 'job', begun)) {
    const isOne = job.machine === 'standalone' && job.stop === null && open.length < MOST_OPEN;
    if (isOne && (await isSeen(wish, job.application))) open.push(job);
  }
  const instances = await store.getMany('instance', [...new Set(open.map(({ instance }) => instance))]);
  const names = new Map(instances.map(({ doc }) => [doc.id, doc.name]));
  return open.map(({ instance, copies, spec: { labels, location }, endsAt }) => ({
    ...{ name: names.get(instance) ?? instance, startsAt: fromAt, untilAt: endsAt ?? untilAt },
    ...{ copies, labels, location, isStandalone: true },
  }));
}

/** The labels of the machines that take jobs, or will again without anybody's doing. */
async function machinesOf(store: Store): Promise<readonly Readonly<Record<string, string>>[]> {
  const nodes = await Array.fromAsync(pages(store, 'node', { limit: PAGE }));
  return nodes.filter(({ draining, removing }) => !draining && !removing).map(({ labels }) => labels);
}
