/** Errors of secrets, and of the keys that seal them. */
export const secretErrors = {
  'secret.name-invalid': {
    message: 'A secret cannot be called {name}.',
    remedy: 'Use letters, digits, ".", "_" and "-", beginning with a letter or digit, at most 63 characters.',
    status: 422,
    retry: 'terminal',
  },
  'secret.value-invalid': {
    message: 'The value of the secret {name} cannot be kept: {reason}.',
    remedy: 'Send a text of at least one character and at most 64 KiB; bytes that are no text can be sent as Base64.',
    status: 422,
    retry: 'terminal',
  },
  'secret.too-many': {
    message: 'There are {limit} secrets already in {where}.',
    remedy: "Take away those that nothing needs any more; 'berth secret ls' shows them.",
    status: 409,
    retry: 'terminal',
  },
  'secret.needed': {
    message: 'The secret {name} is needed by {users}.',
    remedy: 'Give it another value instead, or let these name it no more, and then take it away.',
    status: 409,
    retry: 'terminal',
  },
  'secret.key-file-unusable': {
    message: 'The file with the keys of secrets, {path}, cannot be used: {reason}.',
    remedy:
      'Put it right, or restore it from where it is backed up; docs/secrets.md tells what it is. Deleting it makes every secret unreadable for ever.',
    status: 500,
    retry: 'terminal',
  },
  'secret.keys-missing': {
    message: '{count} secrets are sealed with keys that are not in {place}: {keys}.',
    remedy:
      'The database and this file do not belong together: restore the file that was backed up with this database. If it is lost, start with BERTH_LOST_SECRETS=accept and set these secrets anew; their values cannot be had back.',
    status: 500,
    retry: 'terminal',
  },
  'secret.unreadable': {
    message: 'The secret {id} does not open with the key {key}: its sealed value or the key was changed.',
    remedy:
      'Restore database and key file from one backup, or set the secret anew; before the start, BERTH_LOST_SECRETS=accept lets the platform begin without it.',
    status: 500,
    retry: 'terminal',
  },
} as const;
