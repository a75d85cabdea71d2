// What people do when the faults are over: they end what would go on for ever, and look after what the platform rightly leaves to them.
import type { Instant } from '../../src/model/instant.ts';
import type { Node } from '../../src/model/node.ts';
import type { Wish } from '../../src/sim/scenario.ts';
import type { SimCloud } from '../../src/sim/sim-cloud.ts';
import type { SimDisk } from '../../src/sim/sim-disk.ts';
import type { SimFleet } from '../../src/sim/sim-fleet.ts';

/** What people look at. */
export interface CalmView {
  readonly disk: SimDisk;
  readonly fleet: SimFleet;
  readonly cloud: SimCloud | undefined;
  readonly now: Instant;
}

/** Nodes that were lost together are left alone this long: most come back with the network. */
const HELD_FOR_MS = 120_000;

/** What they ask for now. */
export function calmWishes(view: CalmView): readonly Wish[] {
  const repeating = view.disk
    .docs('instance')
    .filter(
      ({ enabled, schedule }) =>
        enabled && schedule.triggers.some(({ kind }) => kind === 'interval' || kind === 'cron'),
    )
    .map(({ name }) => ({ do: 'disable', name }) as const);
  const isPaused = view.disk.read('schedulePause', 'all')?.doc.untilAt === null;
  const resume = isPaused ? [{ do: 'resume-schedules' } as const] : [];
  const silent = view.disk.docs('sensorStatus').filter(({ state }) => state !== 'online');
  const heard = silent.map(({ id }) => ({ do: 'hear', sensor: id }) as const);
  return [...heard, ...resume, ...repeating, ...view.disk.docs('node').flatMap((node) => nodeWishes(view, node))];
}

function nodeWishes(view: CalmView, node: Node): readonly Wish[] {
  const { id: host } = node;
  const state = view.disk.read('nodeStatus', host)?.doc.state;
  if (node.recovery?.mode === 'off' && !node.removing) return [{ do: 'recovery-on', host }];
  if (state !== 'lost' && state !== 'refused') return [];
  if (node.removing) return node.abandoned ? [] : [{ do: 'abandon-node', host }];
  if (node.draining) return [{ do: 'undrain', host }];
  if (!node.machine) return withoutProvider(view, node);
  return isForPeople(view, host) ? [{ do: isBeyondHelp(view, node) ? 'replace' : 'recover', host }] : [];
}

/** One that is given up, or that the brake holds though what it was lost together with is back. */
function isForPeople({ disk, now }: CalmView, host: string): boolean {
  const state = disk.read('serverStatus', host)?.doc.state;
  const lostAt = disk.read('nodeStatus', host)?.doc.stateSinceAt ?? now;
  return state === 'given-up' || (state === 'held' && lostAt < now - HELD_FOR_MS);
}

/** Of a machine that the platform does not know to be the provider's: switched on there, or given up. */
function withoutProvider(view: CalmView, node: Node): readonly Wish[] {
  const address = addressOf(node);
  if (view.cloud?.find(address)?.state === 'stopped') view.cloud.start(address);
  return isBeyondHelp(view, node) ? [{ do: 'abandon-node', host: node.id }] : [];
}

function isBeyondHelp({ fleet, cloud }: CalmView, node: Node): boolean {
  const address = addressOf(node);
  return cloud?.find(address)?.state === 'gone' || fleet.hosts.get(address)?.isWrecked === true;
}

function addressOf({ access }: Node): string {
  return access.kind === 'ssh' ? access.host : '';
}
