// How machines are reached: the local engine by its socket, others by SSH with a pinned host key.
import { BerthError } from '../../model/errors.ts';
import type { NodeAccess } from '../../model/node.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { HostKey, Machine, Machines } from '../../ports/machine.ts';
import type { Random } from '../../ports/random.ts';
import { DockerMachine } from './docker-machine.ts';
import { readPinnedKey } from './host-key.ts';
import type { Link } from './link.ts';
import { LocalLink } from './local-link.ts';
import { openSsh, scanSsh } from './open-ssh.ts';
import { loadPlatformKey, readPrivateKey } from './platform-key.ts';
import { SshLink } from './ssh-link.ts';
import type { Timeouts } from './timeouts.ts';
import { within } from './within.ts';

/** What the machines of a platform share. */
export interface DockerMachinesParts {
  /** Where the platform's own key pair is kept; made 0700 if it is not there. */
  readonly platformKeyDirectory: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly timeouts: Timeouts;
}

/** Where Docker listens on every distribution. */
const REMOTE_SOCKET = '/var/run/docker.sock';
/** The identity that means the platform's own key. */
const PLATFORM = 'platform';

type SshAccess = Extract<NodeAccess, { readonly kind: 'ssh' }>;

/** Machines with a Docker engine. */
export class DockerMachines implements Machines {
  readonly #parts: DockerMachinesParts;

  constructor(parts: DockerMachinesParts) {
    this.#parts = parts;
  }

  async connect(access: NodeAccess): Promise<Machine> {
    if (access.kind === 'local') return this.#connectLocal(access.socketPath);
    const link = await this.#openSsh(access);
    return this.#meet(link);
  }

  scanHostKey(host: string, port: number): Promise<HostKey> {
    return scanSsh(host, port, this.#parts.timeouts);
  }

  async publicKey(): Promise<string> {
    const { platformKeyDirectory, random } = this.#parts;
    return (await loadPlatformKey(platformKeyDirectory, random)).publicLine;
  }

  async #connectLocal(socketPath: string): Promise<Machine> {
    const { clock, random, log, timeouts } = this.#parts;
    const link = new LocalLink({ socketPath, clock, random, timeouts });
    const machine = await this.#meet(link);
    machine
      .watchEngine()
      .then(
        () => link.lose('the engine ended'),
        (error: Error) => link.lose(error.message),
      )
      .catch((error: unknown) => log.error('What was opened on this machine did not close', { error }));
    return machine;
  }

  async #openSsh(access: SshAccess): Promise<Link> {
    const { clock, random, log, timeouts, platformKeyDirectory } = this.#parts;
    const { host, port, user } = access;
    const own = access.identity === PLATFORM;
    const identity = await (own ? loadPlatformKey(platformKeyDirectory, random) : readPrivateKey(access.identity));
    try {
      const client = await openSsh({ host, port, user, identity, pinned: readPinnedKey(access.hostKey) }, timeouts);
      const address = `${user}@${host}:${port}`;
      return new SshLink({ client, address, socketPath: REMOTE_SOCKET, clock, random, timeouts });
    } catch (error) {
      if (error instanceof BerthError && error.code === 'machine.host-key-changed')
        log.error(error.message, error.details);
      throw error;
    }
  }

  async #meet(link: Link): Promise<DockerMachine> {
    const { clock, timeouts } = this.#parts;
    const { address, gone } = link;
    const limit = { clock, delayMs: timeouts.connectMs, address, act: 'meet the engine', gone };
    try {
      return await within(limit, () => DockerMachine.meet(link, clock, timeouts));
    } catch (error) {
      await link.close();
      throw error;
    }
  }
}
