/** Errors of machines: reaching them, their engine, and what it refuses. */
export const machineErrors = {
  'machine.unreachable': {
    message: '{address} cannot be reached: {reason}.',
    remedy: 'Check that the machine is on, that the address and port are right, and that no firewall stands between.',
    status: 503,
    retry: 'retry',
  },
  'machine.ssh-refused': {
    message: '{address} refuses connections: no SSH server listens there.',
    remedy:
      "Check on the machine's console that the SSH server runs ('systemctl status ssh') and that the port is right.",
    status: 503,
    retry: 'retry',
  },
  'machine.no-answer': {
    message: 'Nothing at {address} answers: {reason}.',
    remedy:
      'Check that the machine is on, that its network works, that the address is right, and that no firewall stands between.',
    status: 503,
    retry: 'retry',
  },
  'machine.frozen': {
    message: '{address} takes connections, but its SSH server said nothing within {seconds} s.',
    remedy: 'The machine hangs or is overloaded beyond use: look at its console, or restart it.',
    status: 504,
    retry: 'retry',
  },
  'machine.restart-refused': {
    message: 'The Docker engine of {address} was not restarted: {reason}.',
    remedy:
      "Restart it on the machine ('systemctl restart docker', or 'service docker restart') and look at what it says; the platform's user must be root or may use sudo without a password.",
    status: 502,
    retry: 'terminal',
  },
  'machine.prepare-failed': {
    message: '{address} could not be made ready to be a node ({act}): {reason}.',
    remedy:
      "Correct what is named on the machine, or install Docker there by hand; the platform's user must be root or may use sudo without a password.",
    status: 502,
    retry: 'terminal',
  },
  'machine.host-key-invalid': {
    message: 'This is not a public host key: {line}.',
    remedy: "Give it as in known_hosts, algorithm and base64, for example 'ssh-ed25519 AAAA…'.",
    status: 400,
    retry: 'terminal',
  },
  'machine.host-key-changed': {
    message: '{host} presents the host key {presented}, but {pinned} is pinned. Nothing was sent to it.',
    remedy:
      'Somebody may stand between, or the machine was installed anew. Compare the fingerprint on the machine itself; if it is right, remove the node and add it again with the new key.',
    status: 502,
    retry: 'terminal',
  },
  'machine.authentication-refused': {
    message: '{host} does not let {user} in with the key {fingerprint}.',
    remedy: "Append the platform's public key to ~{user}/.ssh/authorized_keys on {host}, or name another private key.",
    status: 502,
    retry: 'terminal',
  },
  'machine.identity-unusable': {
    message: 'The private key {path} cannot be used: {reason}.',
    remedy: 'Give the path of an OpenSSH private key without passphrase that the platform may read.',
    status: 400,
    retry: 'terminal',
  },
  'machine.no-engine': {
    message: 'No Docker engine answers at {socket} of {address}: {reason}.',
    remedy:
      "Check with 'docker version' on the machine that the engine runs, and that the user may use its socket (group docker).",
    status: 503,
    retry: 'retry',
  },
  'machine.engine-too-old': {
    message: 'The Docker engine {version} speaks API {api}; Berth needs {needed} or newer.',
    remedy: 'Install Docker 20.10 or newer on the machine.',
    status: 502,
    retry: 'terminal',
  },
  'machine.engine-too-new': {
    message: 'The Docker engine {version} speaks no API older than {api}; this Berth knows {known}.',
    remedy: 'Update Berth, or set DOCKER_MIN_API_VERSION for the engine.',
    status: 502,
    retry: 'terminal',
  },
  'machine.disconnected': {
    message: 'The connection to {address} is gone: {reason}.',
    remedy: 'Nothing to do: the platform connects again. If it stays so, check the machine and the network.',
    status: 503,
    retry: 'retry',
  },
  'machine.timeout': {
    message: '{address} did not answer within {seconds} s: {act}.',
    remedy: 'Look at the load and the disks of the machine; the platform tries again.',
    status: 504,
    retry: 'retry',
  },
  'machine.busy': {
    message: 'Too much waits for {address} already: {act}.',
    remedy: 'Nothing to do: it is tried again when what waits is done.',
    status: 503,
    retry: 'retry',
  },
  'machine.name-taken': {
    message: 'A container named {name} is there already, and it is not the one that was asked for.',
    remedy: "Remove it with 'docker rm -f {name}' if it is not needed.",
    status: 409,
    retry: 'terminal',
  },
  'machine.no-container': {
    message: 'There is no container {name} on the machine.',
    remedy: 'Nothing to do: it was removed, and the platform places a new one if it is wanted.',
    status: 404,
    retry: 'terminal',
  },
  'machine.no-image': {
    message: 'The machine does not have the image {reference}.',
    remedy: 'Nothing to do: it is pulled again.',
    status: 404,
    retry: 'retry',
  },
  'machine.pull-failed': {
    message: 'The machine could not pull {reference}: {words}.',
    remedy: 'Check the free space of the machine and that it reaches the registry; the platform tries again.',
    status: 502,
    retry: 'retry',
  },
  'machine.image-in-use': {
    message: 'A container still uses the image {reference}.',
    remedy: 'Nothing to do: it is removed when the container is gone.',
    status: 409,
    retry: 'retry',
  },
  'machine.disk-full': {
    message: 'The disk of the machine is full: {words}.',
    remedy: "Make room on the machine, for example with 'docker system prune'; the platform tries again.",
    status: 507,
    retry: 'retry',
  },
  'machine.engine-error': {
    message: 'The Docker engine failed ({act}): {words}.',
    remedy: "Look at the engine's own log on the machine ('journalctl -u docker'); the platform tries again.",
    status: 502,
    retry: 'retry',
  },
  'machine.engine-refused': {
    message: 'The Docker engine refuses this ({act}): {words}.',
    remedy: 'Correct what the engine names; asking again will not help.',
    status: 502,
    retry: 'terminal',
  },
  'machine.forward-refused': {
    message: '{address} does not forward {path}: {reason}.',
    remedy:
      "Allow forwarding in the machine's sshd_config (AllowTcpForwarding and AllowStreamLocalForwarding), and let the user write the directory.",
    status: 502,
    retry: 'terminal',
  },
  'machine.command-failed': {
    message: "'{command}' failed on {address}: {reason}.",
    remedy: 'Check that the user may run it on the machine.',
    status: 502,
    retry: 'retry',
  },
  'machine.vitals-unreadable': {
    message: 'The vital signs of {address} make no sense: {found}.',
    remedy: 'Check /proc/stat and /proc/meminfo on the machine; it must be a Linux with a kernel of 3.14 or newer.',
    status: 502,
    retry: 'retry',
  },
} as const;
