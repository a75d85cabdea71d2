/** Errors of readings, and of what is said to and by devices. */
export const readingErrors = {
  'reading.misfit': {
    message: '{refused} of {count} readings of {sensor} do not fit the type {type}: {fault}.',
    remedy:
      "Send what 'berth sensor type show {type}' names, each field with its JSON type and in its range; the readings that do fit were taken.",
    status: 400,
    retry: 'terminal',
  },
  'reading.sensor-disabled': {
    message: 'The sensor {sensor} is disabled: its readings are not taken.',
    remedy: 'An administrator can enable it again.',
    status: 409,
    retry: 'terminal',
  },
  'reading.sensor-closed': {
    message: 'The sensor {sensor} is not read now: its schedule is closed.',
    remedy: 'Send again when its schedule is open, or have an administrator change the schedule.',
    status: 409,
    retry: 'terminal',
  },
  'reading.device-refused': {
    message: 'This is not the credential of a sensor {sensor}.',
    remedy:
      "Send the sensor's id and its credential as user name and password (HTTP Basic), or the credential as a bearer token. 'berth sensor credential' makes a new one.",
    status: 401,
    retry: 'terminal',
  },
  'reading.no-field': {
    message: 'The sensor {sensor} has no numbers under {field}; it has {there}.',
    remedy: 'Name one of the fields that are numbers, or none for all of them.',
    status: 404,
    retry: 'terminal',
  },
  'sensor.not-bound': {
    message: 'No sensors are bound to the name {name} in the job {job}.',
    remedy:
      'Use a name that app_config.json declares under the "sensors" of this algorithm, and bind it in the configuration of the instance.',
    status: 404,
    retry: 'terminal',
  },
  'sensor.no-such-index': {
    message: 'There is no sensor {index} under the name {name}: {count} are bound, counted from 0.',
    remedy: 'Ask for one that is there; with the policy run-without, fewer may be bound than were declared.',
    status: 404,
    retry: 'terminal',
  },
  'sensor.no-such-control': {
    message: 'The sensor {sensor} of the type {type} has no control {control}; it has {there}.',
    remedy: 'Use one of the controls of its type.',
    status: 422,
    retry: 'terminal',
  },
  'sensor.bad-parameters': {
    message: 'The parameters do not fit the control {control}: {field}: {found} instead of {expected}.',
    remedy: 'Give every parameter of the control and no other; it takes {takes}.',
    status: 422,
    retry: 'terminal',
  },
  'sensor.gate-closed': {
    message: 'The command could not be handed to the broker: {detail}.',
    remedy:
      'Look whether the platform takes devices (BERTH_MQTT_HOST, BERTH_MQTT_BROKER) and whether the broker answers.',
    status: 503,
    retry: 'retry',
  },
  'sensor.gate-not-open': {
    message: 'Devices cannot come in over MQTT: {detail}.',
    remedy:
      'Set BERTH_MQTT_PORT to a port that is free (BERTH_MQTT_HOST empty for none), and look at the files that BERTH_MQTT_TLS_CERTIFICATE and BERTH_MQTT_TLS_KEY name, or at the broker of BERTH_MQTT_BROKER.',
    status: 500,
    retry: 'terminal',
  },
} as const;
