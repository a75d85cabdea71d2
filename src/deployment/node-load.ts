// What a node is worth in a placement: the harmonic mean of its CPU and memory load, with what was just placed counted in.
import type { Ledger, NodeLoad, NodeStatus, Reservation } from '../model/node.ts';

/** No load counts as less: the harmonic mean of 0 and anything is 0. */
const LEAST = 0.01;

/** Harmonic mean of CPU and memory load, both brought into [0.01, 1]: `2·cpu·mem/(cpu+mem)`. */
export function harmonicLoad(cpu: number, memory: number): number {
  const c = clamp(cpu);
  const m = clamp(memory);
  return (2 * c * m) / (c + m);
}

function clamp(share: number): number {
  return Math.min(1, Math.max(LEAST, share));
}

/** Room on a node that is promised, and the part of it that its last reading cannot show yet. */
export interface PromisedRoom {
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly tasks: number;
  readonly unseenCpus: number;
  readonly unseenMemoryBytes: number;
  readonly unseenDiskBytes: number;
}

interface AddedUp {
  readonly load: NodeLoad | null;
  readonly room: PromisedRoom;
}

const NOTHING: readonly Reservation[] = [];
/** Documents never change, so what was added up once stays true: a placement looks at the same ledgers again and again. */
const addedUp = new WeakMap<readonly Reservation[], AddedUp>();

/** The room of a node that its ledger promises. */
export function promisedRoom(ledger: Ledger | null, load: NodeLoad | null): PromisedRoom {
  const reservations = ledger?.reservations ?? NOTHING;
  const known = addedUp.get(reservations);
  if (known?.load === load) return known.room;
  const room = addUp(reservations, load);
  addedUp.set(reservations, { load, room });
  return room;
}

/** A reservation made after the last reading counts with what it reserves, or one period would send everything to one node. */
function addUp(reservations: readonly Reservation[], load: NodeLoad | null): PromisedRoom {
  const sum = {
    cpus: 0,
    memoryBytes: 0,
    diskBytes: 0,
    tasks: 0,
    unseenCpus: 0,
    unseenMemoryBytes: 0,
    unseenDiskBytes: 0,
  };
  for (const reservation of reservations) {
    sum.tasks++;
    sum.cpus += reservation.cpus;
    sum.memoryBytes += reservation.memoryBytes;
    sum.diskBytes += reservation.diskBytes;
    if (load && reservation.at <= load.at) continue;
    sum.unseenCpus += reservation.cpus;
    sum.unseenMemoryBytes += reservation.memoryBytes;
    sum.unseenDiskBytes += reservation.diskBytes;
  }
  return sum;
}

/** A node's load as placement sees it; 1 while nothing is known. */
export function placementLoad(status: NodeStatus | null, ledger: Ledger | null): number {
  if (!status?.facts || !status.load) return 1;
  const room = promisedRoom(ledger, status.load);
  const cpu = status.load.cpu + room.unseenCpus / status.facts.cpus;
  const memory = status.load.memory + room.unseenMemoryBytes / status.facts.memoryBytes;
  return harmonicLoad(cpu, memory);
}
