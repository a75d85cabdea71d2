/** Errors of the command line. */
export const cliErrors = {
  'cli.unreachable': {
    message: 'No platform answers at {url}: {detail}.',
    remedy: "Start it with 'berth up', or name another with --url or BERTH_URL.",
    status: 502,
    retry: 'retry',
  },
  'cli.no-token': {
    message: 'There is no token for {url}.',
    remedy:
      "Keep one with 'berth login {url}', or give it with BERTH_TOKEN; the first 'berth up' on the platform's own machine keeps one for the user who ran it.",
    status: 401,
    retry: 'terminal',
  },
  'cli.broken-off': {
    message: 'The answer of {url} broke off: {detail}.',
    remedy: "See with 'berth status' whether the platform is up, and ask again.",
    status: 502,
    retry: 'retry',
  },
  'cli.file-exists': {
    message: '{path} is there already.',
    remedy: 'Give a name that is not taken; nothing was overwritten.',
    status: 400,
    retry: 'terminal',
  },
  'cli.file-unwritable': {
    message: '{path} cannot be written: {detail}',
    remedy: 'Look whether its directory is there, is yours to write to, and has room.',
    status: 400,
    retry: 'terminal',
  },
  'cli.file-unreadable': {
    message: '{path} cannot be read: {detail}.',
    remedy: 'Check the path.',
    status: 400,
    retry: 'terminal',
  },
  'cli.usage': { message: '{detail}', remedy: "See 'berth {command} --help'.", status: 400, retry: 'terminal' },
  'cli.answer-unreadable': {
    message: '{url} answered {status}, but not as Berth does: {detail}.',
    remedy: 'Check that the address is that of a Berth platform of this version.',
    status: 502,
    retry: 'terminal',
  },
} as const;
