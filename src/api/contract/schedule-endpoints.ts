// The routes of instances, schedules and calendars, in plain words.
import type { Endpoint } from './endpoint.ts';

/** Routes of instances, of all schedules together, and of calendars. */
export const SCHEDULE_ENDPOINTS = {
  listInstances: {
    method: 'GET',
    path: '/api/v1/instances',
    permission: 'instances:read',
    on: 'listed',
    summary: 'Instances',
  },
  createInstance: {
    method: 'POST',
    path: '/api/v1/instances',
    permission: 'instances:write',
    on: 'body',
    summary:
      'Create an instance; the body is an instance file, JSON or YAML (its schema is at /api/v1/schemas/instance-file)',
  },
  applyInstance: {
    method: 'PUT',
    path: '/api/v1/instances',
    permission: 'instances:write',
    on: 'body',
    summary: 'Create the instance that an instance file names, or change it to what the file says',
  },
  updateInstance: {
    method: 'PUT',
    path: '/api/v1/instances/:instance',
    permission: 'instances:write',
    on: 'instance',
    summary: 'Change an instance to what an instance file says; application and algorithm stay',
  },
  showInstance: {
    method: 'GET',
    path: '/api/v1/instances/:instance',
    permission: 'instances:read',
    on: 'instance',
    summary: 'One instance, by name or id',
  },
  enableInstance: {
    method: 'POST',
    path: '/api/v1/instances/:instance/enable',
    permission: 'instances:write',
    on: 'instance',
    summary: 'Let an instance run again',
  },
  disableInstance: {
    method: 'POST',
    path: '/api/v1/instances/:instance/disable',
    permission: 'instances:write',
    on: 'instance',
    summary: 'Make no new jobs; a continuous instance ends',
  },
  removeInstance: {
    method: 'DELETE',
    path: '/api/v1/instances/:instance',
    permission: 'instances:write',
    on: 'instance',
    summary: "End an instance's jobs and forget it, unless others run after it",
  },
  runInstance: {
    method: 'POST',
    path: '/api/v1/instances/:instance/run',
    permission: 'jobs:write',
    on: 'instance',
    summary: 'Run an instance now, by hand; parameters in the body stand over its own',
  },
  skipOccurrence: {
    method: 'POST',
    path: '/api/v1/instances/:instance/skip',
    permission: 'instances:write',
    on: 'instance',
    summary: 'Let an occurrence that is to come make no job: the next, or the one at an instant',
  },
  previewInstance: {
    method: 'GET',
    path: '/api/v1/instances/:instance/preview',
    permission: 'instances:read',
    on: 'instance',
    summary: 'The next occurrences of an instance, in its zone and in UTC',
  },
  instanceHistory: {
    method: 'GET',
    path: '/api/v1/instances/:instance/history',
    permission: 'jobs:read',
    on: 'instance',
    summary: 'The jobs of an instance, newest first, with durations, success rate and lateness',
  },
  listGaps: {
    method: 'GET',
    path: '/api/v1/instances/:instance/gaps',
    permission: 'instances:read',
    on: 'instance',
    summary: 'Occurrences that made no job, newest first, each with the reason',
  },
  whyOccurrence: {
    method: 'GET',
    path: '/api/v1/instances/:instance/why',
    permission: 'instances:read',
    on: 'instance',
    summary: 'Why an instance ran, or did not run, at an instant',
  },

  showSchedules: {
    method: 'GET',
    path: '/api/v1/schedules',
    permission: 'platform:read',
    summary: 'Whether all schedules are held back',
  },
  previewSchedules: {
    method: 'GET',
    path: '/api/v1/schedules/preview',
    permission: 'instances:read',
    on: 'listed',
    summary: 'What is due on the whole platform: occurrences, collisions, standalone conflicts',
  },
  previewFile: {
    method: 'POST',
    path: '/api/v1/schedules/preview',
    permission: 'instances:read',
    on: 'body',
    summary: 'The next occurrences that an instance file would have; nothing is kept',
  },
  pauseSchedules: {
    method: 'POST',
    path: '/api/v1/schedules/pause',
    permission: 'schedules:write',
    summary: 'Hold all schedules back; jobs that run go on',
  },
  resumeSchedules: {
    method: 'POST',
    path: '/api/v1/schedules/resume',
    permission: 'schedules:write',
    summary: 'Let all schedules make jobs again',
  },

  listCalendars: {
    method: 'GET',
    path: '/api/v1/calendars',
    permission: 'calendars:read',
    summary: 'Calendars in whose events nothing runs',
  },
  showCalendar: {
    method: 'GET',
    path: '/api/v1/calendars/:calendar',
    permission: 'calendars:read',
    summary: 'One calendar with its next events',
  },
  putCalendar: {
    method: 'PUT',
    path: '/api/v1/calendars/:calendar',
    permission: 'calendars:write',
    summary: 'Upload a calendar, or another version of it; the body is an iCalendar file',
  },
  removeCalendar: {
    method: 'DELETE',
    path: '/api/v1/calendars/:calendar',
    permission: 'calendars:write',
    summary: 'Forget a calendar that no instance names',
  },
} as const satisfies Record<string, Endpoint>;
