// A provider whose machines are containers of a local Docker engine, for trials and tests: each has an SSH server, a Docker engine, a
// disk and an address of its own. Whoever controls such a machine controls the machine around it (it has every power that a container
// can have): it is no boundary between people who do not trust each other.
import Docker from 'dockerode';
import { BerthError } from '../../model/errors.ts';
import type { NewMachine, Provider, ProviderMachine } from '../../ports/provider.ts';
import type { DockerAccess, DockerSurroundings } from './docker-surroundings.ts';
import { engineFailure, statusOf } from './engine-failure.ts';
import { ACT_LABEL, machineContainer, machineName, PLATFORM_LABEL } from './machine-container.ts';
import { machineFiles } from './machine-files.ts';
import { MachineImage } from './machine-image.ts';
import { MachineNetwork } from './machine-network.ts';
import { hasStarted, machineView } from './machine-view.ts';

const TIMEOUT_MS = 60_000;

/** Machines that are containers. */
export class DockerProvider implements Provider {
  readonly can = { powerCycle: true, create: true, destroy: true };
  readonly #docker: Docker;
  readonly #surroundings: DockerSurroundings;
  readonly #image: MachineImage;
  readonly #network: MachineNetwork;
  /** Those that are being made, by act: asking again meanwhile waits for the same one. */
  readonly #making = new Map<string, Promise<ProviderMachine>>();
  /** One after the other: each takes the first free address. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(access: DockerAccess, surroundings: DockerSurroundings) {
    if (!access.socketPath.startsWith('/') || access.image === '' || access.network === '')
      throw new BerthError('provider.unusable', { reason: 'it needs an engine socket, an image and a network' });
    this.#docker = new Docker({ socketPath: access.socketPath, timeout: TIMEOUT_MS });
    this.#surroundings = surroundings;
    this.#image = new MachineImage(access, surroundings);
    this.#network = new MachineNetwork(this.#docker, access.network);
  }

  async describe(machine: string): Promise<ProviderMachine> {
    const inspected = await this.#inspect(machine, 'describe');
    return inspected ? machineView(inspected) : { machine, state: 'gone', address: null, hostKey: null };
  }

  async findMade(act: string): Promise<ProviderMachine | undefined> {
    const found = await this.#containerOf(act);
    return found && hasStarted(found) ? machineView(found) : undefined;
  }

  async start(machine: string): Promise<void> {
    if (!(await this.#inspect(machine, 'start'))) throw new BerthError('provider.no-machine', { machine });
    await this.#asked('start', async () => this.#docker.getContainer(machine).start(), 304);
  }

  async stop(machine: string): Promise<void> {
    if (!(await this.#inspect(machine, 'stop'))) return;
    const container = this.#docker.getContainer(machine);
    // A frozen container takes no signal before it is thawed.
    await this.#asked('stop', async () => container.unpause(), 404, 409, 500);
    await this.#asked('stop', async () => container.kill({ signal: 'SIGKILL' }), 404, 409);
    await this.#asked('stop', async () => container.wait(), 404);
  }

  create(wanted: NewMachine): Promise<ProviderMachine> {
    const making = this.#making.get(wanted.act) ?? this.#create(wanted);
    this.#making.set(wanted.act, making);
    return making.finally(() => this.#making.delete(wanted.act));
  }

  async destroy(machine: string): Promise<void> {
    if (!(await this.#inspect(machine, 'destroy'))) return;
    await this.#remove(machine);
    await this.#asked('destroy', async () => this.#network.dropIfUnused());
  }

  async close(): Promise<void> {
    await this.#image.close();
    await Promise.allSettled(this.#making.values());
  }

  async #create(wanted: NewMachine): Promise<ProviderMachine> {
    const made = await this.findMade(wanted.act);
    if (made) return made;
    await this.#image.ensure();
    const turn = this.#turn.then(() => this.#asked('create', () => this.#make(wanted)));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** A container under the act's name that never started is what an earlier process began: its key is lost, so it is made anew. */
  async #make(wanted: NewMachine): Promise<ProviderMachine> {
    const name = machineName(wanted);
    const halfMade = await this.#containerOf(wanted.act);
    if (halfMade) await this.#remove(halfMade.Id);
    const { platformUid: platform, publicKey, makeHostKey } = this.#surroundings;
    const place = await this.#network.place();
    const hostKey = makeHostKey(name);
    const parts = { ...wanted, name, platform, place, image: this.#image.tag, hostKeyLine: hostKey.publicLine };
    const container = await this.#docker.createContainer(machineContainer(parts));
    try {
      await container.putArchive(await machineFiles(hostKey, await publicKey()), { path: '/' });
      await container.start();
      return machineView(await container.inspect());
    } catch (error) {
      await this.#remove(name);
      await this.#network.dropIfUnused();
      throw error;
    }
  }

  async #containerOf(act: string): Promise<Docker.ContainerInspectInfo | undefined> {
    const label = [`${ACT_LABEL}=${act}`, `${PLATFORM_LABEL}=${this.#surroundings.platformUid}`];
    const [found] = await this.#asked('find', () => this.#docker.listContainers({ all: true, filters: { label } }));
    return found && this.#inspect(found.Id, 'find');
  }

  /** Undefined for what is no machine of this platform. */
  async #inspect(machine: string, act: string): Promise<Docker.ContainerInspectInfo | undefined> {
    const inspected = await this.#asked(act, async () => this.#docker.getContainer(machine).inspect(), 404);
    return inspected?.Config.Labels[PLATFORM_LABEL] === this.#surroundings.platformUid ? inspected : undefined;
  }

  async #remove(machine: string): Promise<void> {
    const container = this.#docker.getContainer(machine);
    await this.#asked('destroy', async () => container.remove({ force: true, v: true }), 404, 409);
    await this.#asked('destroy', async () => container.wait({ condition: 'removed' }), 404);
  }

  /** Undefined when the engine answered with one of the statuses that are as good. */
  async #asked<T>(act: string, ask: () => Promise<T>): Promise<T>;
  async #asked<T>(act: string, ask: () => Promise<T>, ...asGood: readonly number[]): Promise<T | undefined>;
  async #asked<T>(act: string, ask: () => Promise<T>, ...asGood: readonly number[]): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (asGood.includes(statusOf(error) ?? 0)) return undefined;
      throw engineFailure(error, act);
    }
  }
}
