// The judgement on a node that does not answer, from how long it has been silent on a monotonic clock.
import type { NodeState } from '../model/node.ts';
import type { NodeSettings } from './node-settings.ts';

/** What is known of a node at one tick. */
export interface SilentNode {
  readonly present: NodeState;
  /** Milliseconds in which it was silent while our own loop ticked on time. */
  readonly silenceMs: number;
  /** Since this process took it over. */
  readonly wasReached: boolean;
  /** It answers, and only a person can help. */
  readonly needsPerson: boolean;
}

/** Bounds on silence. */
export type SilenceLimits = Pick<NodeSettings, 'unreachableAfterMs' | 'lostAfterMs' | 'amnestyMs'>;

/** Decides the state of a node that may be silent. Only an answer makes a lost node anything else. */
export function decideNodeState(node: SilentNode, limits: SilenceLimits): NodeState {
  if (node.present === 'lost') return 'lost';
  if (node.needsPerson) return 'refused';
  if (!node.wasReached) return node.silenceMs >= limits.amnestyMs ? 'lost' : 'connecting';
  if (node.silenceMs >= limits.lostAfterMs) return 'lost';
  if (node.silenceMs >= limits.unreachableAfterMs) return 'unreachable';
  return node.present;
}
