// Routes of the platform itself: its status and the published schemas.
import { PUBLISHED_SCHEMAS } from '../../applications/schema-reads.ts';
import { listNodes } from '../../nodes/node-reads.ts';
import { readPause } from '../../scheduler/pause-requests.ts';
import type { ApiParts } from '../api-parts.ts';
import type { Handlers } from '../handler.ts';
import { iso } from '../views/iso.ts';

type PlatformRoute = 'status' | 'appConfigSchema' | 'sensorConfigSchema' | 'instanceFileSchema';

const OPEN_STATES = ['accepted', 'waiting', 'starting', 'running', 'stopping'] as const;

/** Handlers of the platform itself. */
export function platformHandlers(parts: ApiParts): Pick<Handlers, PlatformRoute> {
  return {
    status: () => status(parts),
    appConfigSchema: async () => ({ ...PUBLISHED_SCHEMAS.app_config() }),
    sensorConfigSchema: async () => ({ ...PUBLISHED_SCHEMAS.sensor_config() }),
    instanceFileSchema: async () => ({ ...PUBLISHED_SCHEMAS.instance() }),
  };
}

async function status({ store, platform, backlog }: ApiParts) {
  const [applications, instances, nodes, pause, ...jobs] = await Promise.all([
    store.count('application', {}),
    store.count('instance', {}),
    listNodes(store),
    readPause(store),
    ...OPEN_STATES.map((state) => store.count('jobStatus', { where: { state } })),
  ]);
  return {
    ...{ version: platform.version, platform: platform.uid, startedAt: iso(platform.startedAt) },
    applications,
    instances,
    jobs: Object.fromEntries(OPEN_STATES.map((state, index) => [state, jobs[index] ?? 0])),
    nodes: countBy(nodes.map((view) => view.status?.state ?? 'connecting')),
    schedules: pause?.untilAt === null ? ('paused' as const) : ('running' as const),
    backlog: backlog(),
  };
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
