// How a started container's algorithm comes to run: at once, or with a lease when it has to run exactly once.
import { type LeaseAnswer, LeaseCall } from './lease-call.ts';
import type { Fate, SimContainer } from './sim-container.ts';
import { SimLease } from './sim-lease.ts';
import type { SimWorld } from './sim-world.ts';

/** What the machine does for a launcher. */
export interface LaunchSurroundings {
  readonly world: SimWorld;
  readonly later: (delayMs: number, act: () => void) => void;
  readonly ask: (call: LeaseCall) => void;
  /** The container ends so, unless it has ended before. */
  readonly endAt: (fate: Fate) => void;
  readonly onWork: () => void;
}

/** Brings the algorithm of a container that has just started to life. */
export function launch(container: SimContainer, around: LaunchSurroundings): void {
  const begin = () => {
    for (const fate of container.begin()) around.endAt(fate);
    around.onWork();
  };
  const file = container.taskFile;
  if (file?.exactlyOne) leaseOf(container, around, { graceMs: file.graceMs, begin }).keep();
  else begin();
}

function leaseOf(
  container: SimContainer,
  around: LaunchSurroundings,
  { graceMs, begin }: { readonly graceMs: number; readonly begin: () => void },
): SimLease {
  const { life, spec } = container;
  const { name } = spec;
  const tell = (what: string) => around.world.tell('launcher', `${name} ${what}`);
  return new SimLease(
    {
      now: () => around.world.elapsedMs,
      later: around.later,
      // An answer finds nobody any more when the container has ended meanwhile.
      ask: (take: (answer: LeaseAnswer) => void) =>
        around.ask(new LeaseCall(name, (answer) => container.life === life && take(answer))),
      begin: () => {
        tell('has its lease and begins');
        begin();
      },
      fence: (withinMs) => {
        tell('has no lease any more and ends');
        around.endAt(container.fenced(withinMs));
      },
    },
    graceMs,
  );
}
