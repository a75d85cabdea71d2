// What must hold at every write about the recovery of machines: the hour's budget is kept, the brake holds, one order for a node lives at
// a time, and an act that has ended is not taken up again.
import type { Documents } from '../model/kinds.ts';
import type { MachineOrder, RecoveryTry, ServerStatus } from '../model/server.ts';
import type { Commit, SimDisk } from './sim-disk.ts';
import type { SimWorld } from './sim-world.ts';

/** What recoveries are judged by. */
export interface RecoveryRulesParts {
  readonly world: SimWorld;
  readonly disk: SimDisk;
  readonly replacementsPerHour: number;
  /** Whether one process alone decides: of two, the one that was frozen may act on what it knew before. */
  readonly isSoleOwner: boolean;
}

/** Fleets of more nodes have a brake, which holds while more than this share was lost within five minutes. */
const BRAKE = { fleetOver: 3, lostOver: 1 / 3, windowMs: 300_000 } as const;
/** A decision may rest on documents that are this old. */
const OLD_NEWS_MS = 10_000;
const HOUR_MS = 3_600_000;

/** Judges writes one after the other, without the arithmetic of the room of servers. */
export class RecoveryRules {
  readonly #parts: RecoveryRulesParts;
  readonly #lostSinceMs = new Map<string, number>();
  readonly #knownSinceMs = new Map<string, number>();
  readonly #replacedMs: number[] = [];

  constructor(parts: RecoveryRulesParts) {
    this.#parts = parts;
  }

  /** What is wrong with a write; undefined when nothing is. */
  problem({ kind, before, after }: Commit): string | undefined {
    // A commit's documents are of its kind, which its type cannot say.
    if (kind === 'nodeStatus') this.#noteState(before as NodeStatus | undefined, after as NodeStatus | undefined);
    if (kind === 'machineOrder' && after) return this.#orderProblem(after as MachineOrder);
    if (kind === 'serverStatus' && after)
      return this.#statusProblem(before as ServerStatus | undefined, after as ServerStatus);
    return undefined;
  }

  #noteState(before: NodeStatus | undefined, after: NodeStatus | undefined): void {
    const id = after?.id ?? before?.id ?? '';
    if (!after) this.#knownSinceMs.delete(id);
    else if (!before) this.#knownSinceMs.set(id, this.#parts.world.elapsedMs);
    if (after?.state !== 'lost') this.#lostSinceMs.delete(id);
    else if (!this.#lostSinceMs.has(id)) this.#lostSinceMs.set(id, this.#parts.world.elapsedMs);
  }

  #orderProblem(order: MachineOrder): string | undefined {
    const live = this.#parts.disk.docs('machineOrder').filter((each) => each.node === order.node && isLive(each));
    const ids = live.map(({ id }) => id).join(' and ');
    return live.length > 1 ? `two machines are ordered for ${order.node} at a time: ${ids}` : undefined;
  }

  #statusProblem(before: ServerStatus | undefined, after: ServerStatus): string | undefined {
    const tries = new Map((before?.tries ?? []).map((each) => [each.actId, each]));
    for (const each of after.tries) {
      const known = tries.get(each.actId);
      const isOver = known !== undefined && known.outcome !== 'under-way';
      if (isOver && each.outcome !== known.outcome)
        return `the act ${each.actId} was ${known.outcome} and is ${each.outcome}`;
      if (!known) return this.#newTryProblem(before, after, each);
    }
    return undefined;
  }

  #newTryProblem(
    before: ServerStatus | undefined,
    after: ServerStatus,
    { act, text }: RecoveryTry,
  ): string | undefined {
    const isForced = after.forcedRequest !== (before?.forcedRequest ?? null);
    if (act === 'replace') this.#replacedMs.push(this.#parts.world.elapsedMs);
    if (isForced || (act !== 'replace' && act !== 'power-cycle')) return undefined;
    const underWay = after.tries.filter(({ outcome }) => outcome === 'under-way').length;
    if (underWay > 1) return `two acts for ${after.id} are under way`;
    return (act === 'replace' ? this.#budgetProblem(after.id) : undefined) ?? this.#brakeProblem(after, text);
  }

  #budgetProblem(node: string): string | undefined {
    const { world, replacementsPerHour } = this.#parts;
    const made = this.#replacedMs.filter((ms) => ms > world.elapsedMs - HOUR_MS).length;
    return made > replacementsPerHour ? `${node} is replaced as the ${made}. within an hour` : undefined;
  }

  /** A machine that its provider reports stopped or gone is brought back all the same. */
  #brakeProblem({ id, machine }: ServerStatus, text: string): string | undefined {
    if (!this.#parts.isSoleOwner || machine?.state === 'stopped' || machine?.state === 'gone') return undefined;
    const { world } = this.#parts;
    const lost = [...this.#lostSinceMs.values()].filter((ms) => ms < world.elapsedMs - OLD_NEWS_MS);
    const together = Math.max(
      0,
      ...lost.map((at) => lost.filter((ms) => ms <= at && ms >= at - BRAKE.windowMs).length),
    );
    const known = [...this.#knownSinceMs.values()];
    // One that joined a moment ago counts neither for the brake nor against it.
    const before = known.filter((ms) => ms < world.elapsedMs - OLD_NEWS_MS).length;
    const fleet = known.length;
    if (before <= BRAKE.fleetOver || fleet <= BRAKE.fleetOver || together <= fleet * BRAKE.lostOver) return undefined;
    return `${together} of ${fleet} nodes are lost, and yet the machine of ${id} is acted on: ${text}`;
  }
}

type NodeStatus = Documents['nodeStatus'];

function isLive({ state }: MachineOrder): boolean {
  return state === 'ordered' || state === 'made';
}
