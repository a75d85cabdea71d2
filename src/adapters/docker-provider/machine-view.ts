// A machine of the docker provider as its container shows it.
import type Docker from 'dockerode';
import type { MachineState } from '../../model/server.ts';
import type { ProviderMachine } from '../../ports/provider.ts';
import { ADDRESS_LABEL, HOST_KEY_LABEL } from './machine-container.ts';

/** Every state of a container. A frozen machine runs, as far as its power goes. */
const STATES: Readonly<Record<string, MachineState>> = {
  created: 'pending',
  running: 'running',
  paused: 'running',
  restarting: 'pending',
  removing: 'stopping',
  exited: 'stopped',
  dead: 'gone',
};

/** Whether it was ever switched on: before that it is half made. */
export function hasStarted({ State }: Docker.ContainerInspectInfo): boolean {
  return State.Status !== 'created';
}

/** What there is to say of it. */
export function machineView({ Name, State, Config, NetworkSettings }: Docker.ContainerInspectInfo): ProviderMachine {
  const [endpoint] = Object.values(NetworkSettings.Networks);
  return {
    machine: Name.replace(/^\//, ''),
    state: STATES[State.Status] ?? 'pending',
    address: Config.Labels[ADDRESS_LABEL] ?? (endpoint?.IPAddress || null),
    hostKey: Config.Labels[HOST_KEY_LABEL] ?? null,
  };
}
