// Whether an instance makes jobs, in a word.
import { StateBadge } from '../shown/state-badge.tsx';

interface Known {
  readonly enabled: boolean;
  readonly removing: boolean;
  readonly paused: boolean;
}

/** The state of an instance. */
export function InstanceState({ instance }: { readonly instance: Known }) {
  return <StateBadge state={instanceState(instance)} />;
}

/** The word for it: `paused` is said of all schedules at once. */
export function instanceState({ enabled, removing, paused }: Known): string {
  if (removing) return 'removing';
  if (!enabled) return 'disabled';
  return paused ? 'paused' : 'enabled';
}
