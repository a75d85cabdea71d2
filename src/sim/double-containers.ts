// At most one container of a slot runs among machines that the platform can reach.
import type { SimContainer } from './sim-container.ts';
import type { SimHost } from './sim-host.ts';

/** So long a container must have run before another one of its slot counts as its double: news of its end may be on their way. */
const KNOWN_AFTER_MS = 5000;

/** What is wrong when this container has just been started. */
export function doubleProblem(hosts: Iterable<SimHost>, started: SimContainer, elapsedMs: number): string | undefined {
  for (const host of hosts) {
    const twin = host.isReachable ? host.running().find((other) => isTwin(started, other, elapsedMs)) : undefined;
    if (twin) return `${started.spec.name} was started while ${twin.spec.name} runs on ${host.address}`;
  }
  return undefined;
}

function isTwin(started: SimContainer, other: SimContainer, elapsedMs: number): boolean {
  const isSameSlot = ['berth.job', 'berth.slot'].every(
    (label) => started.spec.labels[label] === other.spec.labels[label],
  );
  const isFirstLife = started.life === 1 && other.life === 1;
  return other !== started && isSameSlot && isFirstLife && other.startedMs + KNOWN_AFTER_MS < elapsedMs;
}
