// What the API answers of sensors, their types, and what packages wish for. Times are ISO 8601 in UTC.
import { z } from 'zod';
import { scheduleView } from './schedule-views.ts';
import { instant } from './views.ts';

const fieldView = z.object({
  name: z.string(),
  type: z.enum(['number', 'integer', 'boolean', 'string', 'object']),
  unit: z.string(),
  range: z.tuple([z.number(), z.number()]).optional(),
});

const describedType = z.object({
  id: z.string(),
  description: z.string(),
  fields: z.array(fieldView),
  rateHz: z.number(),
  controls: z.array(z.object({ name: z.string(), parameters: z.array(fieldView) })),
});

/** A kind of device. */
export const sensorTypeView = describedType
  .extend({
    sensors: z.number().describe('How many sensors are of it.'),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'SensorType' });

const describedSensor = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  location: z.string(),
  tags: z.array(z.string()),
  network: z.record(z.string(), z.string()),
});

/** A sensor with what is known of it. */
export const sensorView = describedSensor
  .extend({
    enabled: z.boolean(),
    schedule: scheduleView.nullable().describe('When its readings are taken; null: always.'),
    hasCredential: z.boolean().describe('Whether its device has a password to sign in with.'),
    state: z.enum(['unknown', 'online', 'silent', 'offline']),
    reason: z.string(),
    stateSince: instant.nullable(),
    lastReadingAt: instant.nullable(),
    readings: z.number(),
    misfits: z.number(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Sensor' });

const topicsView = z.object({ readings: z.string(), status: z.string(), controls: z.string(), acks: z.string() });

/** A sensor with the readings of it that were refused last, and the topics of its device. */
export const sensorDetailView = sensorView
  .extend({
    samples: z
      .array(z.object({ at: instant, text: z.string(), fault: z.string() }))
      .describe('The last readings that were refused; newest last.'),
    topics: topicsView,
  })
  .meta({ id: 'SensorDetail' });

/** A device's password, this once. */
export const credentialView = z
  .object({ sensor: z.string(), user: z.string(), password: z.string(), topics: topicsView })
  .meta({ id: 'SensorCredential' });

const outcomes = z.array(z.object({ id: z.string(), outcome: z.enum(['created', 'changed', 'unchanged']) }));

/** What became of a sensor file. */
export const appliedSensorsView = z.object({ types: outcomes, sensors: outcomes }).meta({ id: 'AppliedSensors' });

/** What a package wished for. */
export const sensorRequestView = z
  .object({
    id: z.string(),
    wish: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('type'), type: describedType }),
      z.object({ kind: z.literal('sensor'), sensor: describedSensor }),
    ]),
    application: z.string(),
    packages: z.array(z.string()).describe('Packages that named it; newest last.'),
    state: z.enum(['open', 'approved', 'refused']),
    decision: z.object({ by: z.string(), at: instant, reason: z.string() }).nullable(),
    createdAt: instant,
  })
  .meta({ id: 'SensorRequest' });
