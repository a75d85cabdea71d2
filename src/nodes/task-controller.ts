// Brings tasks to life on their nodes, watches them, and records what is observed.
import type { Controller, Unsettled, Watches } from '../engine/controller.ts';
import { sweepByNextAt } from '../engine/shard-sweep.ts';
import { runSteps } from '../engine/steps.ts';
import { type Image, imageTag } from '../model/image.ts';
import type { Instant } from '../model/instant.ts';
import { type Slot, taskId } from '../model/job.ts';
import { type Task, type TaskStatus, taskEnded } from '../model/task.ts';
import type { ContainerView } from '../ports/machine.ts';
import type { Random } from '../ports/random.ts';
import { StoreConflict } from '../ports/store.ts';
import { decideTask } from './decide-task.ts';
import { decideTaskTrouble } from './decide-task-trouble.ts';
import type { NodeSessions } from './node-sessions.ts';
import type { NodeSettings } from './node-settings.ts';
import type { LiveNode } from './session-live.ts';
import type { EndTurn } from './session-turns.ts';
import { type TaskActParts, taskActs } from './task-acts.ts';
import { taskDigest } from './task-digest.ts';
import type { TaskDecision, TaskSnapshot, TaskStep } from './task-step.ts';
import { unseenTasks } from './task-unseen.ts';

/** What the controller needs. */
export interface TaskControllerParts extends TaskActParts {
  readonly random: Random;
  readonly sessions: Pick<NodeSessions, 'live'>;
  readonly settings: NodeSettings;
  /** Whether a node is looked after by this process. */
  readonly isOurs: (node: string) => boolean;
}

/** Steps that count against a node's turns. */
const NEEDS_TURN: ReadonlySet<TaskStep['do']> = new Set(['create', 'start']);
/** Steps whose failure is the task's own: it is counted, and ends the task in the end. */
const CAN_FAIL_TASK: ReadonlySet<TaskStep['do']> = new Set(['pull', 'create', 'start']);
/** For a turn whose wake-up was lost. */
const TURN_MS = 1000;

