// Every route of the API with who may call it, in plain words: what a client needs to call it, without the schemas of what is carried.
import { ACCOUNT_ENDPOINTS } from './account-endpoints.ts';
import { ACTION_ENDPOINTS } from './action-endpoints.ts';
import { AUDIT_ENDPOINTS } from './audit-endpoints.ts';
import { BACKUP_ENDPOINTS } from './backup-endpoints.ts';
import { CONSOLE_ENDPOINTS } from './console-endpoints.ts';
import type { Endpoint } from './endpoint.ts';
import { MONITORING_ENDPOINTS } from './monitoring-endpoints.ts';
import { READING_ENDPOINTS } from './reading-endpoints.ts';
import { SCHEDULE_ENDPOINTS } from './schedule-endpoints.ts';
import { SECRET_ENDPOINTS } from './secret-endpoints.ts';
import { SENSOR_ENDPOINTS } from './sensor-endpoints.ts';

/** All routes, by the name under which clients call them. */
export const ENDPOINTS = {
  status: {
    method: 'GET',
    path: '/api/v1/status',
    permission: 'platform:read',
    summary: 'The platform in one look',
  },

  listApplications: {
    method: 'GET',
    path: '/api/v1/applications',
    permission: 'applications:read',
    on: 'listed',
    summary: 'Applications, by name',
  },
  pushPackage: {
    method: 'POST',
    path: '/api/v1/packages',
    permission: 'applications:write',
    on: 'body',
    summary: 'Upload a zip: a new package of the application that it names',
  },
  checkPackage: {
    method: 'POST',
    path: '/api/v1/packages/check',
    permission: 'applications:read',
    on: 'listed',
    summary: 'Check a zip as an upload would, keeping nothing',
  },
  showApplication: {
    method: 'GET',
    path: '/api/v1/applications/:application',
    permission: 'applications:read',
    on: 'application',
    summary: 'One application with its packages',
  },
  usePackage: {
    method: 'PUT',
    path: '/api/v1/applications/:application/package',
    permission: 'applications:write',
    on: 'application',
    summary: 'Roll forward or back to a package',
  },
  removeApplication: {
    method: 'DELETE',
    path: '/api/v1/applications/:application',
    permission: 'applications:write',
    on: 'application',
    summary: 'Remove an application that has no instances',
  },
  retryImage: {
    method: 'POST',
    path: '/api/v1/packages/:package/image/retry',
    permission: 'applications:write',
    on: 'package',
    summary: 'Make the image of a package again after it failed',
  },
  followInstallation: {
    method: 'GET',
    path: '/api/v1/packages/:package/installation',
    permission: 'applications:read',
    on: 'package',
    answeredBy: 'image',
    summary: "The installation of a package's dependencies, live",
  },

  ...SCHEDULE_ENDPOINTS,

  listJobs: {
    method: 'GET',
    path: '/api/v1/jobs',
    permission: 'jobs:read',
    on: 'listed',
    summary: 'Jobs, newest first',
  },
  showJob: {
    method: 'GET',
    path: '/api/v1/jobs/:job',
    permission: 'jobs:read',
    on: 'job',
    summary: 'One job: why it runs now and here, its copies, every attempt',
  },
  stopJob: {
    method: 'POST',
    path: '/api/v1/jobs/:job/stop',
    permission: 'jobs:write',
    on: 'job',
    summary: 'End a job, at once or with grace; never undone',
  },
  rerunJob: {
    method: 'POST',
    path: '/api/v1/jobs/:job/rerun',
    permission: 'jobs:write',
    on: 'job',
    summary: 'Run a job once more: the same package, the same parameters',
  },
  listOutputs: {
    method: 'GET',
    path: '/api/v1/jobs/:job/outputs',
    permission: 'jobs:read',
    on: 'job',
    summary: 'What a job gave as output',
  },
  openOutput: {
    method: 'GET',
    path: '/api/v1/outputs/:task/:record/content',
    permission: 'jobs:read',
    on: 'task',
    summary: 'The bytes of one output',
  },

  readLog: {
    method: 'GET',
    path: '/api/v1/logs/:subject',
    permission: 'logs:read',
    on: 'log',
    summary: 'The log of a job or task: one JSON object a line',
  },
  followLog: {
    method: 'GET',
    path: '/api/v1/logs/:subject/follow',
    permission: 'logs:read',
    on: 'log',
    summary: 'The log of a job or task as it is written',
  },

  listNodes: {
    method: 'GET',
    path: '/api/v1/nodes',
    permission: 'nodes:read',
    summary: 'Nodes',
  },
  addNode: {
    method: 'POST',
    path: '/api/v1/nodes',
    permission: 'nodes:write',
    summary: 'Add a machine by SSH; without its host key the answer is the key to confirm',
  },
  nodeKey: {
    method: 'GET',
    path: '/api/v1/node-key',
    permission: 'nodes:read',
    summary: "The platform's public SSH key, for authorized_keys on nodes",
  },
  showNode: {
    method: 'GET',
    path: '/api/v1/nodes/:node',
    permission: 'nodes:read',
    summary: 'One node',
  },
  nodeLoad: {
    method: 'GET',
    path: '/api/v1/nodes/:node/load',
    permission: 'nodes:read',
    summary: "A node's CPU, memory, disk and load over time",
  },
  drainNode: {
    method: 'POST',
    path: '/api/v1/nodes/:node/drain',
    permission: 'nodes:write',
    summary: 'Place nothing new on a node and move what is there',
  },
  undrainNode: {
    method: 'POST',
    path: '/api/v1/nodes/:node/undrain',
    permission: 'nodes:write',
    summary: 'Let a node take tasks again',
  },
  removeNode: {
    method: 'DELETE',
    path: '/api/v1/nodes/:node',
    permission: 'nodes:write',
    summary: 'Drain a node and forget it; a lost one at once, by force',
  },

  whyNode: {
    method: 'GET',
    path: '/api/v1/nodes/:node/why',
    permission: 'nodes:read',
    summary: 'Why a node is as it is: what was found, what was tried, what comes next',
  },
  setNodeRecovery: {
    method: 'PUT',
    path: '/api/v1/nodes/:node/recovery',
    permission: 'nodes:write',
    summary: 'Let a node be recovered by itself, or not',
  },
  recoverNode: {
    method: 'POST',
    path: '/api/v1/nodes/:node/recover',
    permission: 'nodes:write',
    summary: 'Take a step of recovery now, whatever limits say',
  },
  adoptMachine: {
    method: 'PUT',
    path: '/api/v1/nodes/:node/machine',
    permission: 'nodes:write',
    summary: 'Say which machine of which provider a node is',
  },

  listProviders: {
    method: 'GET',
    path: '/api/v1/providers',
    permission: 'nodes:read',
    summary: 'Providers, with their nodes and the machines that are being made',
  },
  addProvider: {
    method: 'POST',
    path: '/api/v1/providers',
    permission: 'nodes:write',
    summary: 'Add something that can start, stop, make and destroy machines',
  },
  showProvider: {
    method: 'GET',
    path: '/api/v1/providers/:provider',
    permission: 'nodes:read',
    summary: 'One provider',
  },
  removeProvider: {
    method: 'DELETE',
    path: '/api/v1/providers/:provider',
    permission: 'nodes:write',
    summary: 'Forget a provider as soon as no node names it any more',
  },
  growFleet: {
    method: 'POST',
    path: '/api/v1/providers/:provider/machines',
    permission: 'nodes:write',
    summary: 'Order machines that become nodes',
  },

  ...SENSOR_ENDPOINTS,

  ...READING_ENDPOINTS,

  ...ACTION_ENDPOINTS,

  ...ACCOUNT_ENDPOINTS,

  ...AUDIT_ENDPOINTS,

  ...SECRET_ENDPOINTS,

  ...BACKUP_ENDPOINTS,

  ...MONITORING_ENDPOINTS,

  ...CONSOLE_ENDPOINTS,

  listEvents: {
    method: 'GET',
    path: '/api/v1/events',
    permission: 'events:read',
    on: 'listed',
    summary: 'What happened, newest first',
  },
  followEvents: {
    method: 'GET',
    path: '/api/v1/events/follow',
    permission: 'events:read',
    on: 'listed',
    summary: 'What happens, as it happens',
  },

  appConfigSchema: {
    method: 'GET',
    path: '/api/v1/schemas/app-config',
    permission: 'platform:read',
    summary: 'JSON Schema of app_config.json',
  },
  sensorConfigSchema: {
    method: 'GET',
    path: '/api/v1/schemas/sensor-config',
    permission: 'platform:read',
    summary: 'JSON Schema of sensor_config.json',
  },
  instanceFileSchema: {
    method: 'GET',
    path: '/api/v1/schemas/instance-file',
    permission: 'platform:read',
    summary: 'JSON Schema of an instance file',
  },
} as const satisfies Record<string, Endpoint>;

/** The name of a route. */
export type RouteName = keyof typeof ENDPOINTS;
