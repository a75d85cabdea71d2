// The simulated ports keep the contracts of the real ones. The Machine's contract asks a real engine behind the machine's back, so the
// simulated one has tests of its own (machine.test.ts).
import { onTestFinished } from 'vitest';
import { SimBus } from '../../src/sim/sim-bus.ts';
import { SimClock, WallClock } from '../../src/sim/sim-clock.ts';
import { SimDisk } from '../../src/sim/sim-disk.ts';
import { SimProcess } from '../../src/sim/sim-process.ts';
import { SimRandom } from '../../src/sim/sim-random.ts';
import { SimStore } from '../../src/sim/sim-store.ts';
import { SimWorld } from '../../src/sim/sim-world.ts';
import { CALM } from '../../src/sim/weather.ts';
import { busContract } from '../contracts/bus-contract.ts';
import { clockContract } from '../contracts/clock-contract.ts';
import { randomContract } from '../contracts/random-contract.ts';
import { storeContract } from '../contracts/store-contract.ts';
import { worldThatRuns } from './world-that-runs.ts';

clockContract('simulated', () => {
  const world = new SimWorld('clock');
  const clock = new SimClock(new SimProcess(world, 'p'), new WallClock(world, 5000));
  return { clock, pass: (ms) => world.pass(ms) };
});

let randoms = 0;
randomContract('simulated', () => new SimRandom(`random ${randoms++}`));

busContract('simulated', async () => {
  const world = new SimWorld('bus');
  onTestFinished(worldThatRuns(world));
  return { bus: new SimBus(new SimProcess(world, 'p'), CALM), pass: (ms) => world.pass(ms) };
});

storeContract('simulated', async () => {
  const world = new SimWorld('store');
  onTestFinished(worldThatRuns(world));
  const disk = new SimDisk();
  const open = () => new SimStore({ process: new SimProcess(world, 'p'), disk, weather: CALM });
  const store = open();
  const reopen = async () => {
    await store.close();
    return open();
  };
  return { store, reopen };
});
