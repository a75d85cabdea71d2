// The routes of instances, schedules and calendars with the shapes of what they carry.
import { z } from 'zod';
import { platformPreview, preview } from './preview-views.ts';
import type { Route } from './route.ts';
import { SCHEDULE_ENDPOINTS } from './schedule-endpoints.ts';
import * as schedule from './schedule-views.ts';
import { instant, jobView, page, pageOf } from './views.ts';

const PARAMETER = /^[A-Za-z_][A-Za-z0-9_.-]{0,126}$/;

const count = z.coerce.number().int().min(1).max(1000).default(10);
const parameters = z
  .record(z.string().regex(PARAMETER), z.union([z.string().max(32_768), z.number(), z.boolean()]).transform(String))
  .refine((all) => Object.keys(all).length <= 100, { error: 'at most 100 parameters' });

/** The routes, by the name under which clients call them. */
export const SCHEDULE_ROUTES = {
  listInstances: {
    ...SCHEDULE_ENDPOINTS.listInstances,
    query: page.extend({ application: z.string().optional() }),
    answer: pageOf(schedule.instanceView),
  },
  createInstance: { ...SCHEDULE_ENDPOINTS.createInstance, body: 'instance-file', answer: schedule.instanceView },
  applyInstance: { ...SCHEDULE_ENDPOINTS.applyInstance, body: 'instance-file', answer: schedule.appliedView },
  updateInstance: { ...SCHEDULE_ENDPOINTS.updateInstance, body: 'instance-file', answer: schedule.appliedView },
  showInstance: { ...SCHEDULE_ENDPOINTS.showInstance, answer: schedule.instanceView },
  enableInstance: { ...SCHEDULE_ENDPOINTS.enableInstance, answer: schedule.instanceView },
  disableInstance: { ...SCHEDULE_ENDPOINTS.disableInstance, answer: schedule.instanceView },
  removeInstance: { ...SCHEDULE_ENDPOINTS.removeInstance, answer: schedule.instanceView },
  runInstance: {
    ...SCHEDULE_ENDPOINTS.runInstance,
    body: z.object({ parameters: parameters.default({}) }).nullish(),
    answer: jobView,
  },
  skipOccurrence: {
    ...SCHEDULE_ENDPOINTS.skipOccurrence,
    body: z
      .object({ at: z.iso.datetime({ offset: true }).nullable().default(null).describe('Null: the next one.') })
      .nullish(),
    answer: schedule.skipView,
  },
  previewInstance: {
    ...SCHEDULE_ENDPOINTS.previewInstance,
    query: z.object({ count, after: instant.optional().describe('Those after this instant; without it after now.') }),
    answer: preview,
  },
  instanceHistory: {
    ...SCHEDULE_ENDPOINTS.instanceHistory,
    query: z.object({
      last: z.coerce.number().int().min(1).max(1000).default(50).describe('At most so many jobs, the newest.'),
      since: z.string().optional().describe('An ISO 8601 instant, or a duration back from now such as P7D or 7d.'),
    }),
    answer: schedule.historyView,
  },
  listGaps: { ...SCHEDULE_ENDPOINTS.listGaps, query: page, answer: schedule.gapPage },
  whyOccurrence: {
    ...SCHEDULE_ENDPOINTS.whyOccurrence,
    query: z.object({ at: z.iso.datetime({ offset: true }) }),
    answer: schedule.occurrenceAnswerView,
  },

  showSchedules: { ...SCHEDULE_ENDPOINTS.showSchedules, answer: schedule.pauseView },
  previewSchedules: {
    ...SCHEDULE_ENDPOINTS.previewSchedules,
    query: z.object({
      hours: z.coerce
        .number()
        .min(0.1)
        .max(24 * 31)
        .default(24),
      limit: z.coerce.number().int().min(1).max(10_000).default(1000).describe('At most so many occurrences.'),
    }),
    answer: platformPreview,
  },
  previewFile: {
    ...SCHEDULE_ENDPOINTS.previewFile,
    query: z.object({ count }),
    body: 'instance-file',
    answer: preview,
  },
  pauseSchedules: {
    ...SCHEDULE_ENDPOINTS.pauseSchedules,
    body: z.object({ reason: z.string().max(500).default('') }).nullish(),
    answer: schedule.pauseView,
  },
  resumeSchedules: { ...SCHEDULE_ENDPOINTS.resumeSchedules, answer: schedule.pauseView },

  listCalendars: { ...SCHEDULE_ENDPOINTS.listCalendars, answer: pageOf(schedule.calendarView) },
  showCalendar: { ...SCHEDULE_ENDPOINTS.showCalendar, answer: schedule.calendarDetailView },
  putCalendar: { ...SCHEDULE_ENDPOINTS.putCalendar, body: 'calendar', answer: schedule.calendarView },
  removeCalendar: { ...SCHEDULE_ENDPOINTS.removeCalendar, answer: z.object({ removed: z.string() }) },
} as const satisfies Record<keyof typeof SCHEDULE_ENDPOINTS, Route>;
