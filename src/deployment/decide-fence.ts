// Whether a task of an `exactlyOne` job that nobody can see may still run, and from when on it can not. Pure; an ordered table of
// rules, the first that fits decides.
//
// INVARIANTS:
// - A successor is named only after the lease of the task before was revoked, in the same decision or an earlier one.
// - A lease is revoked only when it has run out, was never given, or the machine is known to be off: who comes back in time goes on.

import type { Instant } from '../model/instant.ts';
import { type Lease, leaseOverAt } from '../model/node.ts';
import type { MachineState, ServerStatus } from '../model/server.ts';
import type { Stored } from '../ports/store.ts';
import type { JobStep } from './job-step.ts';
import { timeInWords } from './time-in-words.ts';

/** What a fence depends on. */
export interface FenceQuestion {
  readonly task: string;
  readonly node: string;
  readonly graceMs: number;
  readonly lease: Stored<Lease> | undefined;
  /** The provider's word on the machine that was lost; null when there is none, or it speaks of another machine. */
  readonly machine: ServerStatus['machine'];
  /** Since when the node is lost; null when it is not. */
  readonly lostSinceAt: Instant | null;
}

/** A fence: what is to be revoked now, and until when the task may still run. */
export interface Fence {
  readonly revoke: Extract<JobStep, { readonly do: 'revoke-lease' }> | null;
  /** A successor may be named from then on; null: now. */
  readonly untilAt: Instant | null;
  readonly lookAt: Instant;
  readonly why: string;
}

const OFF: ReadonlySet<MachineState> = new Set(['stopped', 'gone']);

interface Rule {
  readonly when: (question: FenceQuestion, now: Instant) => boolean;
  readonly fence: (question: FenceQuestion, now: Instant) => Fence;
}

const RULES: readonly Rule[] = [
  { when: isOff, fence: (question, now) => passed(question, now, `its provider says that it is ${stateOf(question)}`) },
  {
    when: ({ lease }) => lease === undefined,
    fence: (question, now) => passed(question, now, 'the copy there was never let run'),
  },
  { when: ({ lease }, now) => mayRenew(lease?.doc, now), fence: waitForLease },
  { when: (question, now) => overAt(question) > now, fence: waitForEnd },
  { when: () => true, fence: (question, now) => passed(question, now, 'the lease of the copy there has run out') },
];

/** When a successor may be named for a task that may still run where nobody sees it. */
export function decideFence(question: FenceQuestion, now: Instant): Fence {
  const rule = RULES.find(({ when }) => when(question, now));
  if (!rule) throw new Error('The last rule fits everything.');
  return rule.fence(question, now);
}

/** A word that is older than the loss says nothing about it: the machine ran until then. */
function isOff({ machine, lostSinceAt }: FenceQuestion): boolean {
  return machine !== null && lostSinceAt !== null && machine.at > lostSinceAt && OFF.has(machine.state);
}

function stateOf({ machine }: FenceQuestion): string {
  return machine?.state ?? 'unknown';
}

function mayRenew(lease: Lease | undefined, now: Instant): boolean {
  return lease !== undefined && !lease.isRevoked && lease.untilAt > now;
}

/** When its launcher has ended the task at the latest. */
function overAt({ lease, graceMs }: FenceQuestion): Instant {
  return lease ? leaseOverAt(lease.doc, graceMs) : 0;
}

function passed(question: FenceQuestion, now: Instant, why: string): Fence {
  return { revoke: revocation(question, now, why), untilAt: null, lookAt: now, why };
}

function waitForLease(question: FenceQuestion, now: Instant): Fence {
  return { ...waiting(question, now), revoke: null, lookAt: question.lease?.doc.untilAt ?? now };
}

function waitForEnd(question: FenceQuestion, now: Instant): Fence {
  const why = `the copy on ${question.node} was given up`;
  return { ...waiting(question, now), revoke: revocation(question, now, why), lookAt: overAt(question) };
}

function waiting(question: FenceQuestion, now: Instant): { readonly untilAt: Instant; readonly why: string } {
  const untilAt = overAt(question);
  const lease = timeInWords(question.lease?.doc.untilAt ?? now, now);
  const why = `the copy on ${question.node} may still run: its lease holds until ${lease}, and its end takes up to ${question.graceMs / 1000} s`;
  return { untilAt, why };
}

function revocation({ task, lease }: FenceQuestion, now: Instant, why: string): Fence['revoke'] {
  if (lease?.doc.isRevoked) return null;
  const doc = { id: task, untilAt: lease?.doc.untilAt ?? now, isRevoked: true };
  return { do: 'revoke-lease', lease: doc, version: lease?.version ?? null, why };
}
