/** Errors of users. */
export const userErrors = {
  'user.name-invalid': {
    message: '{name} cannot be the name of a user.',
    remedy: 'Use 1 to 63 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen.',
    status: 400,
    retry: 'terminal',
  },
  'user.name-taken': {
    message: 'There is a user {name} already.',
    remedy: "Take another name, or change what is known of this one with 'berth user change {name}'.",
    status: 409,
    retry: 'terminal',
  },
  'user.email-invalid': {
    message: '{email} is not the address of one mailbox.',
    remedy: 'Give an address such as ana@example.org, without a name and without angle brackets.',
    status: 400,
    retry: 'terminal',
  },
  'user.email-missing': {
    message: 'Notices cannot be sent to {name} by e-mail: no address is known.',
    remedy: "Give one with 'berth user change {name} --email ADDRESS'.",
    status: 409,
    retry: 'terminal',
  },
} as const;
