// Whether the fleet grows or shrinks: machines are added for jobs that have waited for room too long, and given back when they have had
// nothing to do for long. Pure.
import type { Instant } from '../model/instant.ts';
import type { Job, JobStatus } from '../model/job.ts';
import { isWithin, LOCATION_LABEL } from '../model/location.ts';
import type { Ledger, Node, NodeFacts, NodeStatus } from '../model/node.ts';
import type { MachineOrder, ProviderConfig, ServerStatus } from '../model/server.ts';

/** What may be done for the size of the fleet. */
export type ScaleStep =
  | { readonly do: 'grow'; readonly provider: string; readonly count: number; readonly text: string }
  | { readonly do: 'give-back'; readonly node: string; readonly text: string }
  | { readonly do: 'forget-provider'; readonly provider: string };

/** A job that waits for room, and since when this is known. */
export interface WaitingJob {
  readonly job: Job;
  readonly status: JobStatus;
  readonly sinceAt: Instant;
}

/** A node with what matters to its size. */
export interface FleetNode {
  readonly node: Node;
  readonly status: NodeStatus | null;
  readonly ledger: Ledger | null;
  readonly server: ServerStatus | null;
}

/** How much of a machine may be promised; the same as in placement. */
export interface RoomRules {
  readonly cpuOvercommit: number;
  readonly memoryHeadroomBytes: number;
}

/** Everything on which the size of the fleet depends. */
export interface ScaleSnapshot {
  readonly providers: readonly ProviderConfig[];
  readonly nodes: readonly FleetNode[];
  /** Of machines that are being made or were made; all that are kept. */
  readonly orders: readonly MachineOrder[];
  /** Oldest first. */
  readonly waiting: readonly WaitingJob[];
  readonly rules: RoomRules;
}

/** Steps, when to look again, and why. */
export interface ScaleDecision {
  readonly steps: readonly ScaleStep[];
  readonly wakeAt: Instant | null;
}

const LOOK_AGAIN_MS = 60_000;
const MIB = 1024 * 1024;
/** Machines asked for in one decision. */
const GROW_AT_ONCE = 20;

/** Decides whether the fleet grows or shrinks. */
export function decideScale(snapshot: ScaleSnapshot, now: Instant): ScaleDecision {
  const { providers } = snapshot;
  if (providers.length === 0) return { steps: [], wakeAt: null };
  const steps: ScaleStep[] = [];
  let unserved = snapshot.waiting;
  for (const provider of providers) {
    if (provider.removing) steps.push(...forgetting(snapshot, provider));
    else {
      const served = unserved.filter((waiting) => wouldFit(snapshot, provider, waiting.job));
      steps.push(...growing(snapshot, provider, served, now));
      steps.push(...givingBack(snapshot, provider, served, now));
      if (provider.mostAdded > 0) unserved = unserved.filter((waiting) => !served.includes(waiting));
    }
  }
  return { steps, wakeAt: nextLook(snapshot, now) };
}

function forgetting({ nodes, orders }: ScaleSnapshot, { id }: ProviderConfig): readonly ScaleStep[] {
  const isNamed = nodes.some(({ node }) => node.machine?.provider === id);
  const isMaking = orders.some(
    ({ provider, machine, state }) => provider === id && (machine !== null || state === 'ordered'),
  );
  return isNamed || isMaking ? [] : [{ do: 'forget-provider', provider: id }];
}

function growing(
  snapshot: ScaleSnapshot,
  provider: ProviderConfig,
  served: readonly WaitingJob[],
  now: Instant,
): readonly ScaleStep[] {
  const due = served.filter(({ sinceAt }) => now - sinceAt >= provider.growAfterMs);
  const [first] = due;
  if (!first) return [];
  const coming = comingUp(snapshot, provider);
  const present = added(snapshot, provider);
  const free = provider.mostAdded - present.length - coming - unknown(snapshot, provider);
  // Whatever waits though a machine is empty would wait beside another one too.
  const empty = present.filter(isEmptyAndReady).length;
  const count = Math.min(machinesFor(snapshot, provider, due) - coming - empty, free, GROW_AT_ONCE);
  if (count <= 0) return [];
  const seconds = Math.round((now - first.sinceAt) / 1000);
  const others = due.length > 1 ? `, and ${due.length - 1} others with it` : '';
  const text = `Job ${first.job.id} has waited ${seconds} s for room${others}: ${count === 1 ? 'a machine is' : `${count} machines are`} added.`;
  return [{ do: 'grow', provider: provider.id, count, text }];
}

/** Machines that are asked for or have not told their load yet: what waits may still fit on them. */
function comingUp({ nodes, orders }: ScaleSnapshot, { id }: ProviderConfig): number {
  const making = orders.filter(({ purpose, provider, state }) => {
    return purpose === 'grow' && provider === id && (state === 'ordered' || state === 'made');
  });
  const made = new Set(nodes.map(({ node }) => node.id));
  return making.filter(({ node }) => !made.has(node)).length + nodes.filter((each) => isComingUp(each, id)).length;
}

/** Machines that may be there and cost, though nobody knows; nothing is placed on them. */
function unknown({ orders }: ScaleSnapshot, { id }: ProviderConfig): number {
  return orders.filter(({ purpose, provider, state }) => purpose === 'grow' && provider === id && state === 'unknown')
    .length;
}

