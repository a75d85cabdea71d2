/** Errors of accounts: who calls, and what they may. */
export const accountErrors = {
  'account.token-missing': {
    message: 'This needs somebody who is signed in, or a token.',
    remedy:
      "Sign in, or send 'Authorization: Bearer …'; 'berth up' keeps a token for this machine's user, and 'berth token make' makes others.",
    status: 401,
    retry: 'terminal',
  },
  'account.token-refused': {
    message: 'This token is not valid.',
    remedy:
      "It was revoked, has expired, or belongs to somebody who may not sign in. Make another one, then 'berth login'.",
    status: 401,
    retry: 'terminal',
  },
  'account.session-ended': {
    message: 'You are not signed in any more.',
    remedy: 'Sign in again.',
    status: 401,
    retry: 'terminal',
  },
  'account.sign-in-refused': {
    message: 'User name and password do not belong together.',
    remedy: 'Try again, ask for a new password, or ask an administrator for a link.',
    status: 401,
    retry: 'terminal',
  },
  'account.too-many-tries': {
    message: 'There were too many tries to sign in.',
    remedy: 'Wait {seconds} seconds, then try again.',
    status: 429,
    retry: 'retry',
  },
  'account.not-allowed': {
    message: '{name} does not have the permission {permission} here.',
    remedy: 'Ask an administrator for a role that gives it, or use a token that does.',
    status: 403,
    retry: 'terminal',
  },
  'account.cross-site': {
    message: 'This request did not come from the console of this platform.',
    remedy: 'Open the console and try again there; programs use a token.',
    status: 403,
    retry: 'terminal',
  },
  'account.session-needed': {
    message: 'A token that is limited may not change accounts.',
    remedy: 'Sign in to the console for this, or use a token with the permission * and without limit to projects.',
    status: 403,
    retry: 'terminal',
  },
  'account.person-needed': {
    message: 'The token {name} belongs to nobody, so there is no account to look after.',
    remedy: 'Sign in as a person, or use a token of a person.',
    status: 409,
    retry: 'terminal',
  },
  'account.password-weak': {
    message: 'This password will not do: {reason}.',
    remedy:
      'Take at least 12 characters that are hard to guess, for example four words that have nothing to do with each other.',
    status: 400,
    retry: 'terminal',
  },
  'account.password-wrong': {
    message: 'The old password is not right.',
    remedy: 'Try again, or ask for a new password at the sign-in.',
    status: 403,
    retry: 'terminal',
  },
  'account.link-refused': {
    message: 'This link does not work any more.',
    remedy: 'It was used, has expired, or was replaced by a newer one. Ask for another one.',
    status: 404,
    retry: 'terminal',
  },
  'account.already-claimed': {
    message: 'This platform has an administrator already.',
    remedy: 'Sign in, or ask the administrator for an invitation.',
    status: 409,
    retry: 'terminal',
  },
  'account.last-administrator': {
    message: '{name} is the last administrator who can sign in.',
    remedy: "Make somebody else an administrator first, with 'berth user access NAME --administrator'.",
    status: 409,
    retry: 'terminal',
  },
  'account.beyond-yourself': {
    message: 'You cannot give {what}, because you do not have it yourself.',
    remedy: 'Leave it out, or ask an administrator.',
    status: 403,
    retry: 'terminal',
  },
  'account.too-many-tokens': {
    message: '{name} has {most} tokens, and more are not kept.',
    remedy: "Revoke those that nobody uses: 'berth token ls', 'berth token revoke ID'.",
    status: 409,
    retry: 'terminal',
  },
  'project.name-invalid': {
    message: '{name} cannot be the name of a project.',
    remedy: 'Use 1 to 63 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen.',
    status: 400,
    retry: 'terminal',
  },
  'project.name-taken': {
    message: 'There is a project {name} already.',
    remedy: 'Take another name.',
    status: 409,
    retry: 'terminal',
  },
  'project.in-use': {
    message: 'The project {project} holds the application {application}.',
    remedy: "Move its applications elsewhere with 'berth project move APPLICATION PROJECT', or remove them.",
    status: 409,
    retry: 'terminal',
  },
  'project.default': {
    message: 'The project {project} stays: it holds the applications that nobody put into another one.',
    remedy: 'Remove another project.',
    status: 409,
    retry: 'terminal',
  },
} as const;
