// At most one container of a slot runs among machines that the platform can reach, except where the platform meant two: a task and
// its successor on a move, and a task that was given up while its node was lost.
import type { Overlaps } from './overlaps.ts';
import type { SimContainer } from './sim-container.ts';
import type { SimHost } from './sim-host.ts';

/** So long a container must have run before another one of its slot counts as its double: news of its end may be on their way. */
const KNOWN_AFTER_MS = 5000;

/** What is wrong when this container has just been started. */
export function doubleProblem(
  hosts: Iterable<SimHost>,
  started: SimContainer,
  { elapsedMs, overlaps }: { readonly elapsedMs: number; readonly overlaps: Overlaps },
): string | undefined {
  if (overlaps.allows(started.spec.name)) return undefined;
  for (const host of hosts) {
    const twins = host.isReachable ? host.running().filter((other) => isTwin(started, other, elapsedMs)) : [];
    const twin = twins.find(({ spec }) => !overlaps.allows(spec.name));
    if (twin) return `${started.spec.name} was started while ${twin.spec.name} runs on ${host.address}`;
  }
  return undefined;
}

function isTwin(started: SimContainer, other: SimContainer, elapsedMs: number): boolean {
  const isFirstLife = started.life === 1 && other.life === 1;
  return isOfSameSlot(started, other) && isFirstLife && other.startedMs + KNOWN_AFTER_MS < elapsedMs;
}

/** Whether two containers are copies of one slot. */
export function isOfSameSlot(a: SimContainer, b: SimContainer): boolean {
  return a !== b && ['berth.job', 'berth.slot'].every((label) => a.spec.labels[label] === b.spec.labels[label]);
}