/** The loop's part for keys `task:…`. */
export class TaskController implements Controller {
  readonly prefix = 'task';
  readonly watches: Watches = {
    task: ({ id, node }) => (this.#parts.isOurs(node) ? [id] : []),
    jobStatus: ({ id, slots }) =>
      slots.flatMap(({ index, state, attempt }) => {
        const left = state === 'filled' ? attempt - 1 : attempt;
        return left > 0 ? [taskId(id, index, left)] : [];
      }),
    image: ({ id }) => [...(this.#waiting.get(id) ?? [])],
  };
  readonly #parts: TaskControllerParts;
  /** Tasks that wait for a package's image; a hint, their alarms are enough. */
  readonly #waiting = new Map<string, Set<string>>();
  /** Tasks that have not ended and that this process was the first to start. */
  readonly #started = new Set<string>();

  constructor(parts: TaskControllerParts) {
    this.#parts = parts;
  }

  async reconcile(id: string, now: Instant): Promise<Instant | null> {
    const [task, status] = await Promise.all([
      this.#parts.store.get('task', id),
      this.#parts.store.get('taskStatus', id),
    ]);
    if (!task || !this.#parts.isOurs(task.doc.node)) return null;
    const live = this.#parts.sessions.live(task.doc.node);
    const snapshot = await this.#snapshot(task.doc, status?.doc, live);
    this.#noteWaiting(snapshot);
    if (status && taskEnded(status.doc.state)) this.#started.delete(id);
    const again = await this.#act(snapshot, decideTask(snapshot, now), live);
    // A node that became ready meanwhile has woken its tasks before this one could be found among them.
    const cameBack = !live && this.#parts.sessions.live(task.doc.node) !== undefined;
    return cameBack ? this.#parts.clock.now() : again;
  }

  async *sweep(): AsyncIterable<Unsettled> {
    yield* sweepByNextAt(this.#parts.store, 'taskStatus');
    yield* unseenTasks(this.#parts.store, this.#parts.clock.now());
  }

  async #act(snapshot: TaskSnapshot, decision: TaskDecision, live: LiveNode | undefined): Promise<Instant | null> {
    const needsTurn = decision.steps.some((step) => NEEDS_TURN.has(step.do));
    const endTurn = needsTurn ? live?.turns.take(snapshot.task.id) : none;
    if (!endTurn) return this.#parts.clock.now() + TURN_MS;
    try {
      return await this.#run(snapshot, decision, live);
    } finally {
      endTurn();
    }
  }

  async #run(snapshot: TaskSnapshot, decision: TaskDecision, live: LiveNode | undefined): Promise<Instant | null> {
    const acts = taskActs(this.#parts, snapshot, live);
    this.#noteStart(snapshot, decision);
    try {
      await runSteps(decision.steps, acts);
      return decision.wakeAt;
    } catch (error) {
      const isTaskTrouble = decision.steps.some((step) => CAN_FAIL_TASK.has(step.do));
      if (!isTaskTrouble || error instanceof StoreConflict) throw error;
      this.#parts.log.info('An act on a task failed', { task: snapshot.task.id, error });
      const trouble = decideTaskTrouble(snapshot, error, this.#parts.clock.now());
      await runSteps(trouble.steps, acts);
      return trouble.wakeAt;
    }
  }

  async #snapshot(task: Task, status: TaskStatus | undefined, live: LiveNode | undefined): Promise<TaskSnapshot> {
    const { store, settings, random } = this.#parts;
    const [image, node, job, lease] = await Promise.all([
      store.get('image', task.package),
      live ? undefined : store.get('node', task.node),
      store.get('jobStatus', task.job),
      task.spec.exactlyOne ? store.get('lease', task.id) : undefined,
    ]);
    const container = live ? ((await live.machine.inspectContainer(task.id)) ?? 'none') : 'unknown';
    const slot = job?.doc.slots.find(({ index }) => index === task.slot);
    return {
      task,
      status,
      lease: lease?.doc,
      superseded: slot !== undefined && isSuperseded(task, slot),
      node: live ? 'ready' : node ? 'away' : 'forgotten',
      clockOffsetMs: live?.clockOffsetMs ?? 0,
      container,
      containerIsOurs: typeof container !== 'string' && this.#isOurs(task, container),
      isStartedHere: this.#started.has(task.id),
      image: image?.doc,
      ...(await imageOnNode(task, container, image?.doc, live)),
      settings: live?.isUnderPressure ? { ...settings, keepEndedMs: 0 } : settings,
      fraction: random.fraction(),
    };
  }

  #isOurs(task: Task, { labels }: ContainerView): boolean {
    return labels['berth.platform'] === this.#parts.platformUid && labels['berth.spec'] === taskDigest(task);
  }

  /** The state `starting` was recorded before any start: found there, it may be that a process before this one ended amid its start. */
  #noteStart({ task, status }: TaskSnapshot, { steps }: TaskDecision): void {
    if (status?.state !== 'starting' && steps.some((step) => step.do === 'start')) this.#started.add(task.id);
  }

  #noteWaiting({ task, image, status }: TaskSnapshot): void {
    const waits = image?.state !== 'ready' && (status?.state ?? 'assigned') === 'assigned';
    const waiting = this.#waiting.get(task.package) ?? new Set<string>();
    if (waits) waiting.add(task.id);
    else waiting.delete(task.id);
    if (waiting.size > 0) this.#waiting.set(task.package, waiting);
    else this.#waiting.delete(task.package);
  }
}

const none: EndTurn = () => {};

/** Whether the slot table has given a task up: for a successor, unless it is to go on until that runs, or for good. */
function isSuperseded({ id, attempt }: Task, slot: Slot): boolean {
  if (slot.predecessor?.task === id) return false;
  return slot.attempt > attempt || (slot.attempt === attempt && slot.state !== 'filled');
}

/** Asked only while it matters: before there is a container. */
async function imageOnNode(
  task: Task,
  container: TaskSnapshot['container'],
  image: Image | undefined,
  live: LiveNode | undefined,
): Promise<Pick<TaskSnapshot, 'imageOnNode' | 'pull'>> {
  if (!live || container !== 'none' || image?.state !== 'ready') return { imageOnNode: false, pull: { kind: 'idle' } };
  const tag = imageTag(image);
  return { imageOnNode: await live.machine.hasImage(tag), pull: live.images.view(tag, task.id) };
}
