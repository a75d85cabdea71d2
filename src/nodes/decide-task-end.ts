// What the end of a container means for its task: an ordered table, the first rule that fits decides.
import type { Instant } from '../model/instant.ts';
import { LAUNCHER_EXIT, type Task, type TaskState } from '../model/task.ts';
import type { ContainerView } from '../ports/machine.ts';
import { stopGraceMs } from './stop-grace.ts';

/** What is known of a container that is over. */
export interface ContainerEnd {
  readonly task: Task;
  /** Undefined when the container is gone altogether. */
  readonly container: ContainerView | undefined;
  /** When KILL was due after the platform's own TERM, if it sent one. */
  readonly killAt: Instant | null;
  /** Whether this process was the first to start the container; else the one before it may have ended amid the start. */
  readonly isStartedHere: boolean;
  readonly now: Instant;
}

/** How a task ended. */
export interface TaskEnd {
  readonly state: Extract<TaskState, 'completed' | 'failed' | 'stopped' | 'lost'>;
  readonly reason: string;
  readonly exitCode: number | null;
  /** Somebody ended its container: its last lines do not say why, and its successor need not wait until they are kept. */
  readonly isFromOutside: boolean;
}

interface Rule {
  readonly when: (end: ContainerEnd) => boolean;
  readonly state: TaskEnd['state'];
  readonly reason: (end: ContainerEnd) => string;
  readonly isFromOutside?: true;
}

const SIGKILL = 128 + 9;
const SIGINT = 128 + 2;
const SIGTERM = 128 + 15;
/** What Docker writes for containers that it finds dead when it comes up again. */
const ENGINE_LOST_IT = 255;

/** Within this of a job's end, an end with code 0 is the job's end. */
const END_MARGIN_MS = 2000;

const exited = (code: number) => (end: ContainerEnd) => end.container?.exitCode === code;
const says = (text: string) => () => text;

const RULES: readonly Rule[] = [
  { when: ({ task }) => task.stop !== null, state: 'stopped', reason: stopReason },
  {
    when: ({ container }) => container === undefined,
    state: 'failed',
    reason: says("Its container was removed behind the platform's back (docker rm)."),
  },
  {
    when: (end) => end.container?.oomKilled === true || exited(LAUNCHER_EXIT.outOfMemory)(end),
    state: 'failed',
    reason: ({ task }) => `It ran out of memory: its limit is ${task.spec.resources.memoryMiB} MiB.`,
  },
  {
    when: ({ container }) => container?.startedAt === null || (container?.error ?? '') !== '',
    state: 'failed',
    reason: ({ container }) =>
      `Its container could not be started: ${container?.error || 'the engine gave no reason'}.`,
  },
  { when: reachedItsEnd, state: 'stopped', reason: says('It reached its end.') },
  {
    when: (end) => exited(LAUNCHER_EXIT.completed)(end) && end.task.spec.kind === 'run-to-completion',
    state: 'completed',
    reason: says('It ran to its completion.'),
  },
  {
    when: exited(LAUNCHER_EXIT.completed),
    state: 'failed',
    reason: says('It ended with code 0, though it is continuous and nobody stopped it.'),
  },
  {
    when: exited(LAUNCHER_EXIT.stopped),
    state: 'stopped',
    reason: says('Its launcher stopped it after a notice of the platform.'),
  },
  {
    // No fault of the application's: the platform was out of its reach, or has taken the lease back.
    when: exited(LAUNCHER_EXIT.fenced),
    state: 'lost',
    reason: says('Its launcher ended it: the lease that lets exactly one copy run was not renewed in time.'),
  },
  {
    when: exited(LAUNCHER_EXIT.stranger),
    state: 'failed',
    reason: says("It was stopped behind the platform's back (docker stop)."),
    isFromOutside: true,
  },
  {
    when: exited(LAUNCHER_EXIT.crashLoop),
    state: 'failed',
    reason: ({ task }) =>
      `The algorithm failed ${task.spec.restart.runsPerTask} times in a row; its last lines say why.`,
  },
  {
    // No fault of the application's, and at most once for each end of the platform: it does not count against the restart policy.
    when: (end) => exited(LAUNCHER_EXIT.untold)(end) && !end.isStartedHere,
    state: 'lost',
    reason: says('The platform ended before it had told the container what to run; nothing of it has run.'),
    isFromOutside: true,
  },
  {
    when: exited(LAUNCHER_EXIT.untold),
    state: 'failed',
    reason: says('Its container was started, but what it was to run did not reach it.'),
  },
  {
    when: exited(LAUNCHER_EXIT.launcherFailed),
    state: 'failed',
    reason: says('Its launcher could not do its work; the last lines say why.'),
  },
  {
    when: exited(SIGKILL),
    state: 'failed',
    reason: says('It was killed (SIGKILL) from outside, for example with docker kill.'),
    isFromOutside: true,
  },
  {
    when: exited(SIGTERM),
    state: 'failed',
    reason: says('It was ended by SIGTERM from outside.'),
    isFromOutside: true,
  },
  {
    when: exited(SIGINT),
    state: 'failed',
    reason: says('It was ended by SIGINT from outside.'),
    isFromOutside: true,
  },
  {
    when: exited(ENGINE_LOST_IT),
    state: 'failed',
    reason: says('Its machine or its Docker engine went down under it.'),
  },
  {
    when: () => true,
    state: 'failed',
    reason: ({ container }) => `Its container ended with code ${container?.exitCode ?? 'unknown'}.`,
  },
];

/** Judges the end of a task's container. */
export function decideTaskEnd(end: ContainerEnd): TaskEnd {
  const rule = RULES.find(({ when }) => when(end));
  if (!rule) throw new Error('The last rule fits everything.');
  const { state, isFromOutside = false } = rule;
  return { state, reason: rule.reason(end), exitCode: end.container?.exitCode ?? null, isFromOutside };
}

function stopReason({ task, container, killAt, now }: ContainerEnd): string {
  const killed = container?.exitCode === SIGKILL && killAt !== null && now >= killAt;
  const how = killed ? ` It did not end within ${stopGraceMs(task)} ms of SIGTERM and was killed.` : '';
  return `${task.stop?.reason ?? ''}${how}`;
}

/** The launcher's own word, or an end with code 0 at the time at which the job ends. */
function reachedItsEnd(end: ContainerEnd): boolean {
  if (exited(LAUNCHER_EXIT.deadline)(end)) return true;
  const { task, container } = end;
  if (task.spec.kind !== 'continuous' || task.endsAt === null || container?.exitCode !== 0) return false;
  return container.finishedAt !== null && container.finishedAt >= task.endsAt - END_MARGIN_MS;
}
