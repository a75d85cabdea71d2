// Keeps what is left of tasks: follows the logs of running containers, and gathers log and output when one has ended.
//
// INVARIANTS:
// - A task has at most one tail, and at most one follower that adds to it.
// - Nothing here is the truth: after a restart everything is taken up from what is stored and what Docker still has.
import type { Task } from '../model/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Machine } from '../ports/machine.ts';
import type { LogLimits } from './decide-log-retention.ts';
import { LogBudget } from './log-budget.ts';
import { copyLog } from './log-copy.ts';
import { type FollowEnd, LogFollower } from './log-follower.ts';
import { lastLines } from './log-last-lines.ts';
import type { LiveLogs } from './log-live.ts';
import { enforceLogRetention } from './log-retention.ts';
import { lastSegment } from './log-segments.ts';
import { LogTail } from './log-tail.ts';
import type { RecordKeeping } from './record-requests.ts';
import { collectLeftovers } from './spool-leftovers.ts';
import type { TaskEvidence } from './task-evidence.ts';

/** What keeping evidence needs, and its bounds. */
export interface EvidenceParts extends RecordKeeping {
  readonly clock: Clock;
  readonly log: Log;
  readonly live: LiveLogs;
  readonly logLimits: LogLimits;
  /** Bytes of logs that wait in memory over all tasks, beyond which they are stored early. */
  readonly mostPendingLogBytes: number;
}

/** How long the log of an ended container may take to come to its own end before it is read anew. */
const LOG_END_MS = 2000;

const NO_MACHINE = 'The rest of the log could not be had: the node was gone when the task ended.';

const NO_CONTAINER = 'The rest of the log could not be had: the container was removed before its log was kept.';

/** An engine that removes a container may cut off whoever reads its log before the end, and does not say whether it did. */
const CUT_OFF = 'The container was removed while its log was read; the last lines may be missing.';

/** The evidence of all tasks on the nodes of this process. */
export class TaskEvidenceKeeper implements TaskEvidence {
  readonly #parts: EvidenceParts;
  readonly #budget: LogBudget;
  readonly #followers = new Map<string, { readonly node: string; readonly follower: LogFollower }>();
  readonly #finishing = new Map<string, Promise<readonly string[]>>();
  readonly #closing = new AbortController();

  constructor(parts: EvidenceParts) {
    this.#parts = parts;
    this.#budget = new LogBudget(parts.mostPendingLogBytes);
  }

  follow(task: Task, machine: Machine): void {
    if (this.#closing.signal.aborted || this.#finishing.has(task.id)) return;
    const present = this.#followers.get(task.id)?.follower;
    if (present?.machine === machine && present.end === undefined) return;
    if (present?.end === 'ended') return;
    const tail = this.#tail(task.id);
    const follower = new LogFollower(tail, machine, { ...this.#parts, before: present?.stop() });
    this.#followers.set(task.id, { node: task.node, follower });
  }

  finish(task: Task, machine: Machine | undefined): Promise<readonly string[]> {
    const present = this.#finishing.get(task.id);
    if (present) return present;
    const finishing = this.#finish(task, machine).finally(() => this.#finishing.delete(task.id));
    this.#finishing.set(task.id, finishing);
    return finishing;
  }

  lost(node: string): void {
    for (const each of this.#followers.values()) if (each.node === node) void each.follower.stop();
  }

  /** Leaves the logs of nodes that another process looks after now: what is pending is stored, or fetched again there. */
  async leave(isOurs: (node: string) => boolean): Promise<void> {
    const left = [...this.#followers].filter(([, { node }]) => !isOurs(node));
    await Promise.all(left.map(([task, { follower }]) => this.#leaveOne(task, follower)));
  }

  /** Stops following and stores what is pending; what cannot be stored now is fetched again at the next start. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#followers.values()].map(({ follower }) => follower.stop()));
    await Promise.allSettled(this.#finishing.values());
    const tails = this.#parts.live.all();
    for (const tail of tails) await this.#flushLast(tail);
    for (const tail of tails) this.#parts.live.release(tail.task);
  }

  async #leaveOne(task: string, follower: LogFollower): Promise<void> {
    await follower.stop();
    const tail = this.#parts.live.get(task);
    if (tail) await this.#flushLast(tail);
    this.#followers.delete(task);
    this.#parts.live.release(task);
  }

  async #finish(task: Task, machine: Machine | undefined): Promise<readonly string[]> {
    const tail = this.#tail(task.id);
    const followed = await this.#followers.get(task.id)?.follower.finish(machine ? LOG_END_MS : 0);
    const container = await machine?.inspectContainer(task.id);
    if (machine && container) await this.#gather(task, tail, machine);
    else if (followed !== 'ended') await this.#noteLoss(task, tail, lossOf(machine, followed));
    await tail.flush();
    this.#followers.delete(task.id);
    this.#parts.live.remove(task.id);
    return lastLines(this.#parts, task.id);
  }

  /** What the container still has: the end of its log, and records that were not sent. */
  async #gather(task: Task, tail: LogTail, machine: Machine): Promise<void> {
    await copyLog(tail, machine, { follow: false, signal: this.#closing.signal, flush: () => tail.flush() });
    await collectLeftovers(this.#parts, task, machine);
  }

  /** A task whose container never started has no log to lose. */
  async #noteLoss(task: Task, tail: LogTail, gap: string): Promise<void> {
    const status = await this.#parts.store.get('taskStatus', task.id);
    const started = (status?.doc.startedAt ?? null) !== null;
    if (started || (await lastSegment(this.#parts.store, task.id))) await tail.addGap(gap);
  }

  #tail(task: string): LogTail {
    const present = this.#parts.live.get(task);
    if (present) return present;
    const tail = new LogTail({ ...this.#parts, budget: this.#budget, onGrown: (id) => this.#enforceLimits(id) }, task);
    this.#parts.live.add(tail);
    return tail;
  }

  async #enforceLimits(task: string): Promise<void> {
    const { store, logLimits, clock, log } = this.#parts;
    try {
      await enforceLogRetention(store, task, logLimits, clock.now());
    } catch (error) {
      log.warn('A log could not be brought within its limits; the hourly look follows', { task, error });
    }
  }

  async #flushLast(tail: LogTail): Promise<void> {
    try {
      await tail.flush();
    } catch (error) {
      this.#parts.log.warn('The end of a log could not be stored; it is fetched again', { task: tail.task, error });
    }
  }
}

function lossOf(machine: Machine | undefined, followed: FollowEnd | undefined): string {
  if (!machine) return NO_MACHINE;
  return followed === undefined ? NO_CONTAINER : CUT_OFF;
}
