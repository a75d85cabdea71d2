// Commands that reach deployment over the bus. They may come twice or late: each is settled by what the Store says.
import type { Wake } from '../engine/controller.ts';
import type { DeployRequest } from '../model/message.ts';
import type { Bus } from '../ports/bus.ts';
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
  const refused = request.command === 'start' ? wake(parts, request) : await stop(parts, request);
  await parts.bus.publish('berth.deploy.acknowledgements', request.job, {
    request: request.id,
    outcome: refused === null ? 'accepted' : 'refused',
    code: refused,
    text:
      refused === null
        ? `The ${request.command} of job ${request.job} is taken in.`
        : `There is no job ${request.job}.`,
    at: parts.clock.now(),
  });
}

/** Whoever is woken reads the job itself, if there is one. */
function wake(parts: DeployRequestParts, { job }: DeployRequest): null {
  parts.wake(`job:${job}`);
  return null;
}

async function stop(parts: DeployRequestParts, request: DeployRequest): Promise<string | null> {
  if (await parts.store.get('job', request.job)) {
    await stopUnlessEnded(parts, { job: request.job, by: 'schedule', reason: request.reason });
    return null;
  }
  parts.log.warn('A deploy request names a job that does not exist', { request });
  return 'request.not-found';
}
