// Makes the faults of a scenario happen, and ends them after their time.

import type { Fault } from '../../src/sim/scenario.ts';
import type { WallClock } from '../../src/sim/sim-clock.ts';
import type { SimHost } from '../../src/sim/sim-host.ts';
import type { SimWorld } from '../../src/sim/sim-world.ts';
import type { PlatformLives } from './platform-lives.ts';

/** What may break. */
export interface FaultParts {
  readonly world: SimWorld;
  readonly hosts: ReadonlyMap<string, SimHost>;
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
    default:
      breakHost(parts, fault);
  }
}

type HostFault = Extract<Fault, { readonly host: string }>;

function breakHost({ world, hosts }: FaultParts, fault: HostFault): void {
  const host = hosts.get(fault.host);
  if (!host?.isOn) return;
  const undo = begin(host, fault);
  if (undo)
    world.schedule(fault.ms, () => {
      world.tell('fault', `${inWords(fault)} is over`);
      undo();
    });
}

function begin(host: SimHost, fault: HostFault): (() => void) | undefined {
  switch (fault.do) {
    case 'reboot':
      host.powerOff();
      return () => host.powerOn();
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

function strike({ hosts }: FaultParts, { how, share }: Extract<Fault, { do: 'strike' }>): void {
  const running = [...hosts.values()].flatMap((host) => host.running().map(({ spec }) => ({ host, name: spec.name })));
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
