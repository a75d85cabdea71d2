// What is wrong with a node, as people read it in the reasons of jobs.
import type { NodeStatus, NodeTrouble } from '../model/node.ts';

const TROUBLES: Readonly<Record<NodeTrouble, string>> = {
  'no-answer': 'powered off, or cut off?',
  'ssh-down': 'it refuses SSH connections',
  frozen: 'it takes connections and says nothing: frozen?',
  'engine-down': 'its Docker engine does not answer',
  'not-let-in': 'it does not let the platform in',
};

/** `is lost (powered off, or cut off?)`: a node's state in words that follow its name. */
export function stateInWords(status: NodeStatus | null): string {
  if (!status) return 'is not connected yet';
  return status.trouble ? `is ${status.state} (${TROUBLES[status.trouble]})` : `is ${status.state}`;
}
