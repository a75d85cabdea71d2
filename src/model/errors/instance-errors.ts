/** Errors of instances. */
export const instanceErrors = {
  'instance.invalid': {
    message: 'The instance does not fit: {count} problems, the first at {path}.',
    remedy: 'Correct every problem that is named; docs/instance-file.md describes each field.',
    status: 422,
    retry: 'terminal',
  },
  'instance.name-taken': {
    message: 'There is an instance {name} already.',
    remedy: "Choose another name, or remove that one first with 'berth instance rm {name}'.",
    status: 409,
    retry: 'terminal',
  },
  'instance.needed': {
    message: 'The instance {name} cannot be removed: these run after it: {dependents}.',
    remedy: "Remove them first, or give them another schedule with 'berth instance apply'.",
    status: 409,
    retry: 'terminal',
  },
  'instance.removing': {
    message: 'The instance {name} is being removed.',
    remedy: 'Wait until it is gone, then create it anew.',
    status: 409,
    retry: 'terminal',
  },
} as const;
