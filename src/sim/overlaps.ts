// Which tasks may go on while another copy of their slot begins: those that the slot table named as predecessors, and those whose node
// was lost while they had not ended, which nobody could see.
import type { Documents } from '../model/kinds.ts';
import { taskEnded } from '../model/task.ts';
import type { Commit, SimDisk } from './sim-disk.ts';

/** Learns from every write which tasks may overlap with their successors. */
export class Overlaps {
  readonly #disk: SimDisk;
  readonly #allowed = new Set<string>();
  readonly #onceLost = new Set<string>();
  readonly #hasTwoOwners: boolean;

  /** Of two owners at once, the one that was frozen may still take a node for lost that has come back meanwhile. */
  constructor(disk: SimDisk, hasTwoOwners: boolean) {
    this.#disk = disk;
    this.#hasTwoOwners = hasTwoOwners;
    disk.onCommit((commit) => this.#learn(commit));
  }

  /** Whether a task may go on beside another copy of its slot. (`double-work.ts` judges those that have to run exactly once.) */
  allows(task: string): boolean {
    const node = this.#disk.read('task', task)?.doc.node ?? '';
    return this.#allowed.has(task) || (this.#hasTwoOwners && this.#onceLost.has(node));
  }

  #learn({ kind, after }: Commit): void {
    // A commit's document is of its kind, which its type cannot say.
    if (kind === 'nodeStatus' && after) this.#learnLoss(after as Documents['nodeStatus']);
    if (kind === 'task' && after) this.#learnLateTask(after as Documents['task']);
    if (kind === 'jobStatus' && after) this.#learnMoves(after as Documents['jobStatus']);
  }

  #learnLoss({ id, state }: Documents['nodeStatus']): void {
    if (state !== 'lost') return;
    this.#onceLost.add(id);
    for (const task of this.#disk.docs('task')) {
      const isOver = taskEnded(this.#disk.read('taskStatus', task.id)?.doc.state ?? 'assigned');
      if (task.node === id && !isOver) this.#allowed.add(task.id);
    }
  }

  /** A slow write may assign a task when its node is lost by then. */
  #learnLateTask({ id, node }: Documents['task']): void {
    if (this.#disk.read('nodeStatus', node)?.doc.state === 'lost') this.#allowed.add(id);
  }

  #learnMoves({ slots }: Documents['jobStatus']): void {
    for (const { predecessor } of slots) if (predecessor) this.#allowed.add(predecessor.task);
  }
}
