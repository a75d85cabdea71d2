// Routes of the platform's own processes, their logs, and alerts.
import { listAlerts, listRoutes, presentSilences, silencedUntil } from '../../monitoring/alert-reads.ts';
import { endSilence, putRoute, removeRoute, showRoute, silenceAlerts } from '../../monitoring/alert-requests.ts';
import { searchComponentLogs } from '../../monitoring/component-log-reads.ts';
import { platformProcesses } from '../../monitoring/component-reads.ts';
import type { ApiParts } from '../api-parts.ts';
import type { MONITORING_ENDPOINTS } from '../contract/monitoring-endpoints.ts';
import type { Asked, Handlers } from '../handler.ts';
import { pageRequest } from '../paging.ts';
import { sinceTime } from '../since-time.ts';
import { iso } from '../views/iso.ts';
import { alertRouteView, alertView, processView, silenceView } from '../views/monitoring-views.ts';

type MonitoringRoute = keyof typeof MONITORING_ENDPOINTS;

/** Handlers of these. */
export function monitoringHandlers(parts: ApiParts): Pick<Handlers, MonitoringRoute> {
  const { store, clock } = parts;
  return {
    listProcesses: async () => ({ items: (await platformProcesses(store)).map(processView) }),
    searchPlatformLogs: (asked) => searchLogs(parts, asked),
    listAlerts: (asked) => alerts(parts, asked),
    listSilences: async () => ({ items: (await presentSilences(store, clock.now())).map(silenceView) }),
    silenceAlerts: async ({ body, caller }) => silenceView(await silenceAlerts(parts, { ...body, by: caller.name })),
    endSilence: async ({ params }) => {
      await endSilence(parts, params.silence);
      return { ended: params.silence };
    },
    listAlertRoutes: async () => ({ items: (await listRoutes(store)).map(alertRouteView) }),
    putAlertRoute: async ({ params, body }) => alertRouteView(await putRoute(parts, params.route, body)),
    removeAlertRoute: async ({ params }) => {
      await removeRoute(parts, params.route);
      return { removed: params.route };
    },
    testAlertRoute: (asked) => testRoute(parts, asked),
  };
}

async function searchLogs({ store, clock }: ApiParts, { query }: Asked<'searchPlatformLogs'>) {
  const now = clock.now();
  const { component, level, text, limit } = query;
  const until = query.until === undefined ? now : sinceTime(query.until, now);
  const asked = { component, level, text, limit, since: sinceTime(query.since, now), until };
  const { items, isWhole } = await searchComponentLogs(store, asked);
  return { items: items.map(({ at, fields, ...line }) => ({ ...line, at: iso(at), fields: { ...fields } })), isWhole };
}

async function alerts({ store, clock }: ApiParts, { query }: Asked<'listAlerts'>) {
  const silences = await presentSilences(store, clock.now());
  const { items, next } = await listAlerts(store, { state: query.state, ...pageRequest(query) });
  const views = items.map((alert) => alertView(alert, silencedUntil(alert, silences)));
  return next === undefined ? { items: views } : { items: views, next };
}

/** One after the other, so that what one side says is told of that one. */
async function testRoute({ store, channels }: ApiParts, { params, signal }: Asked<'testAlertRoute'>) {
  const { channel, to } = await showRoute(store, params.route);
  const told: { to: string; said: string }[] = [];
  for (const each of to) told.push({ to: each, said: await channels.testChannel(channel, each, signal) });
  return { told };
}
