// What became of an instant, or why nothing did: "why did it not run at 08:00?".
import type { Instance, InstanceStatus } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import { type Job, type JobStatus, jobEnded } from '../model/job.ts';
import type { Gap } from '../model/schedule.ts';
import type { Store } from '../ports/store.ts';
import { calendarsOf } from './calendars-of.ts';
import { occurrenceRun } from './due-run.ts';
import { segmentsOf } from './due-segments.ts';
import { absenceInWords } from './occurrence-absence.ts';
import { readPause } from './pause-requests.ts';
import { isPausedAt } from './paused-at.ts';
import { instantInWords } from './schedule-words.ts';

/** The answer for one instant. */
export interface OccurrenceAnswer {
  readonly at: Instant;
  /** Whether its job has started. */
  readonly ran: boolean;
  /** Null: none was made for it. */
  readonly job: string | null;
  /** What became of it, or why nothing did; with a full stop. */
  readonly sentence: string;
}

/** A page of gaps. */
export interface GapPage {
  readonly items: readonly Gap[];
  readonly next?: string;
}

interface Question {
  readonly store: Store;
  readonly instance: Instance;
  readonly status: InstanceStatus | null;
  readonly at: Instant;
}

/** Stretches that end at or after an instant and are looked at for one that covers it. */
const LOOKED_AT = 20;

/** Says what became of an instance's occurrence at an instant. */
export async function whyAt(store: Store, instance: Instance, at: Instant): Promise<OccurrenceAnswer> {
  const { job: id } = occurrenceRun(instance, at);
  const [job, jobStatus] = await Promise.all([store.get('job', id), store.get('jobStatus', id)]);
  if (job) {
    const ran = typeof jobStatus?.doc.startedAt === 'number';
    return { at, ran, job: id, sentence: jobInWords(job.doc, jobStatus?.doc) };
  }
  const status = (await store.get('instanceStatus', instance.id))?.doc ?? null;
  return { at, ran: false, job: null, sentence: await whyNot({ store, instance, status, at }) };
}

/** Stretches of occurrences that made no job, newest first. */
export async function listGaps(
  store: Store,
  instance: string,
  page: { readonly limit: number; readonly after?: string },
): Promise<GapPage> {
  const found = await store.list('gap', { where: { instance }, orderBy: 'toAt', direction: 'descending', ...page });
  const items = found.items.map(({ doc }) => doc);
  return found.next === undefined ? { items } : { items, next: found.next };
}

function jobInWords({ id, stop }: Job, status: JobStatus | undefined): string {
  const made = `Job ${id} was made for it`;
  if (status && jobEnded(status.state)) {
    const when = status.endedAt === null ? '' : ` at ${instantInWords(status.endedAt)}`;
    return `${made}. It ${ENDS[status.state] ?? status.state}${when}: ${status.reason}.`;
  }
  if (stop) return `${made}. It is being ended: ${stop.reason}.`;
  return status ? `${made}. It is ${status.state}: ${status.reason}.` : `${made}; it is not taken up yet.`;
}

const ENDS: Readonly<Record<string, string>> = { succeeded: 'succeeded', failed: 'failed', stopped: 'was stopped' };

/** A stretch of several holds instants between them as well: of those the schedule is asked first. */
async function whyNot(question: Question): Promise<string> {
  const { instance, status, at } = question;
  const gap = await gapAt(question);
  if (gap?.fromAt === at || gap?.count === 1) return gapInWords(gap);
  if (status?.queue.some((queued) => queued.at === at && queued.after === undefined))
    return 'It waits until the job before it is over.';
  const absence = await absenceAt(question);
  if (absence !== null) return `It was not due: ${absence}.`;
  if (gap) return gapInWords(gap);
  return standingInWords(instance, at) ?? openInWords(question);
}

/** The stretch that covers an instant; one that is exactly there goes before one around it. */
async function gapAt({ store, instance, at }: Question): Promise<Gap | undefined> {
  const { items } = await store.list('gap', {
    where: { instance: instance.id },
    orderBy: 'toAt',
    from: at,
    limit: LOOKED_AT,
  });
  const covering = items.map(({ doc }) => doc).filter((gap) => gap.fromAt <= at && !isUpstream(gap));
  return covering.find(({ fromAt }) => fromAt === at) ?? covering[0];
}

/** A run that was to follow another instance's job is no occurrence of the schedule. */
function isUpstream({ id, instance }: Gap): boolean {
  return id.startsWith(`${instance}.d`);
}

function gapInWords({ outcome, reason, count, fromAt, toAt }: Gap): string {
  const others = ` with ${count - 1} others from ${instantInWords(fromAt)} to ${instantInWords(toAt)}`;
  return `It made no job (${outcome}${count > 1 ? others : ''}): ${reason}.`;
}

/** Under the schedule that counted then, which may be an earlier one. */
async function absenceAt({ store, instance, at }: Question): Promise<string | null> {
  const calendars = await calendarsOf(store, instance);
  const [segment] = segmentsOf({ instance, calendars, pause: null }, at - 1, at);
  return segment ? absenceInWords(segment.timetable, at) : null;
}

function standingInWords({ name, enabled, enabledAt, removing }: Instance, at: Instant): string | undefined {
  if (removing) return 'Its instance is being removed.';
  if (!enabled) return `Its instance is disabled; 'berth instance enable ${name}' lets it run again.`;
  return at < enabledAt ? `Its instance runs only since ${instantInWords(enabledAt)}.` : undefined;
}

/** It is an occurrence of an instance that runs, and nothing is recorded of it. */
async function openInWords({ store, instance, status, at }: Question): Promise<string> {
  if (at <= (status?.cursorAt ?? 0))
    return 'It was settled, and what was kept of it is forgotten: it is older than the history that is kept.';
  const skip = instance.skips.find((each) => each.at === at);
  if (skip) return `${skip.by} asked that it be skipped.`;
  const pause = await readPause(store);
  if (isPausedAt(pause, at))
    return `${pause.by} has paused all schedules${pause.reason === '' ? '' : `: ${pause.reason}`}.`;
  return 'It is still to come, or just due.';
}
