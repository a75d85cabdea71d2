// Documents for store tests, with only what a test cares about to be named.
import type { Event } from '../../src/model/event.ts';
import type { JobStatus } from '../../src/model/job.ts';
import type { Ledger } from '../../src/model/node.ts';

/** An event. */
export function anEvent(changes: Partial<Event> & { id: string }): Event {
  return { at: 0, kind: 'task.running', subject: 'task:t', application: null, text: '', evidence: {}, ...changes };
}

/** A job's status. */
export function aJobStatus(changes: Partial<JobStatus> & { id: string }): JobStatus {
  return {
    instance: 'i',
    application: 'a',
    state: 'accepted',
    slots: [],
    reason: '',
    notes: [],
    lastLines: [],
    rank: 0,
    createdAt: 0,
    startedAt: null,
    endedAt: null,
    shard: 0,
    nextAt: null,
    ...changes,
  };
}

/** A ledger that names one claim. */
export function aLedger(id: string, claim: string | null = null): Ledger {
  return { id, claim, reservations: [] };
}
