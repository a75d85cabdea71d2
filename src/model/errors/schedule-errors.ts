/** Errors of schedules. */
export const scheduleErrors = {
  'schedule.paused-already': {
    message: 'All schedules are paused already, by {by}.',
    remedy: "Let them go on with 'berth schedule resume'.",
    status: 409,
    retry: 'terminal',
  },
  'schedule.not-paused': {
    message: 'Schedules are not paused.',
    remedy: "There is nothing to resume; 'berth status' tells when they are paused.",
    status: 409,
    retry: 'terminal',
  },
  'instance.no-occurrence': {
    message: 'The schedule of the instance {name} has no occurrence {when}.',
    remedy: "Choose one that 'berth schedule preview {name}' shows.",
    status: 409,
    retry: 'terminal',
  },
  'instance.too-many-skips': {
    message: 'As many occurrences of the instance {name} as may be are to be skipped already.',
    remedy: "Change its schedule with 'berth instance apply', or disable it with 'berth instance disable {name}'.",
    status: 409,
    retry: 'terminal',
  },
} as const;
