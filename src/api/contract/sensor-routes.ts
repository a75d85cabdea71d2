// The routes of sensors with the shapes of what they carry.
import { z } from 'zod';
import type { Route } from './route.ts';
import { SENSOR_ENDPOINTS } from './sensor-endpoints.ts';
import * as sensor from './sensor-views.ts';
import { page, pageOf } from './views.ts';

const text = z.string().max(500);

/** The routes, by the name under which clients call them. */
export const SENSOR_ROUTES = {
  listSensors: {
    ...SENSOR_ENDPOINTS.listSensors,
    query: page.extend({
      type: text.optional(),
      location: text.optional().describe('There, or deeper: a path such as campus/building-a.'),
      tag: text.optional(),
      state: z.enum(['unknown', 'online', 'silent', 'offline']).optional(),
    }),
    answer: pageOf(sensor.sensorView),
  },
  applySensors: {
    ...SENSOR_ENDPOINTS.applySensors,
    query: z.object({
      form: z.enum(['text', 'csv']).default('text').describe('csv: a table of sensors; text: JSON or YAML.'),
    }),
    body: 'sensor-file',
    answer: sensor.appliedSensorsView,
  },
  exportSensors: {
    ...SENSOR_ENDPOINTS.exportSensors,
    query: z.object({ form: z.enum(['json', 'yaml', 'csv']).default('json').describe('csv: the sensors alone.') }),
    answer: 'bytes',
  },
  showSensor: { ...SENSOR_ENDPOINTS.showSensor, answer: sensor.sensorDetailView },
  removeSensor: { ...SENSOR_ENDPOINTS.removeSensor, answer: z.object({ removed: z.string() }) },
  enableSensor: { ...SENSOR_ENDPOINTS.enableSensor, answer: sensor.sensorDetailView },
  disableSensor: { ...SENSOR_ENDPOINTS.disableSensor, answer: sensor.sensorDetailView },
  renewSensorCredential: { ...SENSOR_ENDPOINTS.renewSensorCredential, answer: sensor.credentialView },
  revokeSensorCredential: { ...SENSOR_ENDPOINTS.revokeSensorCredential, answer: sensor.sensorDetailView },

  listSensorTypes: { ...SENSOR_ENDPOINTS.listSensorTypes, query: page, answer: pageOf(sensor.sensorTypeView) },
  showSensorType: { ...SENSOR_ENDPOINTS.showSensorType, answer: sensor.sensorTypeView },
  removeSensorType: { ...SENSOR_ENDPOINTS.removeSensorType, answer: z.object({ removed: z.string() }) },

  listSensorRequests: {
    ...SENSOR_ENDPOINTS.listSensorRequests,
    query: page.extend({ state: z.enum(['open', 'approved', 'refused']).default('open') }),
    answer: pageOf(sensor.sensorRequestView),
  },
  approveSensorRequest: {
    ...SENSOR_ENDPOINTS.approveSensorRequest,
    body: z.object({ reason: z.string().max(500).default('') }).nullish(),
    answer: sensor.sensorRequestView,
  },
  refuseSensorRequest: {
    ...SENSOR_ENDPOINTS.refuseSensorRequest,
    body: z.object({ reason: z.string().min(1).max(500) }),
    answer: sensor.sensorRequestView,
  },

  sensorFileSchema: { ...SENSOR_ENDPOINTS.sensorFileSchema, answer: z.record(z.string(), z.unknown()) },
} as const satisfies Record<keyof typeof SENSOR_ENDPOINTS, Route>;
