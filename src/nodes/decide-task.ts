// What to do next for a task: an ordered table, the first rule that fits decides.
//
// INVARIANTS:
// - Task states only move forward; a container that ended is never started again.
// - Once the task's stop is set, nothing is created or started.
// - While its node is away, a task that may have a container keeps its state.
import type { Instant } from '../model/instant.ts';
import type { TaskState, TaskStatus } from '../model/task.ts';
import { taskEnded, taskMayBecome } from '../model/task.ts';
import type { ContainerView } from '../ports/machine.ts';
import { decideEndedTask } from './decide-ended-task.ts';
import { decideLeaseEnd } from './decide-lease-end.ts';
import { decideTaskEnd } from './decide-task-end.ts';
import { decideTaskTrouble } from './decide-task-trouble.ts';
import { evidenceDueAt } from './evidence-due.ts';
import { stopGraceMs } from './stop-grace.ts';
import { taskFirstStatus } from './task-first-status.ts';
import type { StatusChange, TaskDecision, TaskSnapshot, TaskStep } from './task-step.ts';

/** The launcher's time to end by itself after it killed the algorithm, before the platform kills them both. */
const LAUNCHER_MARGIN_MS = 1000;
const LOOK_AGAIN_MS = 1000;
const AWAY_MS = 30_000;
/** While an image is made or pulled; its end wakes the task, this is for a lost wake-up. */
const IMAGE_MS = 5000;

/** Between the notice of a stop, which the launcher reads at once, and TERM. */
const NOTICE_MS = 250;

/** A snapshot with its status filled in and the time. */
interface View extends TaskSnapshot {
  readonly known: TaskStatus;
  readonly now: Instant;
}

interface Rule {
  readonly when: (view: View) => boolean;
  readonly decide: (view: View) => TaskDecision;
}

/** States in which the task's container was created, so that its absence means that somebody removed it. */
const HAD_CONTAINER: ReadonlySet<TaskState> = new Set(['starting', 'running', 'stopping']);

const RULES: readonly Rule[] = [
  { when: ({ known }) => taskEnded(known.state), decide: (view) => decideEndedTask(view, view.known, view.now) },
  { when: ({ superseded }) => superseded, decide: (view) => lost(view, 'Its slot was given to another task.') },
  { when: ({ node }) => node === 'forgotten', decide: (view) => lost(view, 'Its node was removed from the platform.') },
  { when: stoppedUntouched, decide: stoppedBeforeStart },
  { when: ({ node }) => node === 'away', decide: away },
  { when: ({ container, containerIsOurs }) => found(container) && !containerIsOurs, decide: removeForeign },
  { when: ({ container }) => found(container) && container.state === 'removing', decide: lookSoon },
  { when: ({ container }) => found(container) && over(container), decide: ended },
  { when: ({ container, known }) => container === 'none' && HAD_CONTAINER.has(known.state), decide: ended },
  { when: ({ container, task }) => found(container) && live(container) && task.stop !== null, decide: stop },
  { when: ({ task }) => task.stop !== null, decide: stoppedBeforeStart },
  { when: ({ container }) => found(container) && live(container), decide: running },
  { when: ({ task, now }) => task.endsAt !== null && now >= task.endsAt, decide: tooLate },
  { when: ({ pull }) => pull.kind === 'failed', decide: pullFailed },
  { when: backingOff, decide: waitForNextTry },
  { when: ({ container }) => found(container), decide: start },
  { when: ({ imageOnNode }) => imageOnNode, decide: createAndStart },
  { when: ({ image }) => image?.state === 'failed', decide: imageFailed },
  { when: ({ image }) => image?.state !== 'ready', decide: waitForImage },
  { when: ({ pull }) => pull.kind === 'pulling', decide: waitForPull },
  { when: () => true, decide: pull },
];

/** Decides a task's next steps. */
export function decideTask(snapshot: TaskSnapshot, now: Instant): TaskDecision {
  const view: View = { ...snapshot, known: snapshot.status ?? taskFirstStatus(snapshot.task), now };
  const rule = RULES.find(({ when }) => when(view));
  if (!rule) throw new Error('The last rule fits everything.');
  return decideLeaseEnd(view, view.known, rule.decide(view), now);
}

function found(container: TaskSnapshot['container']): container is ContainerView {
  return typeof container !== 'string';
}

