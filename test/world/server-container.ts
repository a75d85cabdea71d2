// How a fleet server is made as a container: a machine of its own as far as possible without `--privileged`, which fails where the
// host's root itself lacks a capability.
import { readFileSync } from 'node:fs';
import type Docker from 'dockerode';
import { FLEET_NETWORK } from './engine.ts';
import { OWNER_LABEL, owner } from './owner.ts';

/** By number, as in <linux/capability.h>; up to the last one that Docker 20.10 knows. */
const CAPABILITIES = (
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST ' +
  'NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE ' +
  'SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM ' +
  'BLOCK_SUSPEND AUDIT_READ'
).split(' ');

/** Label with the address that belongs to a server, powered on or not. */
export const ADDRESS_LABEL = 'berth.test.address';

/** What a server is made of. */
export interface ServerParts {
  readonly name: string;
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
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', `WORLD_MTU=${parts.mtu}`],
    Labels: { ...parts.labels, [OWNER_LABEL]: owner(), [ADDRESS_LABEL]: parts.address },
    HostConfig: { ...hostPowers(), Init: true, Mounts: mounts(parts), NetworkMode: FLEET_NETWORK },
    NetworkingConfig: { EndpointsConfig: { [FLEET_NETWORK]: { IPAMConfig: { IPv4Address: parts.address } } } },
  };
}

function hostPowers(): Docker.HostConfig & { CgroupnsMode: 'host' } {
  return {
    CapAdd: ownCapabilities(),
    SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined'],
    // What the docker program calls systempaths=unconfined.
    MaskedPaths: [],
    ReadonlyPaths: [],
    DeviceCgroupRules: ['a *:* rwm'],
    CgroupnsMode: 'host',
  };
}

/** A container may not be given what this machine's root does not have itself. */
function ownCapabilities(): string[] {
  const bounding = /^CapBnd:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const bits = BigInt(`0x${bounding}`);
  return CAPABILITIES.filter((_, index) => (bits >> BigInt(index)) & 1n);
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
