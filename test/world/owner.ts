// Whose things these are: the run of tests (its main process) for which something was started.
import { identityOf } from './process-identity.ts';

/** Environment variable by which a run's main process names itself to its workers. */
export const OWNER_VARIABLE = 'BERTH_TEST_OWNER';

/** Label that carries the owner on containers and volumes. */
export const OWNER_LABEL = 'berth.test.owner';

/** Identity of the run's main process; this process when there is no run around it. */
export function owner(): string {
  const own = process.env[OWNER_VARIABLE] ?? identityOf(process.pid);
  if (!own) throw new Error('this process cannot be read in /proc: the test world needs Linux');
  return own;
}
