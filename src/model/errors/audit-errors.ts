/** Errors of the audit. */
export const auditErrors = {
  'audit.unwritten': {
    message: 'This was not done, because it could not be recorded in the audit.',
    remedy: 'Try again in a moment. If it stays so, look at the disk and the database of the platform.',
    status: 503,
    retry: 'retry',
  },
  'audit.not-whole': {
    message: 'The audit is not whole: {holes} places where entries were changed or taken out.',
    remedy: 'Compare it with an earlier export, and find out who could write the database.',
    status: 409,
    retry: 'terminal',
  },
} as const;
