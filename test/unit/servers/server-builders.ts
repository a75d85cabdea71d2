// Documents and snapshots of recovery, of which a test names only what matters to it.

import { ORDER_LIMITS, RECOVERY_LIMITS } from '../../../src/main/ordinary-limits.ts';
import type { NodeStatus } from '../../../src/model/node.ts';
import type { MachineState, ProviderConfig, RecoveryTry } from '../../../src/model/server.ts';
import type { Provider } from '../../../src/ports/provider.ts';
import { firstServerStatus } from '../../../src/servers/decide-recovery.ts';
import type { MachineSight, RecoverySnapshot } from '../../../src/servers/recovery-snapshot.ts';
import { aNode, aNodeStatus, T0 } from '../../builders/jobs.ts';

export const limits = { ...RECOVERY_LIMITS, powerCycleAfterMs: 30_000, replacementsPerHour: 3 };
export const orderLimits = ORDER_LIMITS;

const ALL: Provider['can'] = { powerCycle: true, create: true, destroy: true };

export function aSight(state: MachineState | null, over: Partial<MachineSight> = {}): MachineSight {
  const word = state === null ? null : { state, at: T0, address: '10.0.0.1' };
  return { can: ALL, word, failure: null, askedAt: T0, isAsking: false, ...over };
}

/** A node of a provider that has just been lost, whose machine its provider says is running. */
export function aSnapshot(
  over: Partial<RecoverySnapshot> & { readonly lost?: Partial<NodeStatus> } = {},
): RecoverySnapshot {
  const { lost, ...rest } = over;
  const machine = { provider: 'cloud', machine: 'm-1', isAdded: false };
  const node = aNode('n1', { machine });
  return {
    node,
    nodeStatus: aNodeStatus('n1', {}, { state: 'lost', trouble: 'no-answer', stateSinceAt: T0, ...lost }),
    status: firstServerStatus(node),
    ...{ isIdle: false, sight: aSight('running'), unusable: null, work: 'none', order: null, budget: null },
    brake: { isOn: false, lost: 1, fleet: 10 },
    actId: 'n1-fresh',
    ...rest,
  };
}

export function aTry(act: RecoveryTry['act'], over: Partial<RecoveryTry> = {}): RecoveryTry {
  return { act, actId: `n1-${act}`, at: T0, endedAt: T0, outcome: 'done', text: 'it was done', ...over };
}

export function aProvider(over: Partial<ProviderConfig> = {}): ProviderConfig {
  return {
    id: 'cloud',
    access: { kind: 'docker', socketPath: '/run/docker.sock', image: 'machine', network: 'machines' },
    ssh: { user: 'root', port: 22, identity: 'platform' },
    labels: {},
    mostAdded: 3,
    growAfterMs: 60_000,
    idleAfterMs: 600_000,
    createdAt: T0,
    removing: false,
    ...over,
  };
}
