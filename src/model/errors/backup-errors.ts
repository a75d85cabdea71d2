/** Errors of backups. */
export const backupErrors = {
  'backup.unreadable': {
    message: '{path} cannot be read as a backup: {detail}.',
    remedy: "Give a file that 'berth backup create' made, and look whether all of it was copied.",
    status: 400,
    retry: 'terminal',
  },
  'backup.damaged': {
    message: 'The part {part} of the backup is not as it was written: {detail}.',
    remedy: 'Use another backup; this one was cut short or changed.',
    status: 400,
    retry: 'terminal',
  },
  'backup.newer': {
    message: 'The backup was made by a newer Berth (format {found}; this program knows {known}).',
    remedy: 'Restore it with the version that made it, or a newer one.',
    status: 400,
    retry: 'terminal',
  },
  'backup.place-taken': {
    message: '{place} is not empty.',
    remedy: 'Restore into an empty directory and an empty database; nothing was changed.',
    status: 409,
    retry: 'terminal',
  },
  'backup.keys-differ': {
    message: 'The keys are not those of the platform that was backed up.',
    remedy: "Give the file that 'berth backup keys' made on that platform's machine.",
    status: 400,
    retry: 'terminal',
  },
} as const;
