// The routes of what people look at in the console, in plain words.
import type { Endpoint } from './endpoint.ts';

/** Routes that answer whole pages: over time, side by side, line by line. */
export const CONSOLE_ENDPOINTS = {
  overview: {
    method: 'GET',
    path: '/api/v1/overview',
    permission: 'platform:read',
    summary: 'Everything that a caller may see, in one look: what runs, what comes next, what failed and why',
  },
  timeline: {
    method: 'GET',
    path: '/api/v1/timeline',
    permission: 'jobs:read',
    on: 'listed',
    summary: 'What ran, runs and is due between two instants',
  },
  fleetLoad: {
    method: 'GET',
    path: '/api/v1/fleet-load',
    permission: 'nodes:read',
    summary: 'CPU, memory and load of all nodes together over time',
  },
  components: {
    method: 'GET',
    path: '/api/v1/components',
    permission: 'platform:read',
    summary: 'What the platform is made of here, and how each part of it is',
  },
  listSettings: {
    method: 'GET',
    path: '/api/v1/settings',
    permission: 'settings:read',
    summary: 'Every setting with its value, without passwords',
  },

  instanceFile: {
    method: 'GET',
    path: '/api/v1/instances/:instance/file',
    permission: 'instances:read',
    on: 'instance',
    summary: 'An instance as an instance file: applied again it changes nothing',
  },

  comparePackages: {
    method: 'GET',
    path: '/api/v1/packages/:package/compare/:other',
    permission: 'applications:read',
    on: 'package',
    summary: 'What is other in another package of the same application: its files and its configuration',
  },
  readPackageFile: {
    method: 'GET',
    path: '/api/v1/packages/:package/file',
    permission: 'applications:read',
    on: 'package',
    summary: 'The bytes of one file of a package',
  },

  jobUsage: {
    method: 'GET',
    path: '/api/v1/jobs/:job/usage',
    permission: 'jobs:read',
    on: 'job',
    summary: 'CPU and memory of each copy of a job over time',
  },

  logWindow: {
    method: 'GET',
    path: '/api/v1/logs/:subject/window',
    permission: 'logs:read',
    on: 'log',
    summary: 'Lines of a log by their numbers',
  },
  searchLog: {
    method: 'GET',
    path: '/api/v1/logs/:subject/search',
    permission: 'logs:read',
    on: 'log',
    summary: 'The lines of a log that contain a text',
  },
} as const satisfies Record<string, Endpoint>;
