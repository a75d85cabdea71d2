// Every route of the API with its permission and shapes: the server registers exactly these, cli and web call exactly these, and the
// OpenAPI document is generated from them.
import { z } from 'zod';
import * as view from './views.ts';

/** What a caller must be allowed to do. */
export type Permission =
  | 'platform:read'
  | 'applications:read'
  | 'applications:write'
  | 'instances:read'
  | 'instances:write'
  | 'jobs:read'
  | 'jobs:write'
  | 'logs:read'
  | 'nodes:read'
  | 'nodes:write'
  | 'events:read';

/** One route. `answer` is `stream` for server-sent events and `bytes` for raw contents. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly permission: Permission;
  readonly summary: string;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType | 'zip';
  readonly answer: z.ZodType | 'stream' | 'bytes';
}

const page = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100), after: z.string().optional() });
const logQuery = z.object({
  since: z.string().optional().describe('An ISO 8601 instant, or a duration back from now such as PT10M or 10m.'),
  until: z.string().optional(),
  stream: z.enum(['stdout', 'stderr']).optional(),
  tail: z.coerce.number().int().min(0).max(100_000).optional(),
  search: z.string().max(1000).optional(),
});
const reason = z.object({ reason: z.string().max(500).default('') });

/** The routes, by the name under which clients call them. */
export const ROUTES = {
  status: {
    method: 'GET',
    path: '/api/v1/status',
    permission: 'platform:read',
    summary: 'The platform in one look',
    answer: view.statusView,
  },

  listApplications: {
    method: 'GET',
    path: '/api/v1/applications',
    permission: 'applications:read',
    summary: 'Applications, by name',
    query: page,
    answer: view.pageOf(view.applicationView),
  },
  pushPackage: {
    method: 'POST',
    path: '/api/v1/packages',
    permission: 'applications:write',
    summary: 'Upload a zip: a new package of the application that it names',
    body: 'zip',
    answer: view.pushView,
  },
  checkPackage: {
    method: 'POST',
    path: '/api/v1/packages/check',
    permission: 'applications:read',
    summary: 'Check a zip as an upload would, keeping nothing',
    body: 'zip',
    answer: view.pushView,
  },
  showApplication: {
    method: 'GET',
    path: '/api/v1/applications/:application',
    permission: 'applications:read',
    summary: 'One application with its packages',
    answer: view.applicationDetailView,
  },
  usePackage: {
    method: 'PUT',
    path: '/api/v1/applications/:application/package',
    permission: 'applications:write',
    summary: 'Roll forward or back to a package',
    body: z.object({ package: z.string() }),
    answer: view.applicationView,
  },
  removeApplication: {
    method: 'DELETE',
    path: '/api/v1/applications/:application',
    permission: 'applications:write',
    summary: 'Remove an application that has no instances',
    answer: z.object({ removed: z.string() }),
  },
  retryImage: {
    method: 'POST',
    path: '/api/v1/packages/:package/image/retry',
    permission: 'applications:write',
    summary: 'Make the image of a package again after it failed',
    answer: view.imageView,
  },
  followInstallation: {
    method: 'GET',
    path: '/api/v1/packages/:package/installation',
    permission: 'applications:read',
    summary: "The installation of a package's dependencies, live",
    answer: 'stream',
  },

  listInstances: {
    method: 'GET',
    path: '/api/v1/instances',
    permission: 'instances:read',
    summary: 'Instances',
    query: page.extend({ application: z.string().optional() }),
    answer: view.pageOf(view.instanceView),
  },
  createInstance: {
    method: 'POST',
    path: '/api/v1/instances',
    permission: 'instances:write',
    summary: 'Create an instance; the body is an instance file (its schema is at /api/v1/schemas/instance-file)',
    body: z.record(z.string(), z.unknown()),
    answer: view.instanceView,
  },
  showInstance: {
    method: 'GET',
    path: '/api/v1/instances/:instance',
    permission: 'instances:read',
    summary: 'One instance, by name or id',
    answer: view.instanceView,
  },
  enableInstance: {
    method: 'POST',
    path: '/api/v1/instances/:instance/enable',
    permission: 'instances:write',
    summary: 'Let an instance run again',
    answer: view.instanceView,
  },
  disableInstance: {
    method: 'POST',
    path: '/api/v1/instances/:instance/disable',
    permission: 'instances:write',
    summary: 'Make no new jobs; a continuous instance ends',
    answer: view.instanceView,
  },
  removeInstance: {
    method: 'DELETE',
    path: '/api/v1/instances/:instance',
    permission: 'instances:write',
    summary: "End an instance's jobs and forget it",
    answer: view.instanceView,
  },
  runInstance: {
    method: 'POST',
    path: '/api/v1/instances/:instance/run',
    permission: 'jobs:write',
    summary: 'Run an instance now, by hand',
    answer: view.jobView,
  },

  listJobs: {
    method: 'GET',
    path: '/api/v1/jobs',
    permission: 'jobs:read',
    summary: 'Jobs, newest first',
    query: page.extend({
      instance: z.string().optional(),
      application: z.string().optional(),
      open: z.enum(['true', 'false']).optional(),
    }),
    answer: view.pageOf(view.jobView),
  },
  showJob: {
    method: 'GET',
    path: '/api/v1/jobs/:job',
    permission: 'jobs:read',
    summary: 'One job: why it runs now and here, its copies, every attempt',
    answer: view.jobDetailView,
  },
  stopJob: {
    method: 'POST',
    path: '/api/v1/jobs/:job/stop',
    permission: 'jobs:write',
    summary: 'End a job; never undone',
    body: reason,
    answer: view.jobView,
  },
  listOutputs: {
    method: 'GET',
    path: '/api/v1/jobs/:job/outputs',
    permission: 'jobs:read',
    summary: 'What a job gave as output',
    query: page.extend({ slot: z.coerce.number().int().min(0).optional() }),
    answer: view.pageOf(view.outputView),
  },
  openOutput: {
    method: 'GET',
    path: '/api/v1/outputs/:task/:record/content',
    permission: 'jobs:read',
    summary: 'The bytes of one output',
    answer: 'bytes',
  },

  readLog: {
    method: 'GET',
    path: '/api/v1/logs/:subject',
    permission: 'logs:read',
    summary: 'The log of a job or task: one JSON object a line',
    query: logQuery,
    answer: 'bytes',
  },
  followLog: {
    method: 'GET',
    path: '/api/v1/logs/:subject/follow',
    permission: 'logs:read',
    summary: 'The log of a job or task as it is written',
    query: logQuery,
    answer: 'stream',
  },

  listNodes: {
    method: 'GET',
    path: '/api/v1/nodes',
    permission: 'nodes:read',
    summary: 'Nodes',
    answer: view.pageOf(view.nodeView),
  },
  addNode: {
    method: 'POST',
    path: '/api/v1/nodes',
    permission: 'nodes:write',
    summary: 'Add a machine by SSH; without its host key the answer is the key to confirm',
    body: z.object({
      address: z.string().describe('ssh://user@host[:port]'),
      name: z.string().optional(),
      labels: z.record(z.string(), z.string()).default({}),
      hostKey: z
        .string()
        .optional()
        .describe('The public host key line or its SHA256 fingerprint, as the person confirmed it.'),
      identity: z
        .string()
        .optional()
        .describe("Path of a private key on the platform's machine; the platform's own key without it."),
    }),
    answer: view.nodeView,
  },
  nodeKey: {
    method: 'GET',
    path: '/api/v1/node-key',
    permission: 'nodes:read',
    summary: "The platform's public SSH key, for authorized_keys on nodes",
    answer: z.object({ publicKey: z.string() }),
  },
  showNode: {
    method: 'GET',
    path: '/api/v1/nodes/:node',
    permission: 'nodes:read',
    summary: 'One node',
    answer: view.nodeView.extend({ running: z.array(view.taskView) }),
  },
  drainNode: {
    method: 'POST',
    path: '/api/v1/nodes/:node/drain',
    permission: 'nodes:write',
    summary: 'Place nothing new on a node and move what is there',
    answer: view.nodeView,
  },
  undrainNode: {
    method: 'POST',
    path: '/api/v1/nodes/:node/undrain',
    permission: 'nodes:write',
    summary: 'Let a node take tasks again',
    answer: view.nodeView,
  },
  removeNode: {
    method: 'DELETE',
    path: '/api/v1/nodes/:node',
    permission: 'nodes:write',
    summary: 'Drain a node and forget it',
    answer: view.nodeView,
  },

  listEvents: {
    method: 'GET',
    path: '/api/v1/events',
    permission: 'events:read',
    summary: 'What happened, newest first',
    query: page.extend({ subject: z.string().optional(), application: z.string().optional() }),
    answer: view.pageOf(view.eventView),
  },
  followEvents: {
    method: 'GET',
    path: '/api/v1/events/follow',
    permission: 'events:read',
    summary: 'What happens, as it happens',
    query: z.object({
      after: z
        .string()
        .optional()
        .describe('Id of the last event that is known; the header Last-Event-ID says the same.'),
      subject: z.string().optional(),
      application: z.string().optional(),
    }),
    answer: 'stream',
  },

  appConfigSchema: {
    method: 'GET',
    path: '/api/v1/schemas/app-config',
    permission: 'platform:read',
    summary: 'JSON Schema of app_config.json',
    answer: z.record(z.string(), z.unknown()),
  },
  sensorConfigSchema: {
    method: 'GET',
    path: '/api/v1/schemas/sensor-config',
    permission: 'platform:read',
    summary: 'JSON Schema of sensor_config.json',
    answer: z.record(z.string(), z.unknown()),
  },
  instanceFileSchema: {
    method: 'GET',
    path: '/api/v1/schemas/instance-file',
    permission: 'platform:read',
    summary: 'JSON Schema of an instance file',
    answer: z.record(z.string(), z.unknown()),
  },
} as const satisfies Record<string, Route>;

/** The name of a route. */
export type RouteName = keyof typeof ROUTES;
