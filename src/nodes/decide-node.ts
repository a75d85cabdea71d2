// What to do for a node: keep a session while it is wanted, and forget it when it is on its way out and empty.
import type { Node } from '../model/node.ts';

/** One thing to do for a node. */
export type NodeStep =
  | { readonly do: 'open' }
  | { readonly do: 'close' }
  /** Removes what ended tasks left on the machine. */
  | { readonly do: 'clear' }
  /** Deletes the node and its status. */
  | { readonly do: 'forget' };

/** Everything on which a node's next steps depend. */
export interface NodeSnapshot {
  /** Undefined when it was deleted. */
  readonly node: Node | undefined;
  /** The node for which a session is open. */
  readonly opened: Node | undefined;
  /** Whether its session is ready. */
  readonly isReady: boolean;
  /** Its tasks that have not ended. */
  readonly openTasks: number;
}

/** What to do, whether to look again although nothing may wake it, and why. */
export interface NodeDecision {
  readonly steps: readonly NodeStep[];
  readonly lookAgain: boolean;
  readonly why: string;
}

/** Decides a node's next steps. */
export function decideNode({ node, opened, isReady, openTasks }: NodeSnapshot): NodeDecision {
  if (!node)
    return { steps: opened ? [{ do: 'close' }] : [], lookAgain: false, why: 'There is no such node any more.' };
  if (node.abandoned) return leave(isReady, 'A person gave it up while it was lost.');
  if (node.removing && openTasks === 0) return leave(isReady, 'It is on its way out and nothing runs there.');
  const why = node.removing ? `It leaves when its ${openTasks} tasks have ended.` : 'It is wanted.';
  if (!opened) return { steps: [{ do: 'open' }], lookAgain: node.removing, why };
  if (isSameMachine(opened, node)) return { steps: [], lookAgain: node.removing, why };
  return { steps: [{ do: 'close' }, { do: 'open' }], lookAgain: node.removing, why: 'It was added anew.' };
}

function leave(isReady: boolean, why: string): NodeDecision {
  const clearing: readonly NodeStep[] = isReady ? [{ do: 'clear' }] : [];
  return { steps: [...clearing, { do: 'close' }, { do: 'forget' }], lookAgain: false, why };
}

/** Labels and draining may change under a session; where it leads may not. */
function isSameMachine(a: Node, b: Node): boolean {
  return a.createdAt === b.createdAt && JSON.stringify(a.access) === JSON.stringify(b.access);
}
