// Which role writes and which reads each kind of document: what the account of a role may do in the database follows from it.
//
// It holds what the rooms of a role do with the store (scheduler: src/scheduler; deployment: src/deployment; nodes: src/nodes, src/images
// and the SDK's endpoint, which hands readings, state, secrets and actions to tasks; servers: src/servers; sensors: src/sensors and
// src/actions; monitoring: src/monitoring). The role api answers every request of a person and makes the backups, so it reads everything and
// writes nearly everything.
import type { Kind } from './kinds.ts';
import { ROLES, type Role } from './role.ts';

/** Roles besides api, which reads every kind. Whoever writes a kind reads it as well. */
export interface KindUse {
  readonly writes: readonly Role[];
  readonly reads: readonly Role[];
}

/** The use of each kind. */
export const KIND_USES: Readonly<Record<Kind, KindUse>> = {
  platform: { writes: ['api'], reads: ROLES },
  token: { writes: ['api'], reads: [] },
  application: { writes: ['api'], reads: ['scheduler', 'deployment', 'nodes', 'sensors'] },
  package: { writes: ['api'], reads: ['scheduler', 'deployment', 'nodes', 'sensors'] },
  image: { writes: ['api', 'nodes'], reads: ['deployment'] },
  dependencyLayer: { writes: ['nodes'], reads: [] },
  baseImage: { writes: ['nodes'], reads: [] },
  instance: { writes: ['api', 'scheduler'], reads: ['deployment', 'nodes', 'sensors', 'monitoring'] },
  instanceName: { writes: ['api', 'scheduler'], reads: [] },
  instanceStatus: { writes: ['api', 'scheduler'], reads: ['deployment', 'nodes'] },
  gap: { writes: ['api', 'scheduler'], reads: ['monitoring', 'nodes'] },
  schedulePause: { writes: ['api'], reads: ['scheduler'] },
  calendar: { writes: ['api', 'scheduler'], reads: ['sensors'] },
  job: { writes: ['api', 'scheduler', 'deployment'], reads: ['nodes', 'servers', 'sensors', 'monitoring'] },
  jobStatus: { writes: ['api', 'deployment'], reads: ['scheduler', 'nodes', 'servers', 'sensors', 'monitoring'] },
  task: { writes: ['deployment'], reads: ['nodes', 'sensors'] },
  taskStatus: { writes: ['deployment', 'nodes'], reads: ['servers', 'sensors', 'monitoring'] },
  node: { writes: ['api', 'nodes', 'servers'], reads: ['deployment', 'monitoring'] },
  nodeStatus: { writes: ['nodes', 'servers'], reads: ['deployment', 'monitoring'] },
  ledger: { writes: ['deployment'], reads: ['nodes', 'servers'] },
  lease: { writes: ['deployment', 'nodes'], reads: [] },
  serverStatus: { writes: ['api', 'servers'], reads: ['deployment', 'nodes'] },
  provider: { writes: ['api', 'servers'], reads: [] },
  machineOrder: { writes: ['api', 'servers'], reads: [] },
  recoveryBudget: { writes: ['servers'], reads: [] },
  event: { writes: ROLES, reads: [] },
  output: { writes: ['nodes', 'deployment'], reads: ['sensors'] },
  logSegment: { writes: ['nodes', 'deployment'], reads: [] },
  user: { writes: ['api'], reads: ['sensors'] },
  sensorType: { writes: ['api', 'sensors'], reads: ['nodes'] },
  sensor: { writes: ['api', 'sensors'], reads: ['nodes'] },
  sensorStatus: { writes: ['api', 'sensors'], reads: ['nodes'] },
  registrationRequest: { writes: ['api', 'sensors'], reads: [] },
  jobBinding: { writes: ['deployment', 'sensors'], reads: ['nodes'] },
  instanceState: { writes: ['scheduler', 'nodes'], reads: [] },
  action: { writes: ['nodes', 'sensors', 'monitoring'], reads: [] },
  actionStatus: { writes: ['api', 'nodes', 'sensors', 'monitoring'], reads: [] },
  actionBudget: { writes: ['sensors'], reads: [] },
  actionChannel: { writes: ['api'], reads: ['nodes', 'sensors', 'monitoring'] },
  inboxNotice: { writes: ['api', 'sensors'], reads: [] },
  password: { writes: ['api'], reads: [] },
  session: { writes: ['api'], reads: [] },
  invitation: { writes: ['api'], reads: [] },
  project: { writes: ['api'], reads: [] },
  secret: { writes: ['api'], reads: ['deployment', 'nodes', 'servers', 'sensors'] },
  auditEntry: { writes: ['api'], reads: [] },
  auditOutcome: { writes: ['api'], reads: [] },
  component: { writes: ROLES, reads: [] },
  componentLease: { writes: ROLES, reads: [] },
  shardLease: { writes: ROLES, reads: [] },
  componentLog: { writes: ROLES, reads: [] },
  alert: { writes: ['api', 'monitoring'], reads: [] },
  alertSilence: { writes: ['api', 'monitoring'], reads: [] },
  alertRoute: { writes: ['api', 'monitoring'], reads: [] },
  topicRequest: { writes: ['api'], reads: [] },
  blobHead: { writes: ['api', 'nodes', 'sensors'], reads: [] },
  blobChunk: { writes: ['api', 'nodes', 'sensors'], reads: [] },
  seriesSpan: { writes: ['nodes', 'sensors'], reads: ['monitoring'] },
  readingBatch: { writes: ['nodes', 'sensors'], reads: [] },
  sequence: { writes: ['nodes', 'sensors'], reads: [] },
};

/** Whether processes with some of the roles write a kind. */
export function writesKind(roles: readonly Role[], kind: Kind): boolean {
  return KIND_USES[kind].writes.some((role) => roles.includes(role));
}

/** Whether processes with some of the roles read a kind. */
export function readsKind(roles: readonly Role[], kind: Kind): boolean {
  if (roles.includes('api') || writesKind(roles, kind)) return true;
  return KIND_USES[kind].reads.some((role) => roles.includes(role));
}
