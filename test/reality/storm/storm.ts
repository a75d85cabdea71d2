// Things that go wrong one after the other, from a seed, each mended before the next.
import type { SimRandom } from '../../../src/sim/sim-random.ts';
import type { Server } from '../../world/server.ts';
import { until } from '../../world/until.ts';

/** Something that goes wrong, and how it is mended again. */
export interface Blow {
  readonly what: string;
  readonly strike: () => Promise<void> | void;
  readonly mend: () => Promise<void> | void;
}

/** How long a storm lasts and which it is: from the environment, or from the clock. */
export interface StormPlan {
  readonly seed: string;
  readonly lastsMs: number;
}

/** Whoever looks for more names others. */
const ORDINARY_SEED = '1';

/** A storm's plan, printed, so that it can be had again. */
export function stormPlan(ordinarySeconds: number): StormPlan {
  const seed = process.env.BERTH_STORM_SEED ?? ORDINARY_SEED;
  const lastsMs = Number(process.env.BERTH_STORM_SECONDS ?? ordinarySeconds) * 1000;
  process.stdout.write(`storm of seed ${seed} for ${lastsMs / 1000} s (BERTH_STORM_SEED, BERTH_STORM_SECONDS)\n`);
  return { seed, lastsMs };
}

/** One of them. */
export function oneOf<T>(random: SimRandom, items: readonly T[]): T {
  const item = items[Math.floor(random.between(0, items.length))];
  if (item === undefined) throw new Error('there is nothing to choose from');
  return item;
}

/** Strikes and mends until an instant; the same seed gives the same blows, each for as long. */
export async function rage(random: SimRandom, untilAt: number, next: (random: SimRandom) => Blow): Promise<void> {
  while (Date.now() < untilAt) {
    const blow = next(random);
    const lastsMs = random.between(1000, 12_000);
    process.stdout.write(`${new Date().toISOString()} ${blow.what} for ${(lastsMs / 1000).toFixed(1)} s\n`);
    await blow.strike();
    await reached(Date.now() + lastsMs);
    await blow.mend();
    await reached(Date.now() + random.between(500, 6000));
  }
}

/** A blow to one of the servers that are nodes. */
export function nodeBlow(random: SimRandom, servers: readonly Server[]): Blow {
  const server = oneOf(random, servers);
  const name = `node ${servers.indexOf(server)}`;
  return random.chance(0.5) ? powerBlow(server, name) : cableBlow(server, name);
}

/** It loses its power. */
export function powerBlow(server: Server, name: string): Blow {
  return { what: `${name} loses its power`, strike: () => server.powerOff(), mend: () => server.powerOn() };
}

/** It loses its network. */
export function cableBlow(server: Server, name: string): Blow {
  return { what: `${name} is cut off`, strike: () => server.cut(), mend: () => server.restore() };
}

/** Something that can be stopped in its tracks. */
export function stillBlow(
  thing: { pause(): Promise<void> | void; resume(): Promise<void> | void },
  name: string,
): Blow {
  return { what: `${name} stands still`, strike: () => thing.pause(), mend: () => thing.resume() };
}

function reached(at: number): Promise<true> {
  return until('an instant', 60_000, () => Date.now() >= at || undefined);
}
