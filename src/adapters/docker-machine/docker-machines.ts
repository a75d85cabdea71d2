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
import { localPrograms } from './local-programs.ts';
import type { MachinePrograms } from './machine-programs.ts';
import { openSsh, scanSsh } from './open-ssh.ts';
import { loadPlatformKey, readPrivateKey } from './platform-key.ts';
import { prepareEngine } from './prepare-engine.ts';
import { restartEngine } from './restart-engine.ts';
import { sshPrograms } from './ssh-commands.ts';
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
/** Sockets of the engine that is a service of the machine. */
const SERVICE_SOCKETS: ReadonlySet<string> = new Set([REMOTE_SOCKET, '/run/docker.sock']);
const RESTART_WITHIN_MS = 120_000;
/** Packages come from a mirror that may be slow. */
const PREPARE_WITHIN_MS = 900_000;
/** From a start or restart until the engine answers. */
const ENGINE_UP_WITHIN_MS = 60_000;
const ASK_AGAIN_MS = 250;
/** The identity that means the platform's own key. */
const PLATFORM = 'platform';

type SshAccess = Extract<NodeAccess, { readonly kind: 'ssh' }>;

/** A way to run programs on a machine whose engine need not answer, and to its engine. */
interface Entrance {
  readonly link: Link;
  readonly programs: MachinePrograms;
}

/** Something done on a machine as its administrator. */
interface Deed {
  readonly act: string;
  readonly withinMs: number;
  /** `answers` resolves when the engine answers. */
  readonly work: (programs: MachinePrograms, signal: AbortSignal, answers: () => Promise<void>) => Promise<void>;
}

/** Machines with a Docker engine. */
export class DockerMachines implements Machines {
  readonly #parts: DockerMachinesParts;

  constructor(parts: DockerMachinesParts) {
    this.#parts = parts;
  }

  async connect(access: NodeAccess): Promise<Machine> {
    if (access.kind === 'local') return this.#connectLocal(access.socketPath);
    const { link } = await this.#openSsh(access);
    return this.#meet(link);
  }

  restartEngine(access: NodeAccess): Promise<void> {
    return this.#administer(access, { act: 'restart the engine', withinMs: RESTART_WITHIN_MS, work: restartEngine });
  }

  prepare(access: NodeAccess, progress: (line: string) => void): Promise<void> {
    const work: Deed['work'] = (programs, signal, answers) => prepareEngine({ programs, signal, progress, answers });
    return this.#administer(access, { act: 'prepare the machine', withinMs: PREPARE_WITHIN_MS, work });
  }

  scanHostKey(host: string, port: number): Promise<HostKey> {
    return scanSsh(host, port, this.#parts);
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

  async #administer(access: NodeAccess, { act, withinMs, work }: Deed): Promise<void> {
    const { clock, timeouts } = this.#parts;
    const { link, programs } = await (access.kind === 'local'
      ? this.#ownMachine(access.socketPath)
      : this.#openSsh(access));
    const limit = { clock, address: link.address, gone: link.gone };
    const waiting = { ...limit, delayMs: ENGINE_UP_WITHIN_MS, act: 'start its engine' };
    const answers = () => within(waiting, (signal) => engineAnswers(link, { clock, timeouts }, signal));
    try {
      await within({ ...limit, delayMs: withinMs, act }, (signal) => work(programs, signal, answers));
      await answers();
    } finally {
      await link.close();
    }
  }

  /** An engine at another socket is nobody's service: restarting the machine's own would end somebody else's. */
  async #ownMachine(socketPath: string): Promise<Entrance> {
    const { clock, random, timeouts } = this.#parts;
    const link = new LocalLink({ socketPath, clock, random, timeouts });
    if (SERVICE_SOCKETS.has(socketPath)) return { link, programs: localPrograms };
    const reason = `the engine at ${socketPath} is not the service 'docker' of the machine`;
    throw new BerthError('machine.restart-refused', { address: link.address, reason });
  }

  async #openSsh(access: SshAccess): Promise<Entrance> {
    const { clock, random, log, timeouts, platformKeyDirectory } = this.#parts;
    const { host, port, user } = access;
    const own = access.identity === PLATFORM;
    const identity = await (own ? loadPlatformKey(platformKeyDirectory, random) : readPrivateKey(access.identity));
    try {
      const client = await openSsh({ host, port, user, identity, pinned: readPinnedKey(access.hostKey) }, this.#parts);
      const address = `${user}@${host}:${port}`;
      const link = new SshLink({ client, address, socketPath: REMOTE_SOCKET, clock, random, timeouts });
      return { link, programs: sshPrograms(client, address) };
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

/** Asks until the engine answers or the signal aborts; what it refuses meanwhile is that it is not up yet. */
async function engineAnswers(
  link: Link,
  { clock, timeouts }: Pick<DockerMachinesParts, 'clock' | 'timeouts'>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await DockerMachine.meet(link, clock, timeouts);
      return;
    } catch (error) {
      if (!(error instanceof BerthError) || !error.retryable) throw error;
      await new Promise<void>((resolve) => clock.after(ASK_AGAIN_MS, resolve));
    }
  }
}
