// What a container may do that is to be a machine: as much as possible without `--privileged`, which fails where this machine's own root lacks a
// capability.
import { readFileSync } from 'node:fs';
import type Docker from 'dockerode';

/** By number, as in <linux/capability.h>; up to the last one that Docker 20.10 knows. */
const CAPABILITIES = (
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST ' +
  'NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE ' +
  'SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM ' +
  'BLOCK_SUSPEND AUDIT_READ'
).split(' ');

/** The powers of a machine. */
export function machinePowers(): Docker.HostConfig & { CgroupnsMode: 'host' } {
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
