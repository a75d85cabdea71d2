// Which components are moved to another machine: those that keep dying where they are, and those of a machine of which nothing is heard.
import type { Component } from '../model/component.ts';
import { movedName, originOf, wasMoved } from '../model/component-name.ts';
import type { PlacedComponent } from '../ports/component-host.ts';

/** A process as monitoring sees it. */
export interface MovableProcess extends Pick<Component, 'id' | 'roles' | 'machine' | 'supervised'> {
  readonly isLost: boolean;
  /** Since how long nothing came from it, milliseconds; 0 while it lives. */
  readonly lostForMs: number;
}

/** One that runs elsewhere by now, and is to run no more where it was. */
export interface Leftover {
  readonly machine: string;
  readonly name: string;
}

/** One move. */
export interface Move {
  readonly from: string;
  readonly to: string;
  readonly name: string;
  readonly placed: PlacedComponent;
  readonly why: string;
}

/** A machine that is switched off for an update is back by then. */
const GONE_AFTER_MS = 300_000;

interface Failing {
  readonly name: string;
  readonly roles: Component['roles'];
  readonly machine: string;
  readonly why: string;
}

/** Decides on all components; `machines` can be given components. One that dies where it was moved to is not moved again: the machine is not to blame. */
export function decideMove(processes: readonly MovableProcess[], machines: readonly string[]): readonly Move[] {
  const alive = processes.filter(({ isLost }) => !isLost);
  const known = new Set([...processes.map(({ id }) => id), ...alive.flatMap(namesUnder)]);
  const load = new Map(machines.map((machine) => [machine, alive.filter((each) => each.machine === machine).length]));
  return [...dying(alive), ...gone(processes, alive)].flatMap((failing) => {
    const to = leastLoaded(load, failing.machine);
    if (to === undefined || wasMoved(failing.name)) return [];
    if ([...known].some((each) => wasMoved(each) && originOf(each) === failing.name)) return [];
    const name = movedName(failing.name, to);
    known.add(name);
    load.set(to, (load.get(to) ?? 0) + 1);
    const { machine: from, roles, why } = failing;
    return [{ from, to, name: failing.name, placed: { name, roles, like: failing.name }, why }];
  });
}

/** What a supervisor still runs or tries to, though the component has moved: a machine that is back, or one that could not be told. */
export function decideLeftovers(processes: readonly MovableProcess[]): readonly Leftover[] {
  const alive = processes.filter(({ isLost }) => !isLost);
  const moved = new Set(alive.filter(({ id }) => wasMoved(id)).map(({ id }) => originOf(id)));
  const found = alive.flatMap((each) =>
    namesUnder(each)
      .filter((name) => moved.has(name))
      .map((name) => ({ machine: each.machine, name })),
  );
  return [...new Map(found.map((each) => [`${each.machine} ${each.name}`, each])).values()];
}

function namesUnder({ supervised }: MovableProcess): readonly string[] {
  return (supervised ?? []).map(({ name }) => name);
}

/** What the supervisors say, told by whichever component of the machine still runs. */
function dying(alive: readonly MovableProcess[]): readonly Failing[] {
  const found = new Map<string, Failing>();
  for (const { machine, supervised } of alive) {
    for (const { name, roles, keepsDying, restarts } of supervised ?? []) {
      if (!keepsDying || roles.length === 0) continue;
      found.set(name, {
        name,
        roles,
        machine,
        why: `It died again and again on ${machine}, ${restarts} times so far.`,
      });
    }
  }
  return [...found.values()];
}

function gone(processes: readonly MovableProcess[], alive: readonly MovableProcess[]): readonly Failing[] {
  const inhabited = new Set(alive.map(({ machine }) => machine));
  return processes
    .filter(({ isLost, lostForMs, machine }) => isLost && lostForMs >= GONE_AFTER_MS && !inhabited.has(machine))
    .map(({ id: name, roles, machine }) => ({
      name,
      roles,
      machine,
      why: `Nothing is heard of the machine ${machine}.`,
    }));
}

/** Of the other machines, the one with the fewest components; by name where they are even. */
function leastLoaded(load: ReadonlyMap<string, number>, except: string): string | undefined {
  const others = [...load].filter(([machine]) => machine !== except);
  return others.toSorted(([a, one], [b, two]) => one - two || (a < b ? -1 : 1))[0]?.[0];
}
