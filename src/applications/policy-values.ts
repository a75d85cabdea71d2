// What an instance file says of occurrences that cannot simply be started: a word, or an object with the bounds of the policy.
import { z } from 'zod';
import type { MissedPolicy, OverlapPolicy } from '../model/schedule.ts';
import { duration } from './time-values.ts';

const MOST_RUNS = 1000;
const MOST_QUEUED = 100;

const runAll = {
  policy: z.literal('run-all').describe('Run every one that was missed, oldest first'),
  max: z.number().int().min(1).max(MOST_RUNS).default(10).describe('At most so many of them, the latest'),
  maxAge: duration.prefault('1d').describe('None that was due longer ago'),
};

const queue = {
  policy: z.literal('queue').describe('Wait until the job before is over'),
  max: z.number().int().min(1).max(MOST_QUEUED).default(10).describe('At most so many wait; further ones make no job'),
};

/** What becomes of occurrences that were due while nobody could start them. */
export const missed = z
  .union(
    [
      z.enum(['skip', 'run-latest', 'run-all']),
      z.discriminatedUnion('policy', [
        z.strictObject({ policy: z.literal('skip').describe('Run none of them') }),
        z.strictObject({ policy: z.literal('run-latest').describe('Run the latest of them') }),
        z.strictObject(runAll),
      ]),
    ],
    { error: '"skip", "run-latest", "run-all" or an object with "policy"' },
  )
  .transform(missedPolicy)
  .describe('What becomes of runs that were due while the platform could not start them');

/** What becomes of an occurrence that is due while a job of an earlier one is not over. */
export const overlap = z
  .union(
    [
      z.enum(['allow', 'skip', 'queue', 'replace']),
      z.discriminatedUnion('policy', [
        z.strictObject({ policy: z.literal('allow').describe('Run beside it') }),
        z.strictObject({ policy: z.literal('skip').describe('Make no job') }),
        z.strictObject(queue),
        z.strictObject({ policy: z.literal('replace').describe('Stop the job before, and run') }),
      ]),
    ],
    { error: '"allow", "skip", "queue", "replace" or an object with "policy"' },
  )
  .transform(overlapPolicy)
  .describe('What becomes of a run that is due while the job before it is not over');

type GivenMissed =
  | 'skip'
  | 'run-latest'
  | 'run-all'
  | z.output<z.ZodObject<typeof runAll>>
  | { policy: 'skip' | 'run-latest' };

function missedPolicy(given: GivenMissed): MissedPolicy {
  if (given === 'run-all') return missedPolicy(z.object(runAll).parse({ policy: 'run-all' }));
  if (typeof given === 'string') return { kind: given };
  if (given.policy !== 'run-all') return { kind: given.policy };
  return { kind: 'run-all', max: given.max, maxAgeMs: given.maxAge };
}

type GivenOverlap =
  | OverlapPolicy['kind']
  | z.output<z.ZodObject<typeof queue>>
  | { policy: 'allow' | 'skip' | 'replace' };

function overlapPolicy(given: GivenOverlap): OverlapPolicy {
  if (given === 'queue') return overlapPolicy(z.object(queue).parse({ policy: 'queue' }));
  if (typeof given === 'string') return { kind: given };
  return given.policy === 'queue' ? { kind: 'queue', max: given.max } : { kind: given.policy };
}
