/** Errors of packages and of the applications that they belong to. */
export const packageErrors = {
  'package.not-a-zip': {
    message: 'This is not a zip file: {found}.',
    remedy: "Send a zip, or let 'berth app push DIRECTORY' make one.",
    status: 422,
    retry: 'terminal',
  },
  'package.truncated': {
    message: 'The zip ends too early: {found}.',
    remedy: 'Make the zip again and send it whole; a copy or an upload of it was cut off.',
    status: 422,
    retry: 'terminal',
  },
  'package.damaged': {
    message: 'The zip is damaged at {file}: {found}.',
    remedy: "Make the zip again with an ordinary zip program, or with 'berth app push DIRECTORY'.",
    status: 422,
    retry: 'terminal',
  },
  'package.encrypted': {
    message: 'The zip is encrypted at {file}.',
    remedy: 'Make the zip again without a password.',
    status: 422,
    retry: 'terminal',
  },
  'package.too-large': {
    message: 'The zip is larger than {limitBytes} bytes.',
    remedy: 'Leave out what the application does not need, or raise the limit in the settings.',
    status: 413,
    retry: 'terminal',
  },
  'package.too-many-entries': {
    message: 'The zip holds {found} entries; the limit is {limit}.',
    remedy: 'Leave out what the application does not need (environments, caches), or raise the limit in the settings.',
    status: 413,
    retry: 'terminal',
  },
  'package.names-too-long': {
    message: 'The names in the zip have more than {limitBytes} bytes together.',
    remedy: 'Leave out what the application does not need (environments, caches), or raise the limit in the settings.',
    status: 413,
    retry: 'terminal',
  },
  'package.expands-too-much': {
    message: 'The zip would unpack to too much at {file}: {found}.',
    remedy: 'Leave out or shrink that file, or raise the limit in the settings.',
    status: 413,
    retry: 'terminal',
  },
  'package.unsafe-entries': {
    message: 'The zip holds entries that a package may not have: {count} problems, the first at {file}.',
    remedy: 'Correct every entry that is named, and make the zip again.',
    status: 422,
    retry: 'terminal',
  },
  'package.no-config': {
    message: 'There is no app_config.json at the top of the zip{hint}.',
    remedy: "Zip the folder's contents, not the folder itself: app_config.json must be at the top.",
    status: 422,
    retry: 'terminal',
  },
  'package.invalid': {
    message: 'The package does not fit: {count} problems, the first at {file} {path}.',
    remedy: "Correct every problem that is named; docs/app-config.md describes each field, 'berth app check' tries it.",
    status: 422,
    retry: 'terminal',
  },
  'application.in-use': {
    message: 'The application {application} still has instances: {instances}.',
    remedy: "Remove them first with 'berth instance rm', then remove the application.",
    status: 409,
    retry: 'terminal',
  },
} as const;
