// The network of the docker provider's machines. One that the provider makes itself has a range of its own, in which each machine keeps
// its address over power cycles; on one that somebody else made, the engine gives addresses as it likes.
import type Docker from 'dockerode';
import { BerthError } from '../../model/errors.ts';
import { statusOf } from './engine-failure.ts';
import { ADDRESS_LABEL, type Place } from './machine-container.ts';

const OWN_LABEL = 'berth.machine.network';
const MTU = 'com.docker.network.driver.mtu';
/** The first addresses of a range belong to the engine. */
const FIRST_NUMBER = 10;
const MOST_MACHINES = 200;

/** One network of the engine. */
export class MachineNetwork {
  readonly #docker: Docker;
  readonly #name: string;

  constructor(docker: Docker, name: string) {
    this.#docker = docker;
    this.#name = name;
  }

  /** A place for one more machine; the network is made if it is not there. */
  async place(): Promise<Place> {
    const network = (await this.#inspect()) ?? (await this.#make());
    if (network.Labels?.[OWN_LABEL] === undefined) return { network: this.#name, address: null };
    const used = await this.#usedAddresses();
    const base = (network.IPAM?.Config?.[0]?.Subnet ?? '').replace(/\d+\/\d+$/, '');
    const candidates = Array.from({ length: MOST_MACHINES }, (_, index) => `${base}${FIRST_NUMBER + index}`);
    const address = candidates.find((candidate) => !used.has(candidate));
    if (address === undefined)
      throw new BerthError('provider.no-room', { words: `the network ${this.#name} has no free address` });
    return { network: this.#name, address };
  }

  /** Takes a network of the provider's own away with its last machine. */
  async dropIfUnused(): Promise<void> {
    const network = await this.#inspect();
    if (network?.Labels?.[OWN_LABEL] === undefined) return;
    if ((await this.#usedAddresses()).size > 0) return;
    await this.#docker.getNetwork(network.Id).remove().catch(unlessTakenOrGone);
  }

  async #inspect(): Promise<Docker.NetworkInspectInfo | undefined> {
    const found = await this.#docker.listNetworks({ filters: { name: [this.#name] } });
    return found.find(({ Name }) => Name === this.#name);
  }

  /** Powered-off machines keep theirs, so the labels decide, not what is on the network now. */
  async #usedAddresses(): Promise<ReadonlySet<string>> {
    const machines = await this.#docker.listContainers({ all: true, filters: { label: [ADDRESS_LABEL] } });
    const here = machines.filter(({ HostConfig }) => HostConfig.NetworkMode === this.#name);
    return new Set(here.map(({ Labels }) => Labels[ADDRESS_LABEL] ?? ''));
  }

  /** The engine lets containers keep addresses only in a range that was named to it, and only the engine knows which one is free. */
  async #make(): Promise<Docker.NetworkInspectInfo> {
    const mtu = (await this.#docker.getNetwork('bridge').inspect().catch(unlessTakenOrGone))?.Options?.[MTU];
    const common = {
      Name: this.#name,
      Driver: 'bridge',
      Labels: { [OWN_LABEL]: '' },
      Options: mtu ? { [MTU]: mtu } : {},
    };
    const trial = await this.#docker.createNetwork({ ...common, Name: `${this.#name}-range` });
    const config = ((await trial.inspect()) as Docker.NetworkInspectInfo).IPAM?.Config ?? [];
    await trial.remove();
    const made = await this.#docker.createNetwork({ ...common, IPAM: { Driver: 'default', Config: config } });
    return (await made.inspect()) as Docker.NetworkInspectInfo;
  }
}

function unlessTakenOrGone(error: unknown): undefined {
  const status = statusOf(error);
  if (status !== 403 && status !== 404 && status !== 409) throw error;
}
