/** Errors of images. */
export const imageErrors = {
  'image.base-tool-missing': {
    message: 'The base image cannot be made on this machine: {missing} is missing.',
    remedy:
      "Install 'debootstrap' (apt-get install debootstrap) and run Berth as root, or set a base image that a registry serves.",
    status: 503,
    retry: 'terminal',
  },
  'image.base-failed': {
    message: 'Making the base image failed: {reason}',
    remedy:
      'Check that the package mirror can be reached from this machine and that the disk has 500 MB free, then ask again.',
    status: 502,
    retry: 'retry',
  },
  'image.package-unreadable': {
    message: 'The package of {application} cannot be made into a layer: {detail}.',
    remedy: 'Upload the package again; if it says the same, make the zip anew.',
    status: 422,
    retry: 'terminal',
  },
  'image.runtime-missing': {
    message:
      'This platform has no Node {version} for {architecture}, which the base image is for; it has it for {there}.',
    remedy:
      'Install it beside Berth (in its directory: npm install --no-save --force {package}@{version}) and start Berth anew, or run the platform on a machine of that architecture.',
    status: 503,
    retry: 'terminal',
  },
  'image.npm-missing': {
    message: 'npm packages cannot be installed: npm itself was not found in {directory} ({detail}).',
    remedy: "Run 'npm ci' in Berth's own directory, which brings npm along, and ask again.",
    status: 503,
    retry: 'terminal',
  },
  'image.no-builder': {
    message: 'No node is there yet on which {what}.',
    remedy: "Wait until a node is ready ('berth node ls'), or add one with 'berth node add'.",
    status: 503,
    retry: 'retry',
  },
  'image.saved-image-unreadable': {
    message: 'What the engine saved of {reference} could not be read: {detail}.',
    remedy: "Try again; if it says the same, try another node, and report it with the node's engine version.",
    status: 502,
    retry: 'retry',
  },
  'image.install-failed': {
    message: 'Installing the dependencies failed: {reason}.',
    remedy: '{advice}',
    status: 422,
    retry: 'terminal',
  },
  'image.install-unreachable': {
    message: 'Installing the dependencies failed: {reason}.',
    remedy: '{advice}',
    status: 502,
    retry: 'retry',
  },
  'image.install-timeout': {
    message: 'Installing the dependencies was ended after {limit}, its limit.',
    remedy:
      'See the last lines for what it was waiting for: a package index that does not answer is replaced with BERTH_PIP_INDEX_URL or BERTH_DEBIAN_MIRROR; a long build needs a higher BERTH_INSTALL_TIMEOUT. Then ask again.',
    status: 504,
    retry: 'terminal',
  },
  'image.not-failed': {
    message: 'The image of package {package} has not failed: it is {state}.',
    remedy: 'Nothing is to be done; only an image that failed is made again.',
    status: 409,
    retry: 'terminal',
  },
} as const;
