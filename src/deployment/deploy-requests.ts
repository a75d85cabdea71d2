// Commands that reach deployment over the bus. They may come twice or late: each is settled by what the Store says.
import type { Wake } from '../engine/controller.ts';
import type { Bus, DeployRequest } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import { stopUnlessEnded } from './job-requests.ts';

/** What deployment needs to serve requests. */
export interface DeployRequestParts {
  readonly store: Store;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Log;
  readonly wake: Wake;
}

/** Serves the topic of deploy requests until the returned function is called. */
export function serveDeployRequests(parts: DeployRequestParts): Promise<() => Promise<void>> {
  return parts.bus.subscribe('berth.deploy.requests', 'deployment', ({ message }) => accept(parts, message));
}

async function accept(parts: DeployRequestParts, request: DeployRequest): Promise<void> {
  // Whoever is woken reads the job itself, if there is one.
  if (request.command === 'start') return parts.wake(`job:${request.job}`);
  if (!(await parts.store.get('job', request.job)))
    parts.log.warn('A deploy request names a job that does not exist', { request });
  else await stopUnlessEnded(parts, { job: request.job, by: 'schedule', reason: request.reason });
}
