// Whether this process can do its work now, for load balancers, supervisors and people.
import type { ReadinessProblem } from '../api/probes.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';

/** What is looked at. */
export interface ReadinessParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly backlog: () => { readonly waiting: number };
  /** When the loop last finished something; null: never yet. */
  readonly beatAt: () => number | null;
  /** Whether the process has begun to serve, and is not about to end. */
  readonly stage: () => 'starting' | 'serving' | 'stopping';
}

const STORE_WITHIN_MS = 2000;
/** A loop that has work and finished none of it for so long is stuck. */
const STUCK_MS = 60_000;

/** What keeps it from serving; empty: nothing. */
export async function readinessProblems(parts: ReadinessParts): Promise<readonly ReadinessProblem[]> {
  const { stage, backlog, beatAt, clock } = parts;
  const problems: ReadinessProblem[] = [];
  if (stage() === 'starting') problems.push({ part: 'start', text: 'It has not finished starting.' });
  if (stage() === 'stopping') problems.push({ part: 'start', text: 'It ends as it was asked to.' });
  const at = beatAt();
  if (backlog().waiting > 0 && at !== null && clock.now() - at > STUCK_MS)
    problems.push({ part: 'engine', text: 'Keys wait, and none was decided on for a minute.' });
  if (!(await answersInTime(parts))) problems.push({ part: 'store', text: 'The database does not answer in time.' });
  return problems;
}

async function answersInTime({ store, clock }: ReadinessParts): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const cancel = clock.after(STORE_WITHIN_MS, () => late.resolve(false));
  const answered = store.get('platform', 'platform').then(
    () => true,
    () => false,
  );
  return Promise.race([answered, late.promise]).finally(cancel);
}
