/** Errors of running and stopping jobs. */
export const deploymentErrors = {
  'job.nothing-to-run': {
    message: 'Instance {instance} cannot run: {reason}.',
    remedy:
      "Push a package that has it, or point the instance to one that has: 'berth app show' lists packages and their algorithms.",
    status: 409,
    retry: 'terminal',
  },
  'job.already-ended': {
    message: 'Job {job} has already ended ({state}).',
    remedy: "Nothing is left to stop; 'berth job run' starts a new one.",
    status: 409,
    retry: 'terminal',
  },
} as const;
