// Why a node is as it is, in sentences for people.
import type { Instant } from '../model/instant.ts';
import type { NodeState } from '../model/node.ts';
import type { SilenceLimits } from './decide-node-state.ts';
import type { NodeFinding } from './node-finding.ts';
import { lossesLately, quarantineOf } from './node-transition.ts';

/** A node that is not ready, and what was found out about it. */
export interface NotReady {
  readonly state: Exclude<NodeState, 'ready'>;
  readonly wasReached: boolean;
  readonly finding: NodeFinding | undefined;
}

/** Why a node is not ready: what was observed, then what was found. */
export function silenceInWords({ state, wasReached, finding }: NotReady, limits: SilenceLimits): string {
  if (state === 'refused' && finding) return finding.words;
  return [observation(state, wasReached, limits), finding?.words ?? ''].join(' ').trim();
}

/** Why a node is ready, and why it may not be trusted yet. */
export function readyInWords(lostAt: readonly Instant[], now: Instant): string {
  const quarantine = quarantineOf(lostAt, now);
  if (!quarantine) return 'It answers.';
  const until = new Date(quarantine.quarantinedUntilAt).toISOString();
  return `It answers. It was lost ${lossesLately(lostAt, now)} times within 10 minutes, so nothing is placed on it before ${until}.`;
}

function observation(state: NotReady['state'], wasReached: boolean, limits: SilenceLimits): string {
  const seconds = (ms: number) => `${ms / 1000} s`;
  switch (state) {
    case 'connecting':
      return 'The platform is connecting to it.';
    case 'unreachable':
      return `It has not answered for ${seconds(limits.unreachableAfterMs)}.`;
    case 'lost':
      return wasReached
        ? `It has not answered for ${seconds(limits.lostAfterMs)} and counts as lost.`
        : `It has not answered since the platform began to connect to it, ${seconds(limits.amnestyMs)} and more, and counts as lost.`;
    case 'refused':
      return 'Only a person can help.';
  }
}
