// The routes of readings, with the schemas of what they carry.
import { z } from 'zod';
import { READING_ENDPOINTS } from './reading-endpoints.ts';
import type { Route } from './route.ts';

/** One reading. */
export const readingView = z.object({
  sequence: z.number().describe('Grows with every reading of the platform.'),
  sensor: z.string(),
  at: z.string(),
  values: z.record(z.string(), z.unknown()).describe('By the fields of the sensor’s type.'),
});

/** Numbers of a sensor over time. */
export const sensorOverTimeView = z.object({
  sensor: z.string(),
  from: z.string(),
  to: z.string(),
  stepMs: z.number(),
  fields: z.array(
    z.object({
      name: z.string(),
      unit: z.string(),
      points: z
        .array(z.object({ at: z.string(), min: z.number(), mean: z.number(), max: z.number() }))
        .describe('A step without readings has no point.'),
    }),
  ),
});

const range = z.object({
  since: z.string().default('1h').describe('An ISO 8601 instant, or a duration back from now such as PT10M or 10m.'),
  until: z.string().optional(),
});

/** Routes by which readings come in and are read. */
export const READING_ROUTES = {
  sendReadings: {
    ...READING_ENDPOINTS.sendReadings,
    body: 'reading',
    answer: z.object({ taken: z.number() }),
  },
  latestReading: {
    ...READING_ENDPOINTS.latestReading,
    answer: z.object({ reading: readingView.nullable() }),
  },
  listReadings: {
    ...READING_ENDPOINTS.listReadings,
    query: range.extend({
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      after: z.string().regex(/^\d+$/).optional().describe('Goes on after the page that gave this.'),
    }),
    answer: z.object({ items: z.array(readingView), next: z.string().optional() }),
  },
  exportReadings: {
    ...READING_ENDPOINTS.exportReadings,
    query: range,
    answer: 'bytes',
  },
  followReadings: {
    ...READING_ENDPOINTS.followReadings,
    query: z.object({
      after: z.coerce.number().int().min(0).optional().describe('A sequence to go on after; from now on without it.'),
      rate: z.coerce.number().min(0.000001).max(1e6).optional().describe('At most so many readings per second.'),
    }),
    answer: 'stream',
  },
  sensorOverTime: {
    ...READING_ENDPOINTS.sensorOverTime,
    query: range.extend({
      field: z.string().optional(),
      points: z.coerce.number().int().min(1).max(1000).default(240).describe('At most this many points of each field.'),
    }),
    answer: sensorOverTimeView,
  },
} as const satisfies Record<keyof typeof READING_ENDPOINTS, Route>;
