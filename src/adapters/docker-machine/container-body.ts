// A container as the engine is asked to create it: what a ContainerSpec does not name is denied.
import type { ContainerSpec } from '../../ports/machine.ts';

/** Docker's `local` driver keeps the bytes as they were written (json-file turns invalid UTF-8 into U+FFFD). */
const LOG_CONFIG = { Type: 'local', Config: { 'max-size': '16m', 'max-file': '4', compress: 'true' } };

/** The body of POST /containers/create (Docker Engine API 1.41). */
export function containerBody(spec: ContainerSpec): object {
  return {
    Image: spec.image,
    Entrypoint: spec.entrypoint,
    Cmd: spec.command,
    Env: Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`),
    Labels: spec.labels,
    WorkingDir: spec.workingDirectory,
    User: spec.user,
    Hostname: spec.hostname,
    Tty: false,
    OpenStdin: spec.takesInput === true,
    // Closed when whoever writes to it has ended or is gone: nobody waits for input that never comes.
    StdinOnce: spec.takesInput === true,
    AttachStdin: spec.takesInput === true,
    AttachStdout: false,
    AttachStderr: false,
    StopSignal: 'SIGTERM',
    Healthcheck: { Test: ['NONE'] },
    HostConfig: hostConfig(spec),
  };
}

function hostConfig(spec: ContainerSpec): object {
  return {
    // With any other policy, containers that the platform stopped come back beside their successors when the engine restarts.
    RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
    AutoRemove: false,
    Privileged: false,
    // `install` keeps Docker's default capabilities: package managers change owners and users.
    CapDrop: spec.capabilities === 'none' ? ['ALL'] : [],
    SecurityOpt: ['no-new-privileges'],
    ReadonlyRootfs: spec.readOnlyRoot,
    NetworkMode: spec.network,
    LogConfig: LOG_CONFIG,
    Init: false,
    ExtraHosts: Object.entries(spec.extraHosts).map(([name, address]) => `${name}:${address}`),
    Mounts: mounts(spec),
    Tmpfs: tmpfs(spec),
    ...resources(spec),
  };
}

/** Zero means unlimited to the engine. Swap of the same size as memory means none. */
function resources(spec: ContainerSpec): object {
  return {
    Memory: spec.memoryBytes ?? 0,
    MemorySwap: spec.memoryBytes ?? 0,
    NanoCpus: Math.round((spec.cpus ?? 0) * 1e9),
    PidsLimit: spec.pids ?? 0,
  };
}

function mounts(spec: ContainerSpec): object[] {
  const binds = spec.binds.map(({ source, target }) => ({
    Type: 'bind',
    Source: source,
    Target: target,
    ReadOnly: true,
  }));
  if (!spec.scratch) return binds;
  const { volume, path } = spec.scratch;
  const scratch = { Type: 'volume', Source: volume, Target: path, VolumeOptions: { Labels: spec.labels } };
  return [scratch, ...binds];
}

function tmpfs({ tmpfs: shared, privateTmpfs = {}, user }: ContainerSpec): Readonly<Record<string, string>> {
  const [uid, gid] = user.split(':');
  const own = `,mode=0700,uid=${uid},gid=${gid}`;
  return Object.fromEntries([
    ...Object.entries(shared).map(([path, size]) => [path, tmpfsOptions(size)]),
    ...Object.entries(privateTmpfs).map(([path, size]) => [path, tmpfsOptions(size) + own]),
  ]);
}

function tmpfsOptions(sizeBytes: number): string {
  return `rw,noexec,nosuid,nodev,size=${sizeBytes}`;
}
