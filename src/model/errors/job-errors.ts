/** Errors of jobs: of their logs, of the output that they hand in, and of what their tasks ask of the platform. */
export const jobErrors = {
  'log.segment-damaged': {
    message: 'A stored part of the log of {task} cannot be read: {reason}.',
    remedy:
      "Check the disk that holds the platform's blobs; the other parts of the log can still be read by time range.",
    status: 500,
    retry: 'terminal',
  },
  'record.invalid': {
    message: 'The record {record} was refused: {reason}.',
    remedy: 'Hand output in through the SDK of the platform; update it if it is older than the platform.',
    status: 400,
    retry: 'terminal',
  },
  'record.not-json': {
    message: 'The output {record} is not JSON: {reason}.',
    remedy:
      'Give values that JSON can hold (no NaN, no Infinity, text in UTF-8), or declare the output as "text" in app_config.json.',
    status: 400,
    retry: 'terminal',
  },
  'record.too-large': {
    message: 'The output {record} is larger than {limitBytes} bytes, the most that one may have.',
    remedy: 'Write several smaller outputs, or raise the limit of one output in the settings of the platform.',
    status: 413,
    retry: 'terminal',
  },
  'record.incomplete': {
    message: 'The record {record} broke off before its end.',
    remedy: 'Nothing need be done: the SDK sends it again.',
    status: 503,
    retry: 'retry',
  },
  'record.busy': {
    message: 'The runs of {task} could not be noted, because others wrote to it all the time.',
    remedy: 'Nothing need be done: the SDK sends it again.',
    status: 503,
    retry: 'retry',
  },
  'sdk.token-refused': {
    message: 'The task token is missing or is not one of this platform.',
    remedy: 'Use the token in /scratch/.berth/task.json; the SDK does so by itself.',
    status: 401,
    retry: 'terminal',
  },
  'sdk.wrong-node': {
    message: 'The token of {task} came from the node {node}, where that task does not run.',
    remedy: 'A token is valid only inside the container of its own task; look for how it came to the other node.',
    status: 403,
    retry: 'terminal',
  },
  'sdk.task-ended': {
    message: '{task} is not a task that runs.',
    remedy: 'Its container should have ended; it is stopped as soon as the platform sees it.',
    status: 410,
    retry: 'terminal',
  },
  'sdk.fenced': {
    message: '{task} is not the task of its slot any more, and its algorithm must run exactly once.',
    remedy: 'Its successor does the work; its launcher ends it.',
    status: 409,
    retry: 'terminal',
  },
  'sdk.lease-refused': {
    message: '{task} gets no lease: {reason}.',
    remedy: 'Nothing need be done: its launcher ends it; the platform starts another where one is wanted.',
    status: 409,
    retry: 'terminal',
  },
  'sdk.lease-busy': {
    message: 'The lease of {task} could not be written, because others wrote to it all the time.',
    remedy: 'Nothing need be done: the SDK asks again.',
    status: 503,
    retry: 'retry',
  },
  'sdk.too-many-connections': {
    message: '{task} has {limit} connections open already, the most that one task may have.',
    remedy: 'Close connections that are done with, or share them.',
    status: 429,
    retry: 'retry',
  },
  'sdk.no-route': {
    message: 'The SDK endpoint has nothing at {method} {path}.',
    remedy: 'Update the SDK, or the platform: one is older than the other.',
    status: 404,
    retry: 'terminal',
  },
  'sdk.too-slow': {
    message: 'The request did not come in full within {seconds} s.',
    remedy: 'Nothing need be done: the SDK sends it again.',
    status: 408,
    retry: 'retry',
  },
  'sdk.body-too-large': {
    message: 'The request is larger than {limitBytes} bytes, the most that it may have.',
    remedy: 'Give less at once: hand large results in as output, and keep only what the next run needs as state.',
    status: 413,
    retry: 'terminal',
  },
  'sdk.body-not-json': {
    message: 'The request is not JSON: {reason}.',
    remedy: 'Give values that JSON can hold (no NaN, no Infinity, text in UTF-8).',
    status: 400,
    retry: 'terminal',
  },
  'state.key-invalid': {
    message: 'The key of a value that is kept must be a text of 1 to {limit} characters, without control characters.',
    remedy: 'Choose another key.',
    status: 400,
    retry: 'terminal',
  },
  'state.too-many-keys': {
    message: 'The instance {instance} keeps {limit} values already, the most that one may have.',
    remedy: 'Delete keys that are not needed any more, or keep several values under one key.',
    status: 409,
    retry: 'terminal',
  },
  'state.busy': {
    message: 'The value {id} could not be written, because others wrote to it all the time.',
    remedy: 'Nothing need be done: the SDK asks again. Copies that all write one key are better given a key each.',
    status: 503,
    retry: 'retry',
  },
} as const;
