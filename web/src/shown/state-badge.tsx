// States of things, each in the same colour wherever it is shown, and told in words too.
import { Badge } from '@mantine/core';

const COLOURS: Readonly<Record<string, string>> = {
  ...of('teal', [
    'running',
    'ready',
    'live',
    'ok',
    'delivered',
    'completed',
    'succeeded',
    'bound',
    'enabled',
    'automatic',
    'up',
  ]),
  ...of('blue', [
    'accepted',
    'scheduled',
    'assigned',
    'preparing',
    'starting',
    'pending',
    'sending',
    'installing',
    'next',
  ]),
  ...of('yellow', [
    'waiting',
    'stopping',
    'draining',
    'retrying',
    'unreachable',
    'silent',
    'paused',
    'late',
    'unknown',
    'quarantined',
    'recovering',
    'warning',
    'warn',
    'troubled',
  ]),
  ...of('red', ['failed', 'lost', 'refused', 'faulty', 'down', 'expired', 'critical', 'error']),
  ...of('gray', ['stopped', 'disabled', 'skipped', 'removed', 'ended']),
};

function of(colour: string, states: readonly string[]): Record<string, string> {
  return Object.fromEntries(states.map((state) => [state, colour]));
}

/** A state as a badge. */
export function StateBadge({ state }: { readonly state: string }) {
  return (
    <Badge color={COLOURS[state] ?? 'gray'} variant="light" tt="none" fw={600} miw="max-content">
      {state}
    </Badge>
  );
}
