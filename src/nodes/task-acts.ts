// Executes a task's steps on its node and in the store.
import type { RecordEvent } from '../engine/event-recorder.ts';
import type { Executors } from '../engine/steps.ts';
import { BerthError } from '../model/errors.ts';
import { imageTag, pullReference } from '../model/image.ts';
import { type TaskStatus, taskEnded, taskMayBecome } from '../model/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Machine } from '../ports/machine.ts';
import { type Store, StoreConflict } from '../ports/store.ts';
import { containerSpec } from './container-spec.ts';
import { forgetLease } from './lease-requests.ts';
import type { LiveNode } from './session-live.ts';
import type { TaskEvidence } from './task-evidence.ts';
import { taskFile } from './task-file.ts';
import { taskFirstStatus } from './task-first-status.ts';
import type { StatusChange, TaskSnapshot, TaskStep } from './task-step.ts';

/** What acts on tasks need. */
export interface TaskActParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly recordEvent: RecordEvent;
  readonly evidence: TaskEvidence;
  readonly platformUid: string;
  /** The task's own token, the same whenever it is asked for. */
  readonly taskToken: (task: string) => string;
  /** What a node signs in with, beside its name, to pull images. */
  readonly imagePassword: (node: string) => string;
}

/** Tries of one record against other writers of the same status (runs are written beside it). */
const RECORD_TRIES = 5;

/** Executors for one run over one task; `live` is the node's session, if it is ready. */
export function taskActs(parts: TaskActParts, snapshot: TaskSnapshot, live: LiveNode | undefined): Executors<TaskStep> {
  const { task } = snapshot;
  let lastLines: readonly string[] = [];
  const machine = () => liveMachine(live);
  return {
    record: ({ change }) => record(parts, snapshot, change, lastLines),
    forgetLease: () => forgetLease(parts.store, task.id),
    pull: async () => pull(parts, snapshot, live),
    create: async () => {
      await machine().createContainer(containerSpec(task, { platformUid: parts.platformUid, image: tagOf(snapshot) }));
    },
    start: () => {
      const contents = taskFile(task, { token: parts.taskToken(task.id), clockOffsetMs: snapshot.clockOffsetMs });
      return machine().startContainer(task.id, Buffer.from(`${JSON.stringify(contents)}\n`));
    },
    follow: async () => parts.evidence.follow(task, machine()),
    signal: ({ signal }) => machine().signalContainer(task.id, signal),
    collect: async () => {
      lastLines = await collect(parts, snapshot, live?.machine);
    },
    gather: async () => {
      lastLines = await gather(parts, snapshot, live?.machine);
    },
    remove: () => machine().removeContainer(task.id),
  };
}

function liveMachine(live: LiveNode | undefined): Machine {
  if (!live) throw new Error('A step on a machine was decided while its node was away.');
  return live.machine;
}

function tagOf({ image }: TaskSnapshot): string {
  if (!image) throw new Error('A step on an image was decided without one.');
  return imageTag(image);
}

function pull(parts: TaskActParts, snapshot: TaskSnapshot, live: LiveNode | undefined): void {
  const { image, task } = snapshot;
  if (!live || !image) throw new Error('A pull was decided without node or image.');
  const reference = pullReference(live.imagePort, image);
  const credentials = { user: live.node, password: parts.imagePassword(live.node) };
  live.images.begin(imageTag(image), task.id, (tag) =>
    live.machine.pullImage({ reference, ...credentials, tag, onProgress: () => {} }),
  );
}

/** The end of a task waits only so long for its last moments; what takes longer goes on behind it. */
async function collect(parts: TaskActParts, snapshot: TaskSnapshot, machine: Machine | undefined) {
  try {
    return await gather(parts, snapshot, machine);
  } catch (error) {
    parts.log.warn('The last moments of a task are not kept yet', { task: snapshot.task.id, error });
    return [];
  }
}

/** @throws machine.timeout when it takes longer than an end may wait; then it goes on, and whoever asks again waits for the same. */
function gather(parts: TaskActParts, { task, settings }: TaskSnapshot, machine: Machine | undefined) {
  const { evidenceWithinMs } = settings;
  const act = `give what is left of ${task.id}`;
  return new Promise<readonly string[]>((resolve, reject) => {
    const late = new BerthError('machine.timeout', { address: task.node, seconds: evidenceWithinMs / 1000, act });
    const cancel = parts.clock.after(evidenceWithinMs, () => reject(late));
    parts.evidence.finish(task, machine).then(resolve, reject).finally(cancel);
  });
}

async function record(
  parts: TaskActParts,
  { task, status }: TaskSnapshot,
  change: StatusChange,
  lastLines: readonly string[],
): Promise<void> {
  const decidedOn = status ?? taskFirstStatus(task);
  for (let tries = 1; ; tries++) {
    try {
      return await recordOnce(parts, decidedOn, change, lastLines);
    } catch (error) {
      if (!(error instanceof StoreConflict) || tries >= RECORD_TRIES) throw error;
    }
  }
}

async function recordOnce(
  parts: TaskActParts,
  decidedOn: TaskStatus,
  change: StatusChange,
  lastLines: readonly string[],
): Promise<void> {
  const stored = await parts.store.get('taskStatus', decidedOn.id);
  const before = stored?.doc ?? decidedOn;
  // What was decided on a task that went on says nothing about one that has ended meanwhile.
  if (taskEnded(before.state) && !taskEnded(decidedOn.state)) throw new StoreConflict('taskStatus', before.id);
  const after = changed(before, change, lastLines);
  if (stored) await parts.store.update('taskStatus', after, stored.version);
  else await parts.store.create('taskStatus', after);
  if (after.state !== before.state) await tell(parts, after);
}

/** A decision that would move a task backwards, end it again or bring its container back was made on an old status: it is decided anew. */
function changed(before: TaskStatus, change: StatusChange, lastLines: readonly string[]): TaskStatus {
  const state = change.state ?? before.state;
  const endsAgain = change.state !== undefined && taskEnded(before.state);
  const comesBack = before.container === 'removed' && change.container === 'kept';
  if (endsAgain || comesBack || (state !== before.state && !taskMayBecome(before.state, state)))
    throw new StoreConflict('taskStatus', before.id);
  return { ...before, ...change, lastLines: state === 'failed' && lastLines.length > 0 ? lastLines : before.lastLines };
}

async function tell(parts: TaskActParts, status: TaskStatus): Promise<void> {
  const { id, state, reason, exitCode, node, job } = status;
  const stored = await parts.store.get('task', id);
  await parts.recordEvent({
    kind: taskEnded(state) ? 'task.ended' : `task.${state}`,
    subject: `task:${id}`,
    application: stored?.doc.application ?? null,
    text: `Task ${id} is ${state}: ${reason}`,
    evidence: { job, node, state, exitCode },
  });
}
