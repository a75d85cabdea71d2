/** Errors of accounts and tokens. */
export const accountErrors = {
  'account.token-missing': {
    message: 'This needs a token.',
    remedy:
      "Send 'Authorization: Bearer …'; the token was shown at the first start, and 'berth up' keeps it for this machine's user.",
    status: 401,
    retry: 'terminal',
  },
  'account.token-refused': {
    message: 'This token is not valid.',
    remedy: 'Check it against the one that was shown at the first start.',
    status: 401,
    retry: 'terminal',
  },
  'account.not-allowed': {
    message: 'The token {name} does not give the permission {permission}.',
    remedy: 'Use a token that gives it.',
    status: 403,
    retry: 'terminal',
  },
} as const;
