// Routes of the platform itself: its status and the published schemas.
import { PUBLISHED_SCHEMAS } from '../../applications/schema-reads.ts';
import { listNodes } from '../../nodes/node-reads.ts';
import { readPause } from '../../scheduler/pause-requests.ts';
import type { ApiParts } from '../api-parts.ts';
import type { Handlers } from '../handler.ts';
import type { RouteAccess } from '../route-access.ts';
import { seenCounts } from '../seen-counts.ts';
import { SparingCounts } from '../sparing-counts.ts';
import { iso } from '../views/iso.ts';

type PlatformRoute = 'status' | 'appConfigSchema' | 'sensorConfigSchema' | 'instanceFileSchema';

/** Handlers of the platform itself. */
export function platformHandlers(parts: ApiParts): Pick<Handlers, PlatformRoute> {
  const counts = new SparingCounts(parts.clock);
  return {
    status: ({ access }) => status(parts, counts, access),
    appConfigSchema: async () => ({ ...PUBLISHED_SCHEMAS.app_config() }),
    sensorConfigSchema: async () => ({ ...PUBLISHED_SCHEMAS.sensor_config() }),
    instanceFileSchema: async () => ({ ...PUBLISHED_SCHEMAS.instance() }),
  };
}

async function status({ store, platform, backlog }: ApiParts, counts: SparingCounts, access: RouteAccess) {
  const [{ applications, instances, open }, nodes, pause] = await Promise.all([
    seenCounts({ store, counts }, access),
    listNodes(store),
    readPause(store),
  ]);
  return {
    ...{ version: platform.version, platform: platform.uid, startedAt: iso(platform.startedAt) },
    ...{ applications, instances, jobs: { ...open } },
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
