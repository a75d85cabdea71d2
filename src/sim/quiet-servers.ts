// What is still to be done or wrong about machines and their provider in a world that should be quiet.
import type { Instant } from '../model/instant.ts';
import type { Node } from '../model/node.ts';
import type { MachineOrder } from '../model/server.ts';
import type { SimCloud } from './sim-cloud.ts';
import type { SimDisk } from './sim-disk.ts';
import type { SimHost } from './sim-host.ts';

/** A world to be judged. */
export interface ServersView {
  readonly disk: SimDisk;
  readonly now: Instant;
  /** Undefined: there is no provider. */
  readonly cloud: SimCloud | undefined;
  readonly replacementsPerHour: number;
  /** By address. */
  readonly hosts: ReadonlyMap<string, SimHost>;
}

/** A step that has time to help has no more than this. */
const SOON_MS = 180_000;
const HOUR_MS = 3_600_000;

/** Everything about machines that keeps a world from being quiet, in words. */
export function serverProblems(view: ServersView): readonly string[] {
  return [
    ...view.disk.docs('node').flatMap((node) => recoveryProblems(view, node)),
    ...view.disk.docs('node').flatMap((node) => idleProblems(view, node)),
    ...view.disk.docs('machineOrder').flatMap(orderProblems),
    ...leaks(view),
    ...view.disk.docs('serverStatus').flatMap(({ id }) => {
      return view.disk.read('node', id) ? [] : [`there is a server of ${id}, which is gone`];
    }),
  ];
}

/** Whether a lost node rightly waits for a new machine, because as many as may be were made within an hour. One that answers is about to be found. */
export function waitsForBudget({ disk, now, replacementsPerHour, hosts }: ServersView, id: string): boolean {
  const access = disk.read('node', id)?.doc.access;
  if (access?.kind === 'ssh' && hosts.get(access.host)?.isResponsive) return false;
  const made = (disk.read('recoveryBudget', 'all')?.doc.replacedAt ?? []).filter((at) => at > now - HOUR_MS);
  const status = disk.read('serverStatus', id)?.doc;
  const goesOnSoon = (status?.nextAt ?? Number.POSITIVE_INFINITY) < now + SOON_MS;
  return status?.state === 'waiting' && made.length >= replacementsPerHour && !goesOnSoon;
}

function recoveryProblems(view: ServersView, node: Node): string[] {
  const status = view.disk.read('serverStatus', node.id)?.doc;
  if (!status) return [`nobody looked at the machine of ${node.id}`];
  if (status.tries.some(({ outcome }) => outcome === 'under-way')) return [`a recovery of ${node.id} is under way`];
  return status.state === 'well' || waitsForBudget(view, node.id)
    ? []
    : [`the server of ${node.id} is ${status.state}: ${status.reason}`];
}

/** What was added for jobs goes back when it has nothing to do, unless jobs wait that it might have been for. */
function idleProblems({ disk }: ServersView, { id, machine, labels }: Node): string[] {
  const isEmpty = (disk.read('ledger', id)?.doc.reservations.length ?? 0) === 0;
  const waiting = disk.docs('jobStatus').filter(({ state }) => state === 'waiting');
  const isWanted = waiting.some((status) => {
    const asked = Object.entries(disk.read('job', status.id)?.doc.spec.labels ?? {});
    return asked.every(([key, value]) => labels[key] === value);
  });
  return machine?.isAdded && isEmpty && !isWanted ? [`${id} was added and has nothing to do`] : [];
}

function orderProblems({ id, state, machine, replaces }: MachineOrder): string[] {
  if (state === 'ordered' || state === 'made') return [`the order ${id} is ${state}`];
  if (state === 'failed' && machine !== null)
    return [`the machine ${machine} of the failed order ${id} is still there`];
  return state === 'joined' && replaces !== undefined ? [`${replaces} was replaced and is still there`] : [];
}

/** A machine that the platform had made costs until it is destroyed. */
function leaks({ cloud, disk }: ServersView): string[] {
  const named = new Set(disk.docs('node').map(({ machine }) => machine?.machine));
  const made = (cloud?.machines ?? []).filter(({ act }) => act !== null);
  return made.filter(({ machine }) => !named.has(machine)).map(({ machine }) => `the machine ${machine} is no node's`);
}
