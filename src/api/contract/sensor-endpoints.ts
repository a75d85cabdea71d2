// The routes of sensors and their types, in plain words.
import type { Endpoint } from './endpoint.ts';

/** Routes of the registry of sensors. */
export const SENSOR_ENDPOINTS = {
  listSensors: {
    method: 'GET',
    path: '/api/v1/sensors',
    permission: 'sensors:read',
    summary: 'Sensors, with what is known of them',
  },
  applySensors: {
    method: 'PUT',
    path: '/api/v1/sensors',
    permission: 'sensors:write',
    summary:
      'Register the types and sensors that a sensor file names, or change them to what it says (JSON, YAML or CSV; its schema is at /api/v1/schemas/sensor-file)',
  },
  exportSensors: {
    method: 'GET',
    path: '/api/v1/sensor-file',
    permission: 'sensors:read',
    summary: 'Everything that is registered, as a sensor file',
  },
  showSensor: {
    method: 'GET',
    path: '/api/v1/sensors/:sensor',
    permission: 'sensors:read',
    summary: 'One sensor',
  },
  removeSensor: {
    method: 'DELETE',
    path: '/api/v1/sensors/:sensor',
    permission: 'sensors:write',
    summary: 'Forget a sensor',
  },
  enableSensor: {
    method: 'POST',
    path: '/api/v1/sensors/:sensor/enable',
    permission: 'sensors:write',
    summary: "Take a sensor's readings again",
  },
  disableSensor: {
    method: 'POST',
    path: '/api/v1/sensors/:sensor/disable',
    permission: 'sensors:write',
    summary: "Refuse a sensor's readings, and bind it no more",
  },
  renewSensorCredential: {
    method: 'POST',
    path: '/api/v1/sensors/:sensor/credential',
    permission: 'sensors:write',
    summary: "Give a sensor's device a new password, which is answered this once",
  },
  revokeSensorCredential: {
    method: 'DELETE',
    path: '/api/v1/sensors/:sensor/credential',
    permission: 'sensors:write',
    summary: "Take a device's password away",
  },

  listSensorTypes: {
    method: 'GET',
    path: '/api/v1/sensor-types',
    permission: 'sensors:read',
    summary: 'Sensor types, by name',
  },
  showSensorType: {
    method: 'GET',
    path: '/api/v1/sensor-types/:type',
    permission: 'sensors:read',
    summary: 'One sensor type',
  },
  removeSensorType: {
    method: 'DELETE',
    path: '/api/v1/sensor-types/:type',
    permission: 'sensors:write',
    summary: 'Forget a sensor type that no sensor is of',
  },

  listSensorRequests: {
    method: 'GET',
    path: '/api/v1/sensor-requests',
    permission: 'sensors:read',
    summary: 'Sensors and types that packages name and nobody has registered, oldest first',
  },
  approveSensorRequest: {
    method: 'POST',
    path: '/api/v1/sensor-requests/:request/approve',
    permission: 'sensors:approve',
    summary: 'Register what a package wished for',
  },
  refuseSensorRequest: {
    method: 'POST',
    path: '/api/v1/sensor-requests/:request/refuse',
    permission: 'sensors:approve',
    summary: 'Refuse what a package wished for, with the reason',
  },

  sensorFileSchema: {
    method: 'GET',
    path: '/api/v1/schemas/sensor-file',
    permission: 'platform:read',
    summary: 'JSON Schema of a sensor file',
  },
} as const satisfies Record<string, Endpoint>;
