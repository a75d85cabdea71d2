// The routes of readings, in plain words.
import type { Endpoint } from './endpoint.ts';

/** Routes by which readings come in and are read. */
export const READING_ENDPOINTS = {
  sendReadings: {
    method: 'POST',
    path: '/api/v1/readings/:sensor',
    permission: 'device',
    answeredBy: 'sensors',
    summary:
      "Readings of a device, in JSON as over MQTT; with the sensor's own credential (HTTP Basic or bearer). Answered when they are durable",
  },
  latestReading: {
    method: 'GET',
    path: '/api/v1/sensors/:sensor/readings/latest',
    permission: 'sensors:read',
    summary: 'The last reading of a sensor',
  },
  listReadings: {
    method: 'GET',
    path: '/api/v1/sensors/:sensor/readings',
    permission: 'sensors:read',
    summary: 'Single readings of a sensor, in the order in which they came, as far back as they are kept',
  },
  exportReadings: {
    method: 'GET',
    path: '/api/v1/sensors/:sensor/readings/csv',
    permission: 'sensors:read',
    summary: 'Single readings of a sensor as CSV',
  },
  followReadings: {
    method: 'GET',
    path: '/api/v1/sensors/:sensor/readings/follow',
    permission: 'sensors:read',
    summary: 'Readings of a sensor as they come',
  },
  sensorOverTime: {
    method: 'GET',
    path: '/api/v1/sensors/:sensor/series',
    permission: 'sensors:read',
    summary: 'The numbers of a sensor over time, for plots: least, mean and most of each step',
  },
} as const satisfies Record<string, Endpoint>;
