// Every route of the API with the shapes of what it carries: the server registers exactly these, cli and web call exactly these, and the
// OpenAPI document is generated from them.
import { z } from 'zod';
import { JOB_STATES } from '../../model/job.ts';
import { RECOVERY_ACTS } from '../../model/node.ts';
import { ACCOUNT_ROUTES } from './account-routes.ts';
import { ACTION_ROUTES } from './action-routes.ts';
import { AUDIT_ROUTES } from './audit-routes.ts';
import { BACKUP_ROUTES } from './backup-routes.ts';
import { CONSOLE_ROUTES } from './console-routes.ts';
import { ENDPOINTS, type RouteName } from './endpoints.ts';
import { MONITORING_ROUTES } from './monitoring-routes.ts';
import * as providers from './provider-views.ts';
import { READING_ROUTES } from './reading-routes.ts';
import type { Route } from './route.ts';
import { SCHEDULE_ROUTES } from './schedule-routes.ts';
import { SECRET_ROUTES } from './secret-routes.ts';
import { SENSOR_ROUTES } from './sensor-routes.ts';
import * as view from './views.ts';

const logQuery = z.object({
  since: z.string().optional().describe('An ISO 8601 instant, or a duration back from now such as PT10M or 10m.'),
  until: z.string().optional(),
  stream: z.enum(['stdout', 'stderr']).optional(),
  tail: z.coerce.number().int().min(0).max(100_000).optional(),
  search: z.string().max(1000).optional(),
});

const jobStates = z
  .string()
  .transform((text) => text.split(',').map((word) => word.trim()))
  .pipe(z.array(z.enum(JOB_STATES)).min(1));

