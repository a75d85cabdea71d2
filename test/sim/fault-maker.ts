// Makes the faults of a scenario happen, and ends them after their time.

import type { Fault } from '../../src/sim/scenario.ts';
import type { WallClock } from '../../src/sim/sim-clock.ts';
import type { SimCloud } from '../../src/sim/sim-cloud.ts';
import type { SimFleet } from '../../src/sim/sim-fleet.ts';
import type { SimHost } from '../../src/sim/sim-host.ts';
import type { SimWorld } from '../../src/sim/sim-world.ts';
import type { PlatformLives } from './platform-lives.ts';

/** What may break. */
export interface FaultParts {
  readonly world: SimWorld;
  readonly fleet: SimFleet;
  readonly cloud: SimCloud | undefined;
  readonly wall: WallClock;
  readonly lives: PlatformLives;
}

/** Makes one fault happen now. */
export function makeFault(parts: FaultParts, fault: Fault): void {
  parts.world.tell('fault', inWords(fault));
  switch (fault.do) {
    case 'strike':
      strike(parts, fault);
      return;
    case 'jump-platform':
      parts.wall.jump(fault.ms);
      return;
    case 'kill-platform':
    case 'freeze-platform':
    case 'second-owner':
      parts.lives.strike(fault);
      return;
    case 'console-stop':
      parts.cloud?.stop(fault.host);
      return;
    case 'console-destroy':
      parts.cloud?.destroy(fault.host);
      return;
    case 'wreck':
      parts.fleet.wreck(fault.host, fault.cure);
      return;
    default:
      breakHost(parts, fault);
  }
}

type HostFault = Exclude<
  Extract<Fault, { readonly host: string }>,
  { readonly do: 'console-stop' | 'console-destroy' | 'wreck' }
>;

function breakHost({ world, fleet }: FaultParts, fault: HostFault): void {
  const host = fleet.hosts.get(fault.host);
  if (!host?.isOn) return;
  const undo = begin(fleet, host, fault);
  if (undo)
    world.schedule(fault.ms, () => {
      world.tell('fault', `${inWords(fault)} is over`);
      undo();
    });
}

function begin(fleet: SimFleet, host: SimHost, fault: HostFault): (() => void) | undefined {
  switch (fault.do) {
    case 'power-off':
      host.powerOff();
      return () => fleet.powerOn(host.address);
    case 'freeze':
      host.freeze(true);
      return () => host.freeze(false);
    case 'cut':
      host.cut(true);
      return () => host.cut(false);
    case 'hang-engine':
      host.hangEngine();
      return () => host.startEngine();
    case 'stop-engine':
      host.stopEngine(fault.containersLiveOn);
      return () => host.startEngine();
    case 'fill-disk':
      host.fillDisk(true);
      return () => host.fillDisk(false);
    case 'jump':
      host.clock.jump(fault.ms);
      return undefined;
    default:
      return fault satisfies never;
  }
}

function strike({ fleet }: FaultParts, { how, share }: Extract<Fault, { do: 'strike' }>): void {
  const running = [...fleet.hosts.values()].flatMap((host) =>
    host.running().map(({ spec }) => ({ host, name: spec.name })),
  );
  const struck = running[Math.floor(share * running.length)];
  struck?.host.strike(struck.name, how);
}

function inWords(fault: Fault): string {
  return Object.entries(fault)
    .map(([key, value]) =>
      key === 'do' ? value : `${key}=${typeof value === 'number' ? Math.round(value * 100) / 100 : value}`,
    )
    .join(' ');
}
