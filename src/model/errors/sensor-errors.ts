/** Errors of sensors. */
export const sensorErrors = {
  'sensor.invalid': {
    message: 'The sensor file does not fit: {count} problems, the first at {path}.',
    remedy: 'Correct every problem that is named; nothing of the file was kept. docs/sensors.md describes each field.',
    status: 422,
    retry: 'terminal',
  },
  'sensor.type-in-use': {
    message: 'The sensor type {type} cannot be removed: {count} sensors are of it: {sensors}.',
    remedy: "Remove them first with 'berth sensor remove SENSOR'.",
    status: 409,
    retry: 'terminal',
  },
  'sensor.type-unknown': {
    message: 'The sensor {sensor} is of the type {type}, which is not registered.',
    remedy:
      "Register the type first: approve its request ('berth sensor requests' lists them), or describe it in a file for 'berth sensor type apply'.",
    status: 409,
    retry: 'terminal',
  },
  'sensor.request-refused': {
    message: 'The request {request} was refused already, by {by}: {reason}',
    remedy: "Nothing is left to do. To grant it after all, use 'berth sensor approve {request}'.",
    status: 409,
    retry: 'terminal',
  },
  'sensor.request-approved': {
    message: 'The request {request} was approved already, by {by}.',
    remedy:
      "Nothing is left to do. To take it back, remove what was registered: 'berth sensor remove' or 'berth sensor type remove'.",
    status: 409,
    retry: 'terminal',
  },
} as const;
