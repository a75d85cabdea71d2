/** Errors of nodes and of what tasks ask them. */
export const nodeErrors = {
  'node.name-invalid': {
    message: '{name} cannot be the name of a node.',
    remedy: 'Use 1 to 40 lower-case letters, digits and hyphens, beginning with a letter.',
    status: 400,
    retry: 'terminal',
  },
  'node.name-taken': {
    message: 'There is a node {name} already.',
    remedy: "Choose another name, or remove that node first with 'berth node rm {name}'.",
    status: 409,
    retry: 'terminal',
  },
  'node.same-machine': {
    message: 'That machine is the node {node} already.',
    remedy: "Use the node {node}; to give it another name or address, remove it first with 'berth node rm {node}'.",
    status: 409,
    retry: 'terminal',
  },
  'node.host-key-unconfirmed': {
    message: '{host} presents a host key with the fingerprint {fingerprint}.',
    remedy:
      'Compare it with what the machine itself shows (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub); if they are equal, ask again and give this fingerprint as the expected one.',
    status: 409,
    retry: 'terminal',
  },
  'node.host-key-differs': {
    message:
      '{host} presents a host key with the fingerprint {fingerprint}, but {expected} was expected. Nothing was sent to it.',
    remedy: 'Check the address, and the fingerprint on the machine itself: somebody may stand between.',
    status: 409,
    retry: 'terminal',
  },
  'node.leaving': {
    message: 'Node {name} is being removed.',
    remedy: 'Wait until it is gone, then add it again.',
    status: 409,
    retry: 'terminal',
  },
  'node.not-lost': {
    message: 'Node {name} is {state}, not lost: only a lost node may be removed by force.',
    remedy: "Remove it with 'berth node rm {name}': its tasks move away first.",
    status: 409,
    retry: 'terminal',
  },
  'node.relay-refused': {
    message: '{host}:{port} may not be reached: {reason}.',
    remedy:
      'Declare the host and port under "network" in app_config.json; addresses of the platform itself are never reachable.',
    status: 403,
    retry: 'terminal',
  },
  'node.relay-failed': {
    message: '{host}:{port} could not be reached: {reason}.',
    remedy: "Check the name and port, and that the platform's machine can reach it.",
    status: 502,
    retry: 'retry',
  },
} as const;
