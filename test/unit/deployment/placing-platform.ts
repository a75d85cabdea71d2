// The controllers of deployment over a real store, woken by their writes as in the program.
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { FleetController } from '../../../src/deployment/fleet-controller.ts';
import { FleetView } from '../../../src/deployment/fleet-view.ts';
import { JobController } from '../../../src/deployment/job-controller.ts';
import type { PlacementRules } from '../../../src/deployment/node-filters.ts';
import { Engine } from '../../../src/engine/engine.ts';
import { WatchedStore } from '../../../src/engine/watched-store.ts';
import { silentLog as log } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';

/** Store and engine, which is not started yet; `told` are the kinds of the events. Ends with the test that asked for it. */
export async function placingPlatform(rules: PlacementRules) {
  const clock = new SystemClock();
  const plain = SqliteStore.open({ path: join(await temporaryDirectory(), 'berth.sqlite'), clock, log });
  const store = new WatchedStore(plain);
  const fleet = new FleetView();
  const backoff = { firstMs: 200, maxMs: 20_000 };
  const random = { id: () => 'x', fraction: () => 0, bytes: () => new Uint8Array() };
  const engine = new Engine({ clock, random: random as never, log, concurrency: 64, sweepEveryMs: 60_000, backoff });
  const told: string[] = [];
  const recordEvent = async ({ kind }: { readonly kind: string }) => void told.push(kind);
  const wake = (key: string) => engine.wake(key);
  engine.register(new FleetController({ store, clock, fleet, wake }));
  engine.register(new JobController({ store, fleet, rules, recordEvent, wake }));
  store.onWritten((kind, id, doc) => {
    fleet.written(kind, id, doc);
    engine.written(kind, doc);
  });
  onTestFinished(async () => {
    await engine.stop();
    await store.close();
  });
  return { store, clock, engine, told };
}
