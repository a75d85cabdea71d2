import type { SimWorld } from '../../src/sim/sim-world.ts';

/** Lets a world's events happen as soon as there are any, for tests that await what happens in it; returns how to stop. */
export function worldThatRuns(world: SimWorld): () => void {
  let isRunning = true;
  const run = async () => {
    while (isRunning) if (!(await world.step())) await new Promise<void>((resolve) => setImmediate(resolve));
  };
  void run();
  return () => {
    isRunning = false;
  };
}