/** A node that was added and has never been measured; one that was, and is lost, is its recovery's matter. */
function isComingUp({ node, status }: FleetNode, provider: string): boolean {
  const isAdded = node.machine?.provider === provider && node.machine.isAdded && !node.removing;
  return isAdded && (status === null || (status.state === 'connecting' && status.load === null));
}

/** Nodes that were added and count against the limit; those that are coming up are counted beside them. */
function added({ nodes }: ScaleSnapshot, { id }: ProviderConfig): readonly FleetNode[] {
  return nodes.filter((each) => {
    const isAdded = each.node.machine?.provider === id && each.node.machine.isAdded;
    return isAdded && !isComingUp(each, id);
  });
}

function isEmptyAndReady({ node, status, ledger }: FleetNode): boolean {
  const isFree = (ledger?.reservations.length ?? 0) === 0 && (ledger?.claim ?? null) === null;
  return isFree && status?.state === 'ready' && !node.draining && !node.removing;
}

/** How many machines hold what waits, as far as the size of the provider's machines is known; else one at a time. */
function machinesFor({ nodes, rules }: ScaleSnapshot, provider: ProviderConfig, due: readonly WaitingJob[]): number {
  const size = sizeOf(nodes, provider);
  if (!size) return 1;
  const alone = due.filter(({ job }) => job.machine === 'standalone');
  const shared = due.filter(({ job }) => job.machine === 'shared');
  const cpus = total(shared, ({ job, status }) => job.spec.resources.cpus * unfilled(status));
  const memory = total(shared, ({ job, status }) => job.spec.resources.memoryMiB * MIB * unfilled(status));
  const room = { cpus: size.cpus * rules.cpuOvercommit, memory: size.memoryBytes - rules.memoryHeadroomBytes };
  const forShared = Math.ceil(Math.max(cpus / room.cpus, memory / Math.max(room.memory, MIB)));
  return total(alone, ({ status }) => unfilled(status)) + Math.max(forShared, shared.length > 0 ? 1 : 0);
}

/** The largest machine of a provider that was ever reached. */
function sizeOf(nodes: readonly FleetNode[], { id }: ProviderConfig): NodeFacts | undefined {
  const facts = nodes
    .filter(({ node }) => node.machine?.provider === id)
    .flatMap(({ status }) => (status?.facts ? [status.facts] : []));
  return facts.toSorted((a, b) => b.memoryBytes - a.memoryBytes)[0];
}

/** Whether a new machine of a provider would carry what a job asks for. */
function wouldFit({ nodes, rules }: ScaleSnapshot, provider: ProviderConfig, { spec }: Job): boolean {
  const hasLabels = Object.entries(spec.labels).every(([key, value]) => provider.labels[key] === value);
  const isThere = spec.location === null || isWithin(provider.labels[LOCATION_LABEL], spec.location);
  const size = sizeOf(nodes, provider);
  if (!hasLabels || !isThere || !size) return hasLabels && isThere;
  const hasCpus = spec.resources.cpus <= size.cpus * rules.cpuOvercommit;
  return hasCpus && spec.resources.memoryMiB * MIB <= size.memoryBytes - rules.memoryHeadroomBytes;
}

/** Whether a job waits for room: its image is there, and no node takes one of its copies. */
export function waitsForRoom(status: JobStatus): boolean {
  return status.state === 'waiting' && unfilled(status) > 0;
}

function unfilled({ slots }: JobStatus): number {
  return slots.filter(({ state, placement, notBefore }) => {
    return state === 'empty' && notBefore === null && placement !== null && placement.chosen === null;
  }).length;
}

function givingBack(
  snapshot: ScaleSnapshot,
  provider: ProviderConfig,
  served: readonly WaitingJob[],
  now: Instant,
): readonly ScaleStep[] {
  if (served.length > 0) return [];
  const idle = added(snapshot, provider).filter((each) => {
    const sinceAt = each.server?.idleSinceAt ?? null;
    return isEmptyAndReady(each) && sinceAt !== null && now - sinceAt >= provider.idleAfterMs;
  });
  return idle.map(({ node, server }) => {
    const minutes = Math.round((now - (server?.idleSinceAt ?? now)) / 60_000);
    const text = `Node ${node.id} was added for room and has had nothing to do for ${minutes} min: it is given back.`;
    return { do: 'give-back', node: node.id, text };
  });
}

function nextLook(snapshot: ScaleSnapshot, now: Instant): Instant {
  const { providers, waiting, nodes } = snapshot;
  const scaling = providers.filter(({ mostAdded, removing }) => mostAdded > 0 && !removing);
  const grow = scaling.flatMap(({ growAfterMs }) => waiting.map(({ sinceAt }) => sinceAt + growAfterMs));
  const idle = providers.flatMap(({ idleAfterMs, id }) =>
    nodes
      .filter(({ node, server }) => node.machine?.provider === id && (server?.idleSinceAt ?? null) !== null)
      .map(({ server }) => (server?.idleSinceAt ?? now) + idleAfterMs),
  );
  const ahead = [...grow, ...idle].filter((at) => at > now);
  return Math.min(now + LOOK_AGAIN_MS, ...ahead);
}

function total<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((sum, item) => sum + amount(item), 0);
}
