/** Errors of the platform itself and of requests in general. */
export const platformErrors = {
  'platform.internal': {
    message: 'Something went wrong inside Berth: {detail}',
    remedy: "Look at the platform's own log for the time of this error, and report it with the lines around it.",
    status: 500,
    retry: 'retry',
  },
  'platform.setting-invalid': {
    message: 'A setting does not fit: {detail}.',
    remedy: 'Correct it; docs/settings.md describes every setting.',
    status: 500,
    retry: 'terminal',
  },
  'platform.install-failed': {
    message: 'Installing {packages} failed: {detail}',
    remedy: "Run 'apt-get update && apt-get install {packages}' by hand, see what it says, then start again.",
    status: 500,
    retry: 'terminal',
  },
  'platform.engine-missing': {
    message: 'No Docker engine answers at {socket}.',
    remedy:
      "As root, 'berth up' installs and starts one; without root, ask for one and for membership in the group docker, or name another socket with BERTH_DOCKER.",
    status: 500,
    retry: 'terminal',
  },
  'platform.engine-failed': {
    message: 'The Docker engine did not start: {detail}',
    remedy: "Look at its log in {log}; 'berth doctor' names what this machine lacks.",
    status: 500,
    retry: 'terminal',
  },
  'platform.store-newer': {
    message: 'The database was written by a newer Berth (schema {found}; this program knows {known}).',
    remedy: 'Start the newer Berth again, or restore a backup that this version made.',
    status: 500,
    retry: 'terminal',
  },
  'platform.store-unreachable': {
    message: 'The database {address} does not answer: {detail}',
    remedy:
      'Look whether it runs and may be reached from here with what BERTH_STORE says; docs/stores.md tells what it needs. A write that was under way may or may not have been done: look before asking again.',
    status: 503,
    retry: 'retry',
  },
  'platform.store-unfit': {
    message: 'The database server {version} cannot keep what Berth stores: it lacks {lacks}.',
    remedy:
      'Use MariaDB 10.11 or newer, MySQL 8.0.21 or newer, or a replica set of MongoDB 5.0 or newer; docs/stores.md tells what each of them needs.',
    status: 500,
    retry: 'terminal',
  },
  'platform.store-behind': {
    message: 'The database does not fit this Berth yet, and the account that opens it may not change it: {detail}',
    remedy:
      'Start this Berth once with the account that owns the database, which brings it forward; docs/stores.md tells which account needs which rights.',
    status: 500,
    retry: 'terminal',
  },
  'platform.store-busy': {
    message: 'Another Berth has been changing the tables of this database for {seconds} seconds.',
    remedy: 'Wait until it is done and start again; if no other Berth runs, end its connection in the database.',
    status: 503,
    retry: 'retry',
  },
  'platform.store-conflict': {
    message: '{kind} {id} was changed by somebody else in the meantime.',
    remedy: 'Read it again and repeat the change.',
    status: 409,
    retry: 'retry',
  },
  'platform.store-failed': {
    message: 'The database could not be written: {detail}',
    remedy:
      'Look at the free space and the permissions of the data directory; what was asked was not done and may be asked again.',
    status: 503,
    retry: 'retry',
  },
  'platform.store-unsettled': {
    message: 'What became of a write to the database is not known: {detail}',
    remedy:
      "Look at the platform's own log for the time of this error; the next write is taken as usual. A write that was under way may or may not have been done: look before asking again.",
    status: 503,
    retry: 'retry',
  },
  'platform.queue-full': {
    message: '{queue} is full: {limit} wait already.',
    remedy: 'Try again in a moment. If it stays full, the platform does not keep up: look at its disk and processor.',
    status: 503,
    retry: 'retry',
  },
  'platform.blob-missing': {
    message: 'The stored bytes {digest} are missing.',
    remedy: 'Restore the data directory from a backup, or upload again what they belong to.',
    status: 500,
    retry: 'terminal',
  },
  'platform.blob-damaged': {
    message: 'The stored bytes {digest} are damaged: {detail}.',
    remedy:
      'Delete the documents of this blob in the database (blobHead with this id), then upload again what they belong to, or restore a backup. Look for what else changed the database.',
    status: 500,
    retry: 'terminal',
  },
  'platform.data-directory-in-use': {
    message: 'Another Berth (process {pid}) already uses {directory}.',
    remedy: 'Stop it first, or give this one its own directory with --data.',
    status: 409,
    retry: 'terminal',
  },
  'platform.secret-unreadable': {
    message: 'The secret in {path} cannot be used: {reason}.',
    remedy:
      "Name an absolute path of an ordinary file on the platform's machine that the platform's user may read and others may not (chmod 640 or stricter), or secret:NAME for a secret of the platform, kept with 'berth secret set NAME --platform'.",
    status: 422,
    retry: 'retry',
  },
  'platform.no-owner': {
    message: 'No process of the platform has the role {role} at present.',
    remedy:
      "Try again in some seconds: another process takes over what one leaves. If it stays, start one with that role ('berth serve --roles {role}').",
    status: 503,
    retry: 'retry',
  },
  'platform.peer-unreachable': {
    message: 'The process {component} of the platform does not answer: {reason}.',
    remedy:
      'Try again in some seconds: another process takes over from one that is gone. What was asked may or may not have been done. If it stays, look whether the processes reach each other at their peer addresses, and whether the clocks of their machines agree.',
    status: 503,
    retry: 'retry',
  },
  'platform.peer-refused': {
    message: 'Only processes of this platform may ask this.',
    remedy:
      'This is an address between the processes of the platform; people and programs use the address of the API. If it is a process of this platform, all must have the same secret, and the clocks of their machines must agree to 30 seconds.',
    status: 401,
    retry: 'terminal',
  },
  'request.invalid': {
    message: 'The request does not fit: {detail}',
    remedy: 'Correct what is named; /api/v1/openapi.json describes every request.',
    status: 400,
    retry: 'terminal',
  },
  'request.not-found': {
    message: 'There is no {what} {id}.',
    remedy: "Check the name: 'berth app ls', 'instance ls', 'job ls' and 'node ls' list what there is.",
    status: 404,
    retry: 'terminal',
  },
  'request.ambiguous': {
    message: '{id} fits more than one {what}: {candidates}.',
    remedy: 'Give more of the name.',
    status: 409,
    retry: 'terminal',
  },
  'request.no-route': {
    message: 'There is nothing at {method} {url}.',
    remedy: 'See /api/v1/openapi.json for what there is.',
    status: 404,
    retry: 'terminal',
  },
  'request.too-many': {
    message: 'Too many requests; the limit is {limit} in {window}.',
    remedy: 'Wait {retryAfter} and try again.',
    status: 429,
    retry: 'retry',
  },
  'request.too-many-streams': {
    message: 'Too many live streams are open for one person or token; the limit is {limit}.',
    remedy: 'Close some of them; one stream of events tells of everything.',
    status: 429,
    retry: 'retry',
  },
} as const;
