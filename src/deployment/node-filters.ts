// The rules that a node must pass before its load counts: the harmonic mean alone rewards imbalance. In order; the first refusal is the one told.

import type { MachineUse } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import { isWithin, LOCATION_LABEL } from '../model/location.ts';
import type { Ledger, Node, NodeStatus } from '../model/node.ts';
import type { Resources } from '../model/package.ts';
import { stateInWords } from './node-in-words.ts';
import { type PromisedRoom, promisedRoom } from './node-load.ts';
import { timeInWords } from './time-in-words.ts';

/** One node as placement sees it. */
export interface NodeView {
  readonly node: Node;
  readonly status: NodeStatus | null;
  readonly ledger: Ledger | null;
  readonly load: number;
}

/** What a slot asks of a node. */
export interface Demand {
  readonly job: string;
  readonly resources: Resources;
  readonly machine: MachineUse;
  readonly labels: Readonly<Record<string, string>>;
  /** Only nodes there or deeper; null: anywhere. */
  readonly location: string | null;
  /** Of the image; null when it runs anywhere. */
  readonly architecture: string | null;
}

/** How much of a node may be promised. */
export interface PlacementRules {
  /** CPUs promised may exceed CPUs there by this factor: they are shared, not used up. */
  readonly cpuOvercommit: number;
  /** Left free beside what is promised. */
  readonly memoryHeadroomBytes: number;
  readonly diskHeadroomBytes: number;
}

interface Question {
  readonly view: NodeView;
  readonly demand: Demand;
  readonly rules: PlacementRules;
  readonly room: PromisedRoom;
  readonly now: Instant;
}

type Filter = (question: Question) => string | undefined;

/** Those that do not depend on who uses the node now. */
const NODE_FILTERS: readonly Filter[] = [
  ({ view }) => (view.node.removing ? 'is being removed' : view.node.draining ? 'is being drained' : undefined),
  ({ view }) => (view.status?.state === 'ready' ? undefined : stateInWords(view.status)),
  ({ view, now }) => quarantineRefusal(view, now),
  ({ view }) => (view.status?.pressure === 'disk' ? 'has hardly any disk left' : undefined),
  ({ view }) => (view.status?.load ? undefined : 'has not been measured yet'),
  ({ view, demand }) => wrongArchitecture(view, demand),
  ({ view, demand }) => missingLabel(view, demand),
  ({ view, demand }) => wrongPlace(view, demand),
];

const ROOM_FILTERS: readonly Filter[] = [
  ({ view, demand }) => standaloneRefusal(view, demand),
  cpuRefusal,
  memoryRefusal,
  diskRefusal,
];

/** Why a node cannot take what is asked, in words that follow its name; undefined when it can. */
export function refusalOf(view: NodeView, demand: Demand, rules: PlacementRules, now: Instant): string | undefined {
  const room = promisedRoom(view.ledger, view.status?.load ?? null);
  const question = { view, demand, rules, room, now };
  return firstRefusal(NODE_FILTERS, question) ?? firstRefusal(ROOM_FILTERS, question);
}

/** Whether a node could take what is asked if nobody else used it. */
export function suits(view: NodeView, demand: Demand, rules: PlacementRules, now: Instant): boolean {
  const room = promisedRoom(null, null);
  return firstRefusal(NODE_FILTERS, { view, demand, rules, room, now }) === undefined;
}

function firstRefusal(filters: readonly Filter[], question: Question): string | undefined {
  for (const filter of filters) {
    const refusal = filter(question);
    if (refusal) return refusal;
  }
  return undefined;
}

function quarantineRefusal({ status }: NodeView, now: Instant): string | undefined {
  const untilAt = status?.quarantinedUntilAt;
  if (untilAt === undefined || untilAt <= now) return undefined;
  return `came and went too often and takes nothing new before ${timeInWords(untilAt, now)}`;
}

function wrongArchitecture(view: NodeView, demand: Demand): string | undefined {
  const architecture = view.status?.facts?.architecture;
  if (demand.architecture === null || architecture === demand.architecture) return undefined;
  return `is ${architecture}, the image is ${demand.architecture}`;
}

function missingLabel(view: NodeView, demand: Demand): string | undefined {
  const missing = Object.entries(demand.labels).find(([key, value]) => view.node.labels[key] !== value);
  return missing && `lacks the label ${missing[0]}=${missing[1]}`;
}

function wrongPlace({ node }: NodeView, { location }: Demand): string | undefined {
  const place = node.labels[LOCATION_LABEL];
  if (location === null || isWithin(place, location)) return undefined;
  return place === undefined ? `has no label location, ${location} is asked` : `is at ${place}, not in ${location}`;
}

function standaloneRefusal(view: NodeView, demand: Demand): string | undefined {
  const claim = view.ledger?.claim ?? null;
  if (claim !== null && claim !== demand.job) return `belongs to the standalone job ${claim}`;
  if (demand.machine !== 'standalone') return undefined;
  const others = (view.ledger?.reservations ?? []).filter(({ job }) => job !== demand.job).length;
  return others > 0 ? `runs ${others} other tasks` : undefined;
}

function cpuRefusal({ view, demand, rules, room }: Question): string | undefined {
  const limit = (view.status?.facts?.cpus ?? 0) * rules.cpuOvercommit;
  const free = limit - room.cpus;
  return demand.resources.cpus <= free + 1e-9
    ? undefined
    : `has ${round(free)} of ${round(limit)} CPUs free, ${demand.resources.cpus} are asked`;
}

function memoryRefusal({ view, demand, rules, room }: Question): string | undefined {
  const total = view.status?.facts?.memoryBytes ?? 0;
  const measured = total * (1 - (view.status?.load?.memory ?? 1)) - room.unseenMemoryBytes;
  const free = Math.min(measured, total - room.memoryBytes) - rules.memoryHeadroomBytes;
  return demand.resources.memoryMiB * MIB <= free
    ? undefined
    : `has ${mib(free)} MiB of memory free, ${demand.resources.memoryMiB} are asked`;
}

function diskRefusal({ view, demand, rules, room }: Question): string | undefined {
  const free = (view.status?.load?.diskFreeBytes ?? 0) - room.unseenDiskBytes - rules.diskHeadroomBytes;
  return demand.resources.diskMiB * MIB <= free
    ? undefined
    : `has ${mib(free)} MiB of disk free, ${demand.resources.diskMiB} are asked`;
}

const MIB = 1024 * 1024;

function mib(bytes: number): number {
  return Math.max(0, Math.floor(bytes / MIB));
}

function round(value: number): number {
  return Math.max(0, Math.round(value * 100) / 100);
}
