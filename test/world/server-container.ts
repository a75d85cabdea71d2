// How a fleet server is made as a container.
import type Docker from 'dockerode';
import { machinePowers } from '../../src/adapters/docker-provider/machine-powers.ts';
import { FLEET_NETWORK } from './engine.ts';
import { OWNER_LABEL, owner } from './owner.ts';
import type { ServerKind } from './server-image.ts';

/** Label with the address that belongs to a server, powered on or not. */
export const ADDRESS_LABEL = 'berth.test.address';

/** Powers over the whole of this machine. */
const FOREIGN: readonly string[] = ['SYS_TIME', 'SYS_MODULE', 'SYS_BOOT'];

/** What a server is made of. */
export interface ServerParts {
  readonly name: string;
  readonly kind: ServerKind;
  readonly image: string;
  readonly address: string;
  readonly directory: string;
  readonly initPath: string;
  readonly mtu: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Size of the engine's disk; null: this machine's own disk. */
  readonly diskBytes: number | null;
}

/** What to ask the engine for. */
export function serverContainer(parts: ServerParts): Docker.ContainerCreateOptions {
  return {
    name: parts.name,
    Hostname: parts.name,
    Image: parts.image,
    Cmd: ['/bin/sh', '/world-init'],
    Env: [
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      `WORLD_MTU=${parts.mtu}`,
      'container=docker',
    ],
    Labels: { ...parts.labels, [OWNER_LABEL]: owner(), [ADDRESS_LABEL]: parts.address },
    HostConfig: { ...powersOf(parts), Mounts: mounts(parts), NetworkMode: FLEET_NETWORK },
    NetworkingConfig: { EndpointsConfig: { [FLEET_NETWORK]: { IPAMConfig: { IPv4Address: parts.address } } } },
  };
}

function powersOf({ kind }: ServerParts): Docker.HostConfig {
  if (kind !== 'systemd') return { ...machinePowers(), Init: true };
  const { CapAdd, MaskedPaths: _masked, ReadonlyPaths: _readonly, ...powers } = machinePowers();
  // systemd sets kernel parameters and the clock wherever it may: those of this machine must be out of its reach.
  const harmless = (CapAdd ?? []).filter((capability: string) => !FOREIGN.includes(capability));
  return { ...powers, CapAdd: harmless, Init: false, Tmpfs: { '/run': 'exec', '/run/lock': '', '/tmp': 'exec' } };
}

function mounts({ name, directory, initPath, diskBytes }: ServerParts): Docker.MountSettings[] {
  const bind = (Source: string, Target: string, ReadOnly: boolean): Docker.MountSettings => ({
    Type: 'bind',
    Source,
    Target,
    ReadOnly,
  });
  const Options = diskBytes === null ? {} : { type: 'tmpfs', device: 'tmpfs', o: `size=${diskBytes}` };
  const volume = { Labels: { [OWNER_LABEL]: owner() }, NoCopy: true, DriverConfig: { Name: 'local', Options } };
  return [
    bind(directory, '/world', false),
    bind(initPath, '/world-init', true),
    bind(`${directory}/stat`, '/proc/stat', true),
    bind(`${directory}/meminfo`, '/proc/meminfo', true),
    bind('/sys/fs/cgroup', '/sys/fs/cgroup', false),
    { Type: 'volume', Source: name, Target: '/var/lib/docker', ReadOnly: false, VolumeOptions: volume },
  ];
}
