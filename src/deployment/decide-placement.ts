// Which node takes a slot: filters, then spread of copies, then the least load. Pure; it explains itself with every node's score or refusal.
import type { Instant } from '../model/instant.ts';
import type { NodeVerdict, PlacementWhy } from '../model/job.ts';
import type { ServerStatus } from '../model/server.ts';
import { type Demand, type NodeView, type PlacementRules, refusalOf } from './node-filters.ts';
import { roomEstimate } from './room-estimate.ts';
import { givesWay, type Waiting } from './waiting-line.ts';

/** The fleet as a placement needs it. */
export interface Fleet {
  readonly size: number;
  /** One node as it is known. */
  get(id: string): NodeView | undefined;
  /** What is known of the machine under a node. */
  serverOf(id: string): ServerStatus | undefined;
  /** Nodes by ascending load; ties by fewest tasks, then by name. */
  ascending(): Iterable<NodeView>;
  /** The node whose ledger holds room for a task. */
  holderOf(task: string): NodeView | undefined;
}

/** What is asked of the load balancer for one slot. */
export interface PlacementQuestion {
  readonly demand: Demand;
  /** Copies of the same job on each node, so that copies spread. */
  readonly copiesOn: ReadonlyMap<string, number>;
  /** The node where the attempt before failed: taken only if there is no other. */
  readonly avoid: string | null;
  /** Jobs that wait and come first. */
  readonly before: readonly Waiting[];
  readonly rules: PlacementRules;
}

/** In fleets larger than this a decision keeps only the verdicts that it needed. */
const ALL_VERDICTS_UP_TO = 64;

/** Chooses a node for one slot, or none. */
export function decidePlacement(fleet: Fleet, question: PlacementQuestion, now: Instant): PlacementWhy {
  const verdicts: NodeVerdict[] = [];
  const candidates: Candidate[] = [];
  const isLarge = fleet.size > ALL_VERDICTS_UP_TO;
  let least = Number.POSITIVE_INFINITY;
  for (const view of fleet.ascending()) {
    const penalty = penaltyOf(view, question);
    // Of two with the same penalty the first has less load: what comes later cannot be chosen, and is not looked at.
    if (isLarge && penalty >= least) continue;
    const refused = refusalFor(view, question, now);
    verdicts.push(refused ? { node: view.node.id, refused } : { node: view.node.id, load: view.load });
    if (refused) continue;
    candidates.push({ view, penalty });
    least = Math.min(least, penalty);
    if (isLarge && least === 0) break;
  }
  const chosen = leastPenalty(candidates);
  const sentence = chosen
    ? choiceInWords(chosen, candidates, verdicts, question)
    : [refusalInWords(verdicts, fleet.size), ...roomEstimate(fleet.ascending(), question, now)].join(' ');
  return {
    at: now,
    chosen: chosen?.view.node.id ?? null,
    sentence,
    verdicts: bounded(verdicts),
  };
}

function refusalFor(view: NodeView, { demand, before, rules }: PlacementQuestion, now: Instant): string | undefined {
  return refusalOf(view, demand, rules, now) ?? givesWay(view, before, rules, now);
}

interface Candidate {
  readonly view: NodeView;
  readonly penalty: number;
}

/** Each copy that is there already weighs as one step; the node of the failure before weighs more than any spread. */
function penaltyOf(view: NodeView, { copiesOn, avoid }: PlacementQuestion): number {
  return (copiesOn.get(view.node.id) ?? 0) + (view.node.id === avoid ? 1000 : 0);
}

function leastPenalty(candidates: readonly Candidate[]): Candidate | undefined {
  let least: Candidate | undefined;
  for (const candidate of candidates) if (!least || candidate.penalty < least.penalty) least = candidate;
  return least;
}

function refusalInWords(verdicts: readonly NodeVerdict[], size: number): string {
  if (size === 0) return "There is no node; add one with 'berth node add'.";
  return `None of ${size} nodes can take it: ${reasonsInWords(verdicts)}.`;
}

function choiceInWords(
  { view }: Candidate,
  candidates: readonly Candidate[],
  verdicts: readonly NodeVerdict[],
  { copiesOn, avoid }: PlacementQuestion,
): string {
  const copies = (candidate: Candidate) => copiesOn.get(candidate.view.node.id) ?? 0;
  const others = candidates.filter((candidate) => candidate.view !== view);
  const isSpread = others.some((other) => copies(other) !== (copiesOn.get(view.node.id) ?? 0));
  const spread = isSpread ? ' of the nodes with the fewest copies of this job' : '';
  const refused = verdicts.length - candidates.length;
  return `${view.node.id} has the least load (${view.load.toFixed(2)})${spread}${avoidance(view, others, avoid)}; ${others.length} others could take it, ${refused} could not.`;
}

function avoidance(view: NodeView, others: readonly Candidate[], avoid: string | null): string {
  if (view.node.id === avoid) return ', though the attempt before failed there';
  const isLeftOut = others.some((other) => other.view.node.id === avoid);
  return isLeftOut ? `, leaving out ${avoid}, where the attempt before failed` : '';
}

/** Not in the order of load, which changes all the time: a job that waits is written again when its sentence changes. */
function reasonsInWords(verdicts: readonly NodeVerdict[]): string {
  const byReason = Map.groupBy(verdicts, ({ refused }) => refused ?? '');
  const words = [...byReason].map(([reason, nodes]) =>
    nodes.length === 1 ? `${nodes[0]?.node} ${reason}` : `${nodes.length} nodes: ${reason}`,
  );
  const told = words.toSorted().slice(0, 8).join('; ');
  return words.length > 8 ? `${told}; and ${words.length - 8} more reasons` : told;
}

function bounded(verdicts: readonly NodeVerdict[]): readonly NodeVerdict[] {
  return verdicts.slice(0, ALL_VERDICTS_UP_TO);
}
