// A machine as a container.
import type Docker from 'dockerode';
import type { NewMachine } from '../../ports/provider.ts';
import { INIT_PATH } from './machine-files.ts';
import { machinePowers } from './machine-powers.ts';

/** Label with the platform that made a machine. Not the one that marks containers of tasks, which nodes look after. */
export const PLATFORM_LABEL = 'berth.machine.platform';
/** Label with the act that made it. */
export const ACT_LABEL = 'berth.machine.act';
/** Label with its public host key. */
export const HOST_KEY_LABEL = 'berth.machine.host-key';
/** Label with the address that belongs to it, running or not. */
export const ADDRESS_LABEL = 'berth.machine.address';

/** Where a machine is put; `null`: the engine chooses the address at each start. */
export interface Place {
  readonly network: string;
  readonly address: string | null;
}

/** What a machine is made of. */
export interface MachineParts extends NewMachine {
  readonly platform: string;
  readonly image: string;
  readonly place: Place;
  readonly hostKeyLine: string;
}

/** The provider's name of the machine of an act. */
export function machineName({ name, act }: NewMachine): string {
  return `berth-${name}-${act}`.replaceAll(/[^\w.-]/g, '-');
}

/** What to ask the engine for. */
export function machineContainer(parts: MachineParts): Docker.ContainerCreateOptions {
  const { network, address } = parts.place;
  const endpoint = address === null ? {} : { IPAMConfig: { IPv4Address: address } };
  return {
    name: parts.name,
    Hostname: parts.name.slice(0, 63),
    Image: parts.image,
    Cmd: ['/bin/sh', INIT_PATH],
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    Labels: {
      [PLATFORM_LABEL]: parts.platform,
      [ACT_LABEL]: parts.act,
      [HOST_KEY_LABEL]: parts.hostKeyLine,
      ...(address === null ? {} : { [ADDRESS_LABEL]: address }),
    },
    HostConfig: {
      ...machinePowers(),
      Init: true,
      Mounts: mounts(),
      NetworkMode: network,
      RestartPolicy: { Name: 'no' },
    },
    NetworkingConfig: { EndpointsConfig: { [network]: endpoint } },
  };
}

/** The volume has no name: the engine removes it together with the container. */
function mounts(): Docker.MountSettings[] {
  return [
    { Type: 'bind', Source: '/sys/fs/cgroup', Target: '/sys/fs/cgroup', ReadOnly: false },
    { Type: 'volume', Source: '', Target: '/var/lib/docker', ReadOnly: false },
  ];
}
