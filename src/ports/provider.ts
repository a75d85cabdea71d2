// What can start, restart, create and destroy machines: a cloud, a command of the user's, the local Docker engine for trials.
import type { MachineState, ProviderAccess } from '../model/server.ts';

/** A machine as its provider describes it. */
export interface ProviderMachine {
  /** The provider's own name for it. */
  readonly machine: string;
  readonly state: MachineState;
  /** Where SSH reaches it; null while it has none. */
  readonly address: string | null;
  /** Its public host key as in known_hosts (algorithm, space, base64), where the provider can vouch for it; else null. */
  readonly hostKey: string | null;
}

/** A machine that is asked for. */
export interface NewMachine {
  /** Given to the provider as the machine's mark: asking twice with one act makes one machine. */
  readonly act: string;
  /** The node's name, for people who look at the provider's own lists. */
  readonly name: string;
}

/**
 * One provider. Every method rejects with a BerthError whose code begins with `provider.`: retryable where trying again may help,
 * `provider.cannot` for what this provider cannot do at all. None waits for a machine to come up: states are read with `describe`.
 */
export interface Provider {
  /** What it can do; a recovery leaves the other steps out. */
  readonly can: { readonly powerCycle: boolean; readonly create: boolean; readonly destroy: boolean };
  /** `gone` when the provider does not know it. */
  describe(machine: string): Promise<ProviderMachine>;
  /** The machine that an act made, also by an earlier process; undefined when there is none. */
  findMade(act: string): Promise<ProviderMachine | undefined>;
  /** Starts a stopped machine; resolves also when it runs. */
  start(machine: string): Promise<void>;
  /** Cuts its power; resolves also when it does not run. */
  stop(machine: string): Promise<void>;
  /** Makes a machine, or finds the one that this act made. */
  create(wanted: NewMachine): Promise<ProviderMachine>;
  /** Destroys it with its disk; resolves also when it is gone. */
  destroy(machine: string): Promise<void>;
  close(): Promise<void>;
}

/** How providers are reached. */
export interface Providers {
  /** @throws provider.unusable when what was configured cannot work. */
  open(access: ProviderAccess): Promise<Provider>;
}
