/** Errors of the platform initializer: what a machines file may not say, what machines lack, and steps that fail. */
export const initializerErrors = {
  'initializer.file-unreadable': {
    message: 'The machines file {path} cannot be read: {reason}.',
    remedy: 'Name a file that is there; docs/initializer.md has one to begin with.',
    status: 400,
    retry: 'terminal',
  },
  'initializer.file-invalid': {
    message: 'The machines file {path} is not right in {count} places.',
    remedy: 'Mend what is listed and run the command again; docs/initializer.md tells every field.',
    status: 400,
    retry: 'terminal',
  },
  'initializer.host-key-unknown': {
    message: 'The host key of {machine} is not known, and nobody was there to judge it: {fingerprint}.',
    remedy: "Write it into the machines file as 'hostKey: {line}', or run the command with --accept-host-keys.",
    status: 409,
    retry: 'terminal',
  },
  'initializer.host-key-refused': {
    message: 'The host key of {machine} was not accepted.',
    remedy: "Find out its right key, write it into the machines file as 'hostKey:', and run the command again.",
    status: 409,
    retry: 'terminal',
  },
  'initializer.checks-failed': {
    message: 'The machines are not ready: {count} things are wrong.',
    remedy: 'All of them are listed; nothing was changed. Mend them and run the command again.',
    status: 409,
    retry: 'terminal',
  },
  'initializer.other-platform': {
    message: 'The machine {machine} belongs to the platform {found} already.',
    remedy: 'Take it out of the machines file, or destroy that platform first with its own machines file.',
    status: 409,
    retry: 'terminal',
  },
  'initializer.version-differs': {
    message: 'The platform runs the program {running}; this is {ours}, which cannot be installed beside it.',
    remedy: "Run 'berth platform upgrade' first, or use the program that the platform was installed with.",
    status: 409,
    retry: 'terminal',
  },
  'initializer.step-failed': {
    message: 'On {machine} this failed: {act}: {reason}.',
    remedy: 'Mend it and run the same command again: it goes on where it stopped.',
    status: 502,
    retry: 'retry',
  },
  'initializer.not-healthy': {
    message: 'The component {component} on {machine} did not become healthy within {seconds} s: {reason}.',
    remedy: 'The last lines of its log are above; mend it and run the same command again.',
    status: 504,
    retry: 'retry',
  },
  'initializer.upgrade-failed': {
    message: 'The upgrade stopped at {machine}, which runs {previous} again: {reason}.',
    remedy:
      'Machines before it run the new program, those after it the old one. Mend the program and upgrade again, or upgrade to the old one.',
    status: 502,
    retry: 'terminal',
  },
  'initializer.machine-disconnected': {
    message: 'The connection to {machine} ended during: {act}: {reason}.',
    remedy: 'See that the machine is reachable and run the same command again: it goes on where it stopped.',
    status: 502,
    retry: 'retry',
  },
  'initializer.machine-timeout': {
    message: '{machine} did not finish within {seconds} s: {act}.',
    remedy: 'See what holds it up there and run the same command again.',
    status: 504,
    retry: 'retry',
  },
  'initializer.pack-failed': {
    message: 'The program cannot be packed: {reason}.',
    remedy: "Run 'npm ci' in the directory of the program and let nobody write there, then try again.",
    status: 500,
    retry: 'terminal',
  },
  'initializer.kafka-unfit': {
    message: 'The bus cannot be made of {path}: {reason}.',
    remedy:
      "Get Kafka's binary archive (kafka_2.13-4.….tgz from kafka.apache.org/downloads), compare its checksum, and name it as 'program' of the bus.",
    status: 400,
    retry: 'terminal',
  },
  'initializer.unanswered': {
    message: 'Nobody answered whether the platform {platform} is to be taken down.',
    remedy: "Run 'berth platform destroy' with --yes.",
    status: 409,
    retry: 'terminal',
  },
  'initializer.making-unknown': {
    message: 'The provider {provider} was asked to make {machine}, and cannot tell whether it did.',
    remedy:
      "Look there for what the act {act} made. Write its name as 'machine' into the .made.json file beside the machines file, or take the entry out there if there is none, and run the same command again.",
    status: 409,
    retry: 'terminal',
  },
  'initializer.made-elsewhere': {
    message: 'The machine {machine} was made by the provider {provider}, which the machines file names no more for it.',
    remedy: 'Name that provider again, or give the machine another name.',
    status: 409,
    retry: 'terminal',
  },
  'initializer.provider-missing': {
    message: 'The provider {provider} made machines, and the machines file does not have it any more.',
    remedy: "Write it into 'providers' again: without it, they can be neither looked at nor given back.",
    status: 409,
    retry: 'terminal',
  },
  'initializer.machine-not-up': {
    message: 'The machine {machine} was made, but is {state} after {seconds} s.',
    remedy: 'See what its provider says of it and run the same command again.',
    status: 504,
    retry: 'retry',
  },
  'initializer.machines-unmade': {
    message: 'These machines are not made yet: {machines}.',
    remedy: "Run 'berth platform init' first.",
    status: 409,
    retry: 'terminal',
  },
  'initializer.interrupted-making': {
    message: 'Stopped while machines were made, before anything was done on them; the same command goes on from there.',
    remedy: 'Run the same command again: what was made is remembered.',
    status: 499,
    retry: 'retry',
  },
  'initializer.no-first-token': {
    message: 'The platform does not begin: it has made no token yet.',
    remedy: 'See its log in /etc/berth/logs and run the same command again.',
    status: 504,
    retry: 'retry',
  },
  'initializer.node-not-ready': {
    message: 'The node {node} was added, but is {state}: {reason}',
    remedy:
      "Mend what the reason names; 'berth node why {node}' tells more, and 'berth platform status' shows how it is.",
    status: 504,
    retry: 'retry',
  },
  'initializer.interrupted': {
    message:
      "Stopped with {left} of {total} steps left, the next of them '{act}'; the same command goes on from there.",
    remedy: 'Run the same command again: it goes on where it stopped.',
    status: 499,
    retry: 'retry',
  },
} as const;
