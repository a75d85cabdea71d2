// The routes of the platform's own processes, their logs, and alerts, in plain words.
import type { Endpoint } from './endpoint.ts';

/** The routes, by the name under which clients call them. */
export const MONITORING_ENDPOINTS = {
  listProcesses: {
    method: 'GET',
    path: '/api/v1/platform/processes',
    permission: 'platform:read',
    summary: 'The processes of the platform, on all its machines, as they said of themselves',
  },
  searchPlatformLogs: {
    method: 'GET',
    path: '/api/v1/platform/logs',
    permission: 'platform-logs:read',
    summary: "Lines of the platform's own logs, newest first",
  },

  listAlerts: {
    method: 'GET',
    path: '/api/v1/alerts',
    permission: 'alerts:read',
    summary: 'What is or was wrong with the platform, newest first',
  },
  listSilences: {
    method: 'GET',
    path: '/api/v1/alert-silences',
    permission: 'alerts:read',
    summary: 'Which alerts are kept quiet, and until when',
  },
  silenceAlerts: {
    method: 'POST',
    path: '/api/v1/alert-silences',
    permission: 'alerts:write',
    summary: 'Keep some alerts quiet for a while',
  },
  endSilence: {
    method: 'DELETE',
    path: '/api/v1/alert-silences/:silence',
    permission: 'alerts:write',
    summary: 'End a silence before its time',
  },
  listAlertRoutes: {
    method: 'GET',
    path: '/api/v1/alert-routes',
    permission: 'alerts:read',
    summary: 'Whom alerts are told to, besides the console',
  },
  putAlertRoute: {
    method: 'PUT',
    path: '/api/v1/alert-routes/:route',
    permission: 'alerts:write',
    summary: 'Say whom to tell, in place of the route of that name',
  },
  removeAlertRoute: {
    method: 'DELETE',
    path: '/api/v1/alert-routes/:route',
    permission: 'alerts:write',
    summary: 'Tell nobody by a route any more',
  },
  testAlertRoute: {
    method: 'POST',
    path: '/api/v1/alert-routes/:route/test',
    permission: 'alerts:write',
    summary: 'Send something to everybody of a route now',
  },
} as const satisfies Record<string, Endpoint>;
