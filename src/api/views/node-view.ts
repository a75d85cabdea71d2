// Nodes as the API answers them.
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { readLoad } from '../../deployment/load-reads.ts';
import type { Ledger, Node, NodeAccess, NodeStatus } from '../../model/node.ts';
import type { NodeView } from '../../nodes/node-reads.ts';
import type * as contract from '../contract/views.ts';
import { iso, isoOrNull } from './iso.ts';

type NodeAnswer = z.output<typeof contract.nodeView>;

/** A node with its status and what is promised of it. */
export function nodeView({ node, status, ledger }: NodeView): NodeAnswer {
  const { id, labels, draining, removing, access } = node;
  return {
    ...{ id, labels, draining, removing, access: access.kind },
    ...addressOf(access),
    state: status?.state ?? 'connecting',
    reason: status?.reason ?? 'not reached yet',
    trouble: status?.trouble ?? null,
    pressure: status?.pressure ?? null,
    quarantinedUntil: isoOrNull(status?.quarantinedUntilAt),
    machine: machineOf(node),
    recovery: node.recovery?.mode ?? 'automatic',
    drainUntil: isoOrNull(node.drainUntilAt),
    tasks: ledger?.reservations.length ?? 0,
    claim: ledger?.claim ?? null,
    ...factsOf(status),
    load: loadOf(status, ledger),
    reserved: reservedOf(ledger),
    lastSeenAt: isoOrNull(status?.lastSeenAt),
  };
}

function machineOf({ machine }: Node): NodeAnswer['machine'] {
  return machine ? { provider: machine.provider, machine: machine.machine, added: machine.isAdded } : null;
}

function addressOf(access: NodeAccess): Pick<NodeAnswer, 'address' | 'hostKeyFingerprint'> {
  if (access.kind === 'local') return { address: access.socketPath, hostKeyFingerprint: null };
  const [, key = ''] = access.hostKey.split(' ');
  const digest = createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64').replace(/=+$/, '');
  return { address: `ssh://${access.user}@${access.host}:${access.port}`, hostKeyFingerprint: `SHA256:${digest}` };
}

function factsOf(
  status: NodeStatus | null,
): Pick<NodeAnswer, 'cpus' | 'memoryBytes' | 'architecture' | 'engineVersion'> {
  const facts = status?.facts;
  return {
    cpus: facts?.cpus ?? null,
    memoryBytes: facts?.memoryBytes ?? null,
    architecture: facts?.architecture ?? null,
    engineVersion: facts?.engineVersion ?? null,
  };
}

function loadOf(status: NodeStatus | null, ledger: Ledger | null): NodeAnswer['load'] {
  const harmonic = readLoad(status, ledger);
  if (!status?.load || harmonic === null) return null;
  const { at, cpu, memory, diskFreeBytes } = status.load;
  return { at: iso(at), cpu, memory, diskFreeBytes, harmonic };
}

function reservedOf(ledger: Ledger | null): NodeAnswer['reserved'] {
  const reservations = ledger?.reservations ?? [];
  const sum = (amount: (reservation: (typeof reservations)[number]) => number) =>
    reservations.reduce((total, each) => total + amount(each), 0);
  return { cpus: sum(({ cpus }) => cpus), memoryBytes: sum(({ memoryBytes }) => memoryBytes) };
}
