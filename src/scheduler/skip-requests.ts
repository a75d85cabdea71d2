// Wishes that an occurrence makes no job.
import { changeExisting } from '../engine/change-document.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { BerthError } from '../model/errors.ts';
import type { Instance } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import type { SkipWish } from '../model/schedule.ts';
import type { Store } from '../ports/store.ts';
import { calendarsOf } from './calendars-of.ts';
import { presentTimetable } from './due-segments.ts';
import { isOccurrence, nextOccurrence } from './occurrences.ts';

/** What skipping needs. */
export interface SkipParts {
  readonly store: Store;
  readonly recordEvent: RecordEvent;
}

/** Who asks, and which occurrence; null: the next one. */
export interface SkipRequest {
  readonly by: string;
  readonly at: Instant | null;
}

const MOST_SKIPS = 100;

/** Skips one occurrence that is still to come; one whose job waits for its time already is ended before it begins. @throws request.not-found, instance.no-occurrence, instance.too-many-skips */
export async function requestSkip(parts: SkipParts, id: string, request: SkipRequest, now: Instant): Promise<SkipWish> {
  const stored = await parts.store.get('instance', id);
  if (!stored) throw new BerthError('request.not-found', { what: 'instance', id });
  const calendars = await calendarsOf(parts.store, stored.doc);
  let wish: SkipWish = { at: 0, by: request.by };
  const changed = await changeExisting(parts.store, 'instance', id, (instance) => {
    wish = { at: chosen(instance, calendars, request, now), by: request.by };
    return withSkip(instance, wish, now);
  });
  const at = new Date(wish.at).toISOString();
  const text = `${request.by} asked that the occurrence of ${changed.name} at ${at} be skipped.`;
  await parts.recordEvent({ kind: 'instance.skip', subject: `instance:${id}`, application: changed.application, text });
  return wish;
}

function chosen(
  instance: Instance,
  calendars: Awaited<ReturnType<typeof calendarsOf>>,
  { at }: SkipRequest,
  now: Instant,
): Instant {
  const timetable = presentTimetable({ instance, calendars, pause: null });
  if (at !== null && at > now && isOccurrence(timetable, at)) return at;
  if (at !== null) throw noOccurrence(instance, `at ${new Date(at).toISOString()}`);
  const skipped = new Set(instance.skips.map((skip) => skip.at));
  let nextAt = nextOccurrence(timetable, now);
  while (nextAt !== null && skipped.has(nextAt)) nextAt = nextOccurrence(timetable, nextAt);
  if (nextAt === null) throw noOccurrence(instance, 'any more');
  return nextAt;
}

function noOccurrence({ name }: Instance, when: string): BerthError {
  return new BerthError('instance.no-occurrence', { name, when });
}

function withSkip(instance: Instance, wish: SkipWish, now: Instant): Instance {
  const open = instance.skips.filter(({ at }) => at > now - ON_RECORD_MS);
  if (open.some(({ at }) => at === wish.at)) return instance;
  if (open.length >= MOST_SKIPS) throw new BerthError('instance.too-many-skips', { name: instance.name });
  const skips = [...open, wish].toSorted((a, b) => a.at - b.at);
  return { ...instance, skips, updatedAt: Math.max(now, instance.updatedAt + 1) };
}

/** A platform that was away for this long may still have to settle an occurrence that was to be skipped. */
const ON_RECORD_MS = 30 * 86_400_000;
