// A node's load as people read it: the number by which placement compares nodes.
import type { Ledger, NodeStatus } from '../model/node.ts';
import { placementLoad } from './node-load.ts';

/** Load in [0.01, 1] with what was just placed counted in; null while the node has not been measured. */
export function readLoad(status: NodeStatus | null, ledger: Ledger | null): number | null {
  return status?.facts && status.load ? placementLoad(status, ledger) : null;
}