function over({ state }: ContainerView): boolean {
  return state === 'exited' || state === 'dead';
}

/** A paused container is still there and may go on. */
function live({ state }: ContainerView): boolean {
  return state === 'running' || state === 'paused' || state === 'restarting';
}

function record(change: StatusChange): TaskStep {
  return { do: 'record', change };
}

/** Whatever may still run is stopped and removed afterwards, when its node is reached: hence `kept` and a `nextAt`. */
function lost({ known, now }: View, reason: string): TaskDecision {
  const container = known.state === 'assigned' ? 'none' : 'kept';
  const change = { state: 'lost', reason, endedAt: now, container, nextAt: now } as const;
  return { steps: [record(change)], wakeAt: now, why: reason };
}

/** The intention `preparing` is recorded before a container is created: an assigned task has none, reachable or not. */
function stoppedUntouched({ task, known, container }: View): boolean {
  return task.stop !== null && known.state === 'assigned' && !found(container);
}

function stoppedBeforeStart({ task, container, now }: View): TaskDecision {
  const reason = task.stop?.reason ?? '';
  const change = { state: 'stopped', reason, endedAt: now, container: 'none', nextAt: null } as const;
  const removal: readonly TaskStep[] = found(container) ? [{ do: 'remove' }] : [];
  return { steps: [...removal, record(change)], wakeAt: null, why: `Stopped before it started: ${reason}` };
}

function away({ status, task, now }: View): TaskDecision {
  const why = `Its node ${task.node} is not reachable; it keeps its state.`;
  const firstRecord = status ? [] : [record({ nextAt: now })];
  return { steps: firstRecord, wakeAt: now + AWAY_MS, why };
}

function removeForeign({ now }: View): TaskDecision {
  return { steps: [{ do: 'remove' }], wakeAt: now, why: 'A container with its name was not made for this task.' };
}

function lookSoon({ now }: View): TaskDecision {
  return { steps: [], wakeAt: now + LOOK_AGAIN_MS, why: 'Its container is being removed.' };
}

function ended(view: View): TaskDecision {
  const { task, container, known, isStartedHere, now } = view;
  const last = found(container) ? container : undefined;
  const { isFromOutside, ...end } = decideTaskEnd({ task, container: last, killAt: known.killAt, isStartedHere, now });
  const endedAt = Math.max(known.startedAt ?? 0, platformTime(view, last?.finishedAt ?? null));
  const keepUntilAt = endedAt + view.settings.keepEndedMs;
  const rest: StatusChange = last
    ? { containerId: last.id, container: 'kept', startedAt: startOf(view, last), nextAt: keepUntilAt }
    : { container: 'removed', nextAt: null };
  if (last && isFromOutside) {
    const nextAt = evidenceDueAt(endedAt);
    return { steps: [record({ ...end, endedAt, ...rest, nextAt })], wakeAt: nextAt, why: end.reason };
  }
  const removal: readonly TaskStep[] = last ? [] : [{ do: 'remove' }];
  const steps: readonly TaskStep[] = [{ do: 'collect' }, ...removal, record({ ...end, endedAt, ...rest })];
  return { steps, wakeAt: last ? keepUntilAt : null, why: end.reason };
}

function startOf(view: View, { startedAt }: ContainerView): Instant | null {
  return startedAt === null ? view.known.startedAt : platformTime(view, startedAt);
}

/** Notice first, then TERM, then KILL: whoever reads the notice in time ends by itself, and its launcher knows whose TERM it gets. */
function stop({ task, known, now }: View): TaskDecision {
  const why = `It is being stopped: ${task.stop?.reason ?? ''}`;
  if (known.killAt === null) {
    const termDueAt = (task.stop?.at ?? now) + NOTICE_MS;
    const noticed = { state: 'stopping', reason: why, nextAt: termDueAt } as const;
    if (now < termDueAt) return { steps: known.state === 'stopping' ? [] : [record(noticed)], wakeAt: termDueAt, why };
    const killAt = now + stopGraceMs(task);
    const change = { state: 'stopping', reason: why, killAt, nextAt: killAt } as const;
    return { steps: [{ do: 'signal', signal: 'SIGTERM' }, record(change)], wakeAt: killAt + LAUNCHER_MARGIN_MS, why };
  }
  const killDueAt = known.killAt + LAUNCHER_MARGIN_MS;
  if (now < killDueAt) return { steps: [], wakeAt: killDueAt, why };
  return { steps: [{ do: 'signal', signal: 'SIGKILL' }], wakeAt: now + LOOK_AGAIN_MS, why };
}

