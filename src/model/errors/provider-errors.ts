/** Errors of providers: what starts, stops, makes and destroys machines. */
export const providerErrors = {
  'provider.unusable': {
    message: 'This provider cannot work as it is configured: {reason}.',
    remedy: 'Correct what is named in the configuration of the provider.',
    status: 400,
    retry: 'terminal',
  },
  'provider.cannot': {
    message: 'This provider has no way to {act} a machine.',
    remedy:
      'Configure one for it (docs/decisions/0006-providers.md says what each kind of provider needs), or do it by hand.',
    status: 409,
    retry: 'terminal',
  },
  'provider.no-machine': {
    message: 'The provider knows no machine {machine}.',
    remedy: "Compare the machine's name with the provider's own list; a machine that was destroyed has to be replaced.",
    status: 404,
    retry: 'terminal',
  },
  'provider.not-permitted': {
    message: 'The provider does not let the platform {act}: {words}.',
    remedy: "Check the provider's credentials and what they permit.",
    status: 502,
    retry: 'terminal',
  },
  'provider.refused': {
    message: 'The provider refuses to {act}: {words}.',
    remedy: 'Correct what the provider names; asking again will not help.',
    status: 502,
    retry: 'terminal',
  },
  'provider.failed': {
    message: 'The provider failed to {act}: {words}.',
    remedy:
      'Nothing to do at first: it is tried again. If it stays so, do the same by hand and look at what the provider says.',
    status: 502,
    retry: 'retry',
  },
  'provider.no-room': {
    message: 'The provider has no room for another machine now: {words}.',
    remedy: 'Nothing to do at first: it is tried again. Raise the quota, or let it make another type of machine.',
    status: 503,
    retry: 'retry',
  },
  'provider.unreachable': {
    message: 'The provider cannot be reached to {act}: {reason}.',
    remedy: "Check that the platform's machine reaches the provider; the platform tries again.",
    status: 503,
    retry: 'retry',
  },
  'provider.timeout': {
    message: 'The provider did not {act} within {seconds} s.',
    remedy: 'Nothing to do at first: it is tried again. If it stays so, do the same by hand and see how long it takes.',
    status: 504,
    retry: 'retry',
  },
  'provider.answer-invalid': {
    message: 'The provider answered something else than a description of a machine ({act}): {found}.',
    remedy:
      'Let the command write one JSON object {"machine", "state", "address"} and nothing else to its standard output.',
    status: 502,
    retry: 'retry',
  },
  'provider.image-failed': {
    message: 'The image {image} for machines could not be made: {reason}.',
    remedy:
      'Run the platform as root on a Debian machine with debootstrap, or import an image of that name yourself: a Debian with openssh-server, docker.io, iptables and procps.',
    status: 503,
    retry: 'retry',
  },
} as const;