/** The routes, by the name under which clients call them. */
export const ROUTES = {
  status: {
    ...ENDPOINTS.status,
    answer: view.statusView,
  },

  listApplications: {
    ...ENDPOINTS.listApplications,
    query: view.page,
    answer: view.pageOf(view.applicationView),
  },
  pushPackage: {
    ...ENDPOINTS.pushPackage,
    query: z.object({
      project: z
        .string()
        .optional()
        .describe('Where a new application goes; without it, the default project or your only one.'),
    }),
    body: 'zip',
    answer: view.pushView,
  },
  checkPackage: {
    ...ENDPOINTS.checkPackage,
    body: 'zip',
    answer: view.pushView,
  },
  showApplication: {
    ...ENDPOINTS.showApplication,
    answer: view.applicationDetailView,
  },
  usePackage: {
    ...ENDPOINTS.usePackage,
    body: z.object({ package: z.string() }),
    answer: view.applicationView,
  },
  removeApplication: {
    ...ENDPOINTS.removeApplication,
    answer: z.object({ removed: z.string() }),
  },
  retryImage: {
    ...ENDPOINTS.retryImage,
    answer: view.imageView,
  },
  followInstallation: {
    ...ENDPOINTS.followInstallation,
    answer: 'stream',
  },

  ...SCHEDULE_ROUTES,

  listJobs: {
    ...ENDPOINTS.listJobs,
    query: view.page.extend({
      instance: z.string().optional(),
      application: z.string().optional(),
      open: z.enum(['true', 'false']).optional(),
      state: jobStates
        .optional()
        .describe('One state or several with commas; newest first then counts from when jobs were made.'),
      since: z
        .string()
        .optional()
        .describe('Begun since an ISO 8601 instant, or a duration back from now such as PT10M or 10m.'),
    }),
    answer: view.pageOf(view.jobView),
  },
  showJob: {
    ...ENDPOINTS.showJob,
    answer: view.jobDetailView,
  },
  stopJob: {
    ...ENDPOINTS.stopJob,
    body: z.object({
      reason: z.string().max(500).default(''),
      graceMs: z
        .number()
        .int()
        .min(0)
        .max(86_400_000)
        .optional()
        .describe('Between the notice to stop and the kill; without it as the instance says.'),
    }),
    answer: view.jobView,
  },
  rerunJob: {
    ...ENDPOINTS.rerunJob,
    answer: view.jobView,
  },
  listOutputs: {
    ...ENDPOINTS.listOutputs,
    query: view.page.extend({
      slot: z.coerce.number().int().min(0).optional(),
      order: z.enum(['oldest', 'newest']).default('oldest').describe('Which come first.'),
    }),
    answer: view.pageOf(view.outputView),
  },
  openOutput: {
    ...ENDPOINTS.openOutput,
    answer: 'bytes',
  },

  readLog: {
    ...ENDPOINTS.readLog,
    query: logQuery,
    answer: 'bytes',
  },
  followLog: {
    ...ENDPOINTS.followLog,
    query: logQuery,
    answer: 'stream',
  },

  listNodes: {
    ...ENDPOINTS.listNodes,
    answer: view.pageOf(view.nodeView),
  },
  addNode: {
    ...ENDPOINTS.addNode,
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
    ...ENDPOINTS.nodeKey,
    answer: z.object({ publicKey: z.string() }),
  },
  showNode: {
    ...ENDPOINTS.showNode,
    answer: view.nodeView.extend({ running: z.array(view.taskView) }),
  },
  nodeLoad: {
    ...ENDPOINTS.nodeLoad,
    query: z.object({
      range: z.string().default('1h').describe('How far back, for example 15m, 1h, 7d or 365d; or an instant.'),
      points: z.coerce.number().int().min(1).max(1000).default(240).describe('At most this many points.'),
    }),
    answer: view.nodeLoadView,
  },
  drainNode: {
    ...ENDPOINTS.drainNode,
    query: z.object({
      deadlineMs: z.coerce
        .number()
        .int()
        .min(0)
        .optional()
        .describe('What could not move away by then is stopped; without it, it stays.'),
    }),
    answer: view.nodeView,
  },
  undrainNode: {
    ...ENDPOINTS.undrainNode,
    answer: view.nodeView,
  },
  removeNode: {
    ...ENDPOINTS.removeNode,
    query: z.object({
      force: z.enum(['true', 'false']).default('false').describe('Forget a lost node without waiting for its tasks.'),
    }),
    answer: view.nodeView,
  },

  whyNode: {
    ...ENDPOINTS.whyNode,
    answer: view.nodeWhyView,
  },
  setNodeRecovery: {
    ...ENDPOINTS.setNodeRecovery,
    body: z.object({ mode: z.enum(['automatic', 'off']) }),
    answer: view.nodeView,
  },
  recoverNode: {
    ...ENDPOINTS.recoverNode,
    body: z.object({ step: z.enum(RECOVERY_ACTS).nullable().default(null) }),
    answer: view.nodeView,
  },
  adoptMachine: {
    ...ENDPOINTS.adoptMachine,
    body: z.object({ provider: z.string(), machine: z.string().min(1).max(200) }),
    answer: view.nodeView,
  },

  listProviders: {
    ...ENDPOINTS.listProviders,
    answer: view.pageOf(providers.providerView),
  },
  addProvider: {
    ...ENDPOINTS.addProvider,
    body: providers.newProvider,
    answer: providers.providerView,
  },
  showProvider: {
    ...ENDPOINTS.showProvider,
    answer: providers.providerView,
  },
  removeProvider: {
    ...ENDPOINTS.removeProvider,
    answer: z.object({ removing: z.string() }),
  },
  growFleet: {
    ...ENDPOINTS.growFleet,
    body: z.object({ count: z.number().int().min(1).max(100).default(1) }),
    answer: z.object({ items: z.array(providers.orderView) }),
  },

  ...SENSOR_ROUTES,

  ...READING_ROUTES,

  ...ACTION_ROUTES,

  ...ACCOUNT_ROUTES,

  ...AUDIT_ROUTES,

  ...SECRET_ROUTES,

  ...BACKUP_ROUTES,

  ...MONITORING_ROUTES,

  ...CONSOLE_ROUTES,

  listEvents: {
    ...ENDPOINTS.listEvents,
    query: view.page.extend({ subject: z.string().optional(), application: z.string().optional() }),
    answer: view.pageOf(view.eventView),
  },
  followEvents: {
    ...ENDPOINTS.followEvents,
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
    ...ENDPOINTS.appConfigSchema,
    answer: z.record(z.string(), z.unknown()),
  },
  sensorConfigSchema: {
    ...ENDPOINTS.sensorConfigSchema,
    answer: z.record(z.string(), z.unknown()),
  },
  instanceFileSchema: {
    ...ENDPOINTS.instanceFileSchema,
    answer: z.record(z.string(), z.unknown()),
  },
} as const satisfies Record<RouteName, Route>;
