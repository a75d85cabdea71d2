/** Errors of the message bus between machines. */
export const busErrors = {
  'bus.unreachable': {
    message: 'The Kafka brokers at {brokers} do not answer: {detail}',
    remedy:
      'Nothing needs repeating once they answer: what was not published is tried again. Check that they run, that BERTH_BUS names them, and that this machine reaches every address that they advertise.',
    status: 503,
    retry: 'retry',
  },
  'bus.full': {
    message: 'The brokers do not keep up: {limit} messages wait to be published.',
    remedy:
      'Try again in a moment. If it lasts, look at the brokers: their disks, and whether enough replicas are in sync.',
    status: 503,
    retry: 'retry',
  },
  'bus.failed': {
    message: 'The brokers refuse {what}: {detail}',
    remedy: "Look at the brokers' own log for this moment; docs/bus.md says what Berth asks of them.",
    status: 502,
    retry: 'retry',
  },
  'bus.forbidden': {
    message: 'The brokers do not allow {what}: {detail}',
    remedy:
      "Give this process's user the rights of its roles: docs/bus.md lists them, and how 'kafka-acls' is told. Then start it again.",
    status: 502,
    retry: 'terminal',
  },
  'bus.login-refused': {
    message: 'The Kafka brokers at {brokers} do not let this process in: {detail}',
    remedy:
      'Check the name and the password in the file of BERTH_BUS_CREDENTIALS, and that the way of ?sasl= in BERTH_BUS is one that the brokers offer.',
    status: 502,
    retry: 'terminal',
  },
  'bus.address-invalid': {
    message: 'The address of the message bus does not fit: {detail}.',
    remedy: 'Write it as kafka://host:port,host:port or kafkas://…; docs/bus.md tells its options.',
    status: 500,
    retry: 'terminal',
  },
  'bus.partitions-few': {
    message: 'The topic {topic} has {found} partitions; it must have {wanted}.',
    remedy:
      'Add some: kafka-topics --alter --topic {topic} --partitions {wanted}. Only where it had more: stop the platform, remove the topic, start again, and it is made as it should be.',
    status: 500,
    retry: 'terminal',
  },
  'bus.message-large': {
    message: 'A message for {topic} has {bytes} bytes; {limit} is the most.',
    remedy: 'Make it smaller; large things belong into files and records, not into messages.',
    status: 413,
    retry: 'terminal',
  },
  'bus.call-unfit': {
    message: 'The operation {call} cannot be asked over a topic: {detail}.',
    remedy: 'Ask it over HTTP; docs/bus.md lists what topics can carry.',
    status: 400,
    retry: 'terminal',
  },
  'bus.request-reused': {
    message: 'The request {request} was made before, and asked for something else.',
    remedy: 'Give every request an id of its own; the same id is for the same request, sent again.',
    status: 409,
    retry: 'terminal',
  },
  'bus.message-invalid': {
    message: 'A message of {topic} does not fit: {detail}',
    remedy: 'Whoever published it must correct it; docs/asyncapi.yaml has the schema of every topic.',
    status: 422,
    retry: 'terminal',
  },
} as const;
