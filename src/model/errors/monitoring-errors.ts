/** Errors of monitoring, of alerts, and of the supervisor of the platform's own processes. */
export const monitoringErrors = {
  'alert.route-invalid': {
    message: 'The route {route} cannot work as it is described: {reason}.',
    remedy: 'Correct what is named; docs/monitoring.md describes routes.',
    status: 422,
    retry: 'terminal',
  },
  'alert.silence-invalid': {
    message: 'The silence cannot be kept as it is described: {reason}.',
    remedy: 'Correct what is named; docs/monitoring.md describes silences.',
    status: 422,
    retry: 'terminal',
  },
  'component.unsupervised': {
    message: 'No supervisor looks after the components of this machine.',
    remedy: "Run them under 'berth supervise', as 'berth platform init' does; docs/monitoring.md describes it.",
    status: 409,
    retry: 'terminal',
  },
  'component.cannot-run': {
    message: 'The component {component} cannot be run or ended on this machine: {reason}.',
    remedy: 'Look at the files in the directory of the supervisor; docs/monitoring.md describes them.',
    status: 409,
    retry: 'retry',
  },
  'component.refused': {
    message: '{machine} does not do what was asked of its components: {reason}.',
    remedy: 'Mend what is named there; what is to be moved is tried again by itself.',
    status: 409,
    retry: 'retry',
  },
  'component.unreachable': {
    message: 'Nobody on {machine} could be asked for its components: {reason}.',
    remedy: 'Look whether the machine is on and its components run; it is tried again by itself.',
    status: 502,
    retry: 'retry',
  },
  'supervise.cannot-start': {
    message: 'The program {program} could not be started: {reason}.',
    remedy: 'Check that it is there and may be executed; it is tried again by itself.',
    status: 500,
    retry: 'retry',
  },
  'supervise.directory-unreadable': {
    message: 'The directory {directory} of the components to supervise cannot be read: {reason}.',
    remedy:
      'Make the directory, readable for the user who runs the supervisor; docs/monitoring.md describes its files.',
    status: 500,
    retry: 'terminal',
  },
} as const;
