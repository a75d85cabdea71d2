/** Errors of actions, and of the ways by which they leave the platform. */
export const actionErrors = {
  'action.invalid': {
    message: 'What was asked for does not fit: {detail}',
    remedy: 'Correct what is named; docs/actions.md describes each kind of action and its bounds.',
    status: 422,
    retry: 'terminal',
  },
  'action.not-declared': {
    message: 'The algorithm {algorithm} does not declare {what}.',
    remedy: 'Add it to "actions" or "controls" of the algorithm in app_config.json and upload the package again.',
    status: 403,
    retry: 'terminal',
  },
  'action.no-such-control': {
    message: 'Number {index} of the control {name} is bound to nothing in this job; {count} are bound.',
    remedy: 'Count from 0, or bind more devices in the instance file: "bindings" names them.',
    status: 404,
    retry: 'terminal',
  },
  'action.too-many': {
    message: '{count} actions of the instance {instance} wait already, and no more are taken.',
    remedy:
      "Ask for less, or ask the administrator for a larger budget; 'berth action list --instance {instance}' shows what waits and why.",
    status: 429,
    retry: 'retry',
  },
  'action.instance-gone': {
    message: 'The instance {instance} is being removed.',
    remedy: 'Nothing to do: nothing new is done for it any more.',
    status: 409,
    retry: 'terminal',
  },
  'action.not-retryable': {
    message: 'The action {action} is {state}: there is nothing to try again.',
    remedy:
      "Only what failed, was refused, is held or has an unknown outcome is tried again; 'berth action show' tells.",
    status: 409,
    retry: 'terminal',
  },
  'channel.invalid': {
    message: 'The channel {channel} cannot work as it is described: {reason}.',
    remedy: 'Correct what is named; docs/actions.md describes each kind of channel.',
    status: 422,
    retry: 'terminal',
  },
  'channel.test-failed': {
    message: 'The test of the channel {channel} ended {outcome}: {text}.',
    remedy: "Correct what the other side names with 'berth channel apply', and test again.",
    status: 502,
    retry: 'terminal',
  },
} as const;
