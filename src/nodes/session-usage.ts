// What the tasks on one node use, read again and again: one look at the node tells of all of them.
import { pages } from '../engine/shard-sweep.ts';
import type { Instant } from '../model/instant.ts';
import type { TaskStatus } from '../model/task.ts';
import type { ContainerUsage, Machine } from '../ports/machine.ts';
import type { SessionParts } from './session-parts.ts';

interface Reading {
  readonly atMs: number;
  readonly cpuMs: number;
}

const PAGE = 500;

/** CPU is the difference of two readings of one container over one connection. */
export class SessionUsage {
  readonly #parts: Pick<SessionParts, 'store' | 'clock' | 'history'>;
  readonly #of: { readonly node: string; readonly machine: Pick<Machine, 'usage'> };
  #last: ReadonlyMap<string, Reading> = new Map();

  constructor(
    parts: Pick<SessionParts, 'store' | 'clock' | 'history'>,
    of: { readonly node: string; readonly machine: Pick<Machine, 'usage'> },
  ) {
    this.#parts = parts;
    this.#of = of;
  }

  /** Reads what every running task uses, and keeps it. */
  async read(): Promise<void> {
    const tasks = await this.#running();
    const readings = new Map<string, Reading>();
    const usages = tasks.size === 0 ? [] : await this.#of.machine.usage([...tasks.keys()]);
    const { clock } = this.#parts;
    const [at, atMs] = [clock.now(), clock.monotonic()];
    for (const usage of usages) {
      readings.set(usage.id, { atMs, cpuMs: usage.cpuMs });
      const task = tasks.get(usage.id);
      if (task) this.#keep(task, usage, { at, atMs });
    }
    this.#last = readings;
  }

  /** By the ids of their containers. */
  async #running(): Promise<ReadonlyMap<string, TaskStatus>> {
    const query = { where: { node: this.#of.node, state: 'running' }, limit: PAGE };
    const running = new Map<string, TaskStatus>();
    for await (const status of pages(this.#parts.store, 'taskStatus', query))
      if (status.containerId !== null) running.set(status.containerId, status);
    return running;
  }

  #keep(
    { id, job }: TaskStatus,
    { id: container, cpuMs, memoryBytes }: ContainerUsage,
    { at, atMs }: { readonly at: Instant; readonly atMs: number },
  ): void {
    const before = this.#last.get(container);
    const passedMs = before === undefined ? 0 : atMs - before.atMs;
    const cpu = before !== undefined && passedMs > 0 ? Math.max(0, cpuMs - before.cpuMs) / passedMs : undefined;
    this.#parts.history.addUsage({ job, slot: slotOf(id, job), at, cpu, memoryBytes });
  }
}

/** The id of a task is that of its job with the slot and the attempt. */
function slotOf(task: string, job: string): number {
  return Number(task.slice(job.length + 1).split('.')[0]);
}
