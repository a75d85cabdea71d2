/** Errors of those who try algorithms on their own machine, or simulate devices. */
export const devErrors = {
  'dev.which-algorithm': {
    message: 'The package has {count} algorithms: {algorithms}.',
    remedy: 'Say which is to run with --algorithm.',
    status: 400,
    retry: 'terminal',
  },
  'dev.no-such-algorithm': {
    message: 'The package has no algorithm {algorithm}; it has {algorithms}.',
    remedy: 'Give the id of one of them with --algorithm.',
    status: 400,
    retry: 'terminal',
  },
  'dev.cannot-start': {
    message: 'The program {program} cannot be started: {reason}.',
    remedy: 'Install it (Python 3.9 or later; Node for packages of the runtime node), or put it on the PATH.',
    status: 500,
    retry: 'terminal',
  },
  'dev.only-linux': {
    message: "'berth dev' does not run on {system}.",
    remedy: 'Use a Linux machine; a virtual one, or WSL on Windows, will do.',
    status: 500,
    retry: 'terminal',
  },
  'simulate.nothing': {
    message: 'There is no sensor to simulate{detail}.',
    remedy: "Register some first: 'berth sensor apply' reads a file of them. 'berth sensor list' shows what is there.",
    status: 404,
    retry: 'terminal',
  },
  'simulate.has-credential': {
    message:
      '{count} of the sensors have a credential already: {sensors}. A simulation would take it from the real devices.',
    remedy: 'Name others with --sensor, or say --take-over if no real devices use them.',
    status: 409,
    retry: 'terminal',
  },
  'simulate.no-door': {
    message: 'The platform has no MQTT address for devices{detail}.',
    remedy: 'Give the address of the broker with --broker, such as mqtt://127.0.0.1:1883.',
    status: 409,
    retry: 'terminal',
  },
  'simulate.sign-in-failed': {
    message: 'The device {sensor} could not sign in at {url}: {reason}.',
    remedy: 'Look whether the broker is reachable from here, and whether it takes the credential of the sensor.',
    status: 502,
    retry: 'retry',
  },
} as const;
