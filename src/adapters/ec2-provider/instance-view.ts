// A machine of the EC2 provider as EC2 describes its instance.
import type { Instance } from '@aws-sdk/client-ec2';
import type { MachineState } from '../../model/server.ts';
import type { ProviderMachine } from '../../ports/provider.ts';

/** `shutting-down` is on its way to `terminated`, but its programs may still run: it counts as gone only when they can not. */
const STATES: Readonly<Record<string, MachineState>> = {
  pending: 'pending',
  running: 'running',
  'shutting-down': 'stopping',
  stopping: 'stopping',
  stopped: 'stopped',
  terminated: 'gone',
};

/** What there is to say of it. EC2 does not vouch for host keys. */
export function instanceView(instance: Instance, address: 'private' | 'public'): ProviderMachine {
  const given = address === 'private' ? instance.PrivateIpAddress : instance.PublicIpAddress;
  const state = STATES[instance.State?.Name ?? ''] ?? 'pending';
  return { machine: instance.InstanceId ?? '', state, address: given || null, hostKey: null };
}