function running(view: View): TaskDecision {
  const { container, task, known, now } = view;
  const follow: TaskStep = { do: 'follow' };
  const why =
    now < task.startsAt ? `It runs; its algorithm begins at ${new Date(task.startsAt).toISOString()}.` : 'It runs.';
  if (!taskMayBecome(known.state, 'running') || !found(container)) return { steps: [follow], wakeAt: null, why };
  const startedAt = platformTime(view, container.startedAt);
  const change = {
    state: 'running',
    reason: why,
    containerId: container.id,
    attempts: 0,
    startedAt,
    nextAt: now,
  } as const;
  return { steps: [record({ ...change, container: 'kept' }), follow], wakeAt: null, why };
}

/** A time of the node's clock on the platform's, never in its future. */
function platformTime({ clockOffsetMs, now }: View, nodeAt: Instant | null): Instant {
  return nodeAt === null ? now : Math.min(now, nodeAt - clockOffsetMs);
}

function tooLate({ container, now }: View): TaskDecision {
  const reason = 'Its end came before it could be started.';
  const change = { state: 'stopped', reason, endedAt: now, container: 'none', nextAt: null } as const;
  const removal: readonly TaskStep[] = found(container) ? [{ do: 'remove' }] : [];
  return { steps: [...removal, record(change)], wakeAt: null, why: reason };
}

function pullFailed(view: View): TaskDecision {
  const error = view.pull.kind === 'failed' ? view.pull.error : undefined;
  return decideTaskTrouble(view, error, view.now);
}

function backingOff({ known, now }: View): boolean {
  return known.attempts > 0 && known.nextAt !== null && now < known.nextAt;
}

function waitForNextTry({ known }: View): TaskDecision {
  return { steps: [], wakeAt: known.nextAt, why: known.reason };
}

function start(view: View): TaskDecision {
  const { container, now } = view;
  const id = found(container) ? container.id : null;
  const change: StatusChange = { ...forward(view, 'starting'), containerId: id, container: 'kept', nextAt: now };
  const steps: readonly TaskStep[] = [record(change), { do: 'start' }];
  return { steps, wakeAt: now, why: 'Its container is there and is started.' };
}

function createAndStart(view: View): TaskDecision {
  const why = 'Its image is on the node.';
  const intention = record({ ...forward(view, 'preparing'), container: 'kept', nextAt: view.now });
  const steps: readonly TaskStep[] = [
    intention,
    { do: 'create' },
    record({ state: 'starting', reason: why, nextAt: view.now }),
    { do: 'start' },
  ];
  return { steps, wakeAt: view.now, why };
}

/** Trying again repeats the acts, but the state is not written again. */
function forward({ known }: View, state: 'preparing' | 'starting'): StatusChange {
  if (!taskMayBecome(known.state, state)) return {};
  const reason = state === 'preparing' ? 'Its container is being made.' : 'Its container is being started.';
  return { state, reason };
}

function imageFailed({ image, now }: View): TaskDecision {
  const reason = `Its image could not be made: ${image?.error?.message ?? 'no reason was recorded'}`;
  const change = { state: 'failed', reason, endedAt: now, container: 'none', nextAt: null } as const;
  return { steps: [record(change)], wakeAt: null, why: reason };
}

function waitForImage({ status, now }: View): TaskDecision {
  const firstRecord = status ? [] : [record({ nextAt: now })];
  return { steps: firstRecord, wakeAt: now + IMAGE_MS, why: 'Its image is not ready yet.' };
}

function waitForPull({ now }: View): TaskDecision {
  return { steps: [], wakeAt: now + IMAGE_MS, why: 'Its image is on its way to the node.' };
}

function pull(view: View): TaskDecision {
  const why = 'The node has not got its image yet.';
  const { known, now } = view;
  const intention = known.state === 'assigned' ? [record({ state: 'preparing', reason: why, nextAt: now })] : [];
  return { steps: [...intention, { do: 'pull' }], wakeAt: now + IMAGE_MS, why };
}
