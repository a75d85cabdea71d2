// Which component runs on which machine, at which addresses. Pure: the same file gives the same answer.
import { ROLES, type Role } from '../model/role.ts';
import type { MachineEntry, MachinesFile } from './machines-file-schema.ts';
import type { PlacedComponent } from './platform-map.ts';

/** What a placement comes to. */
export interface Placement {
  readonly form: 'embedded' | 'spread';
  readonly components: readonly PlacedComponent[];
}

const FIRST_PEER_PORT = 7410;
const ORDINARY_API_PORT = 7400;
/** Processes that should have each role, so that one may be lost. */
const COPIES = 2;

/** How much each role asks of a machine, from measurements of one platform under load: only the proportions count. */
const WEIGHTS: Readonly<Record<Role, number>> = {
  nodes: 4,
  api: 3,
  scheduler: 2,
  deployment: 2,
  sensors: 2,
  servers: 1,
  monitoring: 1,
};
/** A database or brokers on a machine ask for as much as the heaviest role. */
const ENGINE_WEIGHT = 4;

/** Decides it. */
export function decidePlacementOfComponents(file: MachinesFile): Placement {
  const processes = file.machines.map((machine) => given(machine));
  const spread = file.store !== undefined || processes.flat().length > 1;
  const rolesOf = spread ? spreadRoles(file) : new Map(file.machines.map(({ name }) => [name, [[...ROLES]]]));
  const components = file.machines.flatMap((machine) => {
    const all = machine.roles === 'auto' ? (rolesOf.get(machine.name) ?? []) : given(machine);
    return all.map((roles, index) => placed({ file, machine, index, roles, isOnly: all.length === 1 }));
  });
  return { form: spread ? 'spread' : 'embedded', components };
}

/** Roles that the file gives a machine, process by process; one that is decided here counts as one process. */
function given({ roles }: MachineEntry): Role[][] {
  if (roles === 'auto') return [[]];
  const lists = roles.filter((each): each is Role[] => Array.isArray(each));
  if (lists.length > 0) return lists;
  const single = roles.filter((each): each is Role => !Array.isArray(each));
  return single.length === 0 ? [] : [single];
}

/** Heaviest role first, each to the machines that have least, as often as it is short of. */
function spreadRoles(file: MachinesFile): Map<string, Role[][]> {
  const fixed = file.machines.filter(({ roles }) => roles !== 'auto').flatMap((machine) => given(machine).flat());
  const free = file.machines.filter(({ roles }) => roles === 'auto').map(({ name }) => name);
  const roles = new Map<string, Role[]>(free.map((name) => [name, []]));
  const weights = new Map(free.map((name) => [name, engineWeight(file, name)]));
  const add = (role: Role, name: string) => {
    roles.get(name)?.push(role);
    weights.set(name, (weights.get(name) ?? 0) + WEIGHTS[role]);
  };
  for (const role of [...ROLES].sort((a, b) => WEIGHTS[b] - WEIGHTS[a])) {
    const short = Math.max(0, COPIES - fixed.filter((each) => each === role).length);
    const lightest = [...free].sort((a, b) => (weights.get(a) ?? 0) - (weights.get(b) ?? 0));
    for (const name of lightest.slice(0, short)) add(role, name);
  }
  // The role that grows with the fleet takes what is left over.
  for (const name of free) if (roles.get(name)?.length === 0) add('nodes', name);
  return new Map(free.map((name) => [name, [inOrder(roles.get(name) ?? [])]]));
}

function inOrder(roles: readonly Role[]): Role[] {
  return ROLES.filter((role) => roles.includes(role));
}

function engineWeight({ store, bus }: MachinesFile, name: string): number {
  const hasStore = store !== undefined && 'on' in store && store.on === name;
  const hasBus = bus !== 'none' && 'on' in bus && bus.on === name;
  return (hasStore ? ENGINE_WEIGHT : 0) + (hasBus ? ENGINE_WEIGHT : 0);
}

interface ToPlace {
  readonly file: MachinesFile;
  readonly machine: MachineEntry;
  readonly index: number;
  readonly roles: readonly Role[];
  readonly isOnly: boolean;
}

function placed({ file, machine, index, roles, isOnly }: ToPlace): PlacedComponent {
  const apiPort = Number(file.settings.BERTH_PORT ?? ORDINARY_API_PORT);
  return {
    name: isOnly ? `berth-${machine.name}` : `berth-${machine.name}-${index + 1}`,
    machine: machine.name,
    roles: [...roles],
    peer: { host: peerHost(file, machine), port: FIRST_PEER_PORT + index },
    apiPort: roles.includes('api') ? apiPort : null,
  };
}

/** Where the other machines reach one. A platform of one machine keeps to itself. */
export function peerHost({ machines }: MachinesFile, { peer, host }: MachineEntry): string {
  if (peer !== undefined) return peer;
  return machines.length === 1 || host === 'local' ? '127.0.0.1' : host;
}
