// The routes of what people look at in the console with the shapes of what they carry.
import { z } from 'zod';
import { CONSOLE_ENDPOINTS } from './console-endpoints.ts';
import * as view from './console-views.ts';
import type { Route } from './route.ts';

const time = z.string().describe('An ISO 8601 instant, or a duration back from now such as PT10M or 10m.');
const line = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const points = z.coerce.number().int().min(1).max(1000).default(240).describe('At most this many points.');
const slot = z.coerce
  .number()
  .int()
  .min(0)
  .optional()
  .describe('Only this copy of a job; without it all of them, merged by time.');

/** The routes, by the name under which clients call them. */
export const CONSOLE_ROUTES = {
  overview: { ...CONSOLE_ENDPOINTS.overview, answer: view.overviewView },
  timeline: {
    ...CONSOLE_ENDPOINTS.timeline,
    query: z.object({
      from: time.default('24h'),
      to: z.string().optional().describe('An ISO 8601 instant, in the future too; without it 24 hours from now.'),
      application: z.string().optional(),
      instance: z.string().optional().describe('Its name or id.'),
      limit: z.coerce
        .number()
        .int()
        .min(1)
        .max(5000)
        .default(1000)
        .describe('At most this many jobs that were made, and as many that are to come.'),
    }),
    answer: view.timelineView,
  },
  fleetLoad: {
    ...CONSOLE_ENDPOINTS.fleetLoad,
    query: z.object({ since: time.default('1h'), points }),
    answer: view.fleetLoadView,
  },
  components: { ...CONSOLE_ENDPOINTS.components, answer: z.object({ items: z.array(view.componentView) }) },
  listSettings: { ...CONSOLE_ENDPOINTS.listSettings, answer: z.object({ items: z.array(view.settingView) }) },

  instanceFile: {
    ...CONSOLE_ENDPOINTS.instanceFile,
    answer: z.record(z.string(), z.unknown()).describe('As /api/v1/schemas/instance-file describes it.'),
  },

  comparePackages: { ...CONSOLE_ENDPOINTS.comparePackages, answer: view.comparisonView },
  readPackageFile: {
    ...CONSOLE_ENDPOINTS.readPackageFile,
    query: z.object({ path: z.string().min(1).max(4096) }),
    answer: 'bytes',
  },

  jobUsage: {
    ...CONSOLE_ENDPOINTS.jobUsage,
    query: z.object({
      since: time.optional().describe('Without it, since the job was started.'),
      points,
    }),
    answer: view.jobUsageView,
  },

  logWindow: {
    ...CONSOLE_ENDPOINTS.logWindow,
    query: z.object({
      from: line.optional().describe('The first line; without it, the last lines.'),
      count: z.coerce
        .number()
        .int()
        .min(1)
        .max(1000)
        .default(200)
        .describe('At most this many; fewer where lines are long.'),
      slot,
    }),
    answer: view.logWindowView,
  },
  searchLog: {
    ...CONSOLE_ENDPOINTS.searchLog,
    query: z.object({
      text: z
        .string()
        .min(1)
        .max(1000)
        .regex(/^[^\n]*$/)
        .describe('What a line must contain, byte for byte; a line never contains a newline.'),
      from: line.default(0).describe('The line from which on to look.'),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      slot,
    }),
    answer: view.logMatchesView,
  },
} as const satisfies Record<keyof typeof CONSOLE_ENDPOINTS, Route>;
