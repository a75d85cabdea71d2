// One machine's Docker engine, vital signs and sockets, over a Unix socket or SSH. Never the `docker` program.
import type { Duplex, Readable } from 'node:stream';
import type { Instant } from '../model/instant.ts';
import type { NodeAccess, NodeFacts } from '../model/node.ts';

/** Raw readings of a machine: two of them give a load. */
export interface Vitals {
  /** Jiffies of all CPUs since boot, from /proc/stat. */
  readonly cpuBusy: number;
  readonly cpuTotal: number;
  readonly memoryTotalBytes: number;
  readonly memoryAvailableBytes: number;
  readonly diskTotalBytes: number;
  readonly diskFreeBytes: number;
  readonly bootId: string;
  /** The machine's wall clock, as near as possible to the moment of reading. */
  readonly machineClockAt: Instant;
}

/** A container to be created. Everything that is not named here is denied: no capability, no privilege, no device, no host path. */
export interface ContainerSpec {
  /** Also the name by which it is found again. */
  readonly name: string;
  /** Image reference or id that the engine has. */
  readonly image: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** `uid:gid`. */
  readonly user: string;
  readonly hostname: string;
  /** Name to address, written to the container's hosts file. */
  readonly extraHosts: Readonly<Record<string, string>>;
  readonly network: 'none' | 'bridge';
  readonly readOnlyRoot: boolean;
  /** Named volume and where it is mounted, or none. */
  readonly scratch: { readonly volume: string; readonly path: string } | null;
  /** Directories of the machine mounted read-only. */
  readonly binds: readonly { readonly source: string; readonly target: string }[];
  /** Sizes of in-memory directories, by path. */
  readonly tmpfs: Readonly<Record<string, number>>;
  /** Sizes of in-memory directories that only the container's user may enter, by path; absent: none. */
  readonly privateTmpfs?: Readonly<Record<string, number>>;
  readonly cpus: number | null;
  readonly memoryBytes: number | null;
  readonly pids: number | null;
  /** `none`: all capabilities dropped and no new privileges. `install`: Docker's default ones, for installing dependencies only. */
  readonly capabilities: 'none' | 'install';
  /** Its standard input is what its start is given; empty without. */
  readonly takesInput?: true;
}

/** A container as its engine describes it. */
export interface ContainerView {
  readonly id: string;
  readonly name: string;
  readonly state: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  readonly exitCode: number | null;
  readonly oomKilled: boolean;
  readonly error: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
}

/** What a container that runs has used. */
export interface ContainerUsage {
  readonly id: string;
  /** Milliseconds of one core since its start. */
  readonly cpuMs: number;
  /** Without what is only cached from files. */
  readonly memoryBytes: number;
}

/** Something happened to a container, on its machine's clock. */
export interface ContainerEvent {
  readonly name: string;
  readonly id: string;
  readonly action: 'create' | 'start' | 'die' | 'kill' | 'oom' | 'destroy';
  readonly exitCode: number | null;
  readonly at: Instant;
  readonly labels: Readonly<Record<string, string>>;
}

/** One piece of a container's log, exactly as it was written. */
export interface LogFrame {
  /** Nanoseconds since the epoch, on the machine's clock. */
  readonly atNs: bigint;
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Buffer;
}

/** An image on a machine. */
export interface ImageView {
  readonly id: string;
  readonly tags: readonly string[];
  readonly sizeBytes: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: Instant;
}

/** Something opened on a machine that goes away with it or when closed. */
export interface Opened {
  close(): Promise<void>;
}

/**
 * One machine over one kept connection. Acts are idempotent where Docker allows it. Every method rejects with a BerthError whose code
 * begins with `machine.`, `machine.disconnected` when the connection is gone; none waits for ever.
 */
export interface Machine {
  /** Rings once when the connection is lost or closed, with why. */
  readonly closed: Promise<string>;
  facts(): Promise<NodeFacts>;
  vitals(): Promise<Vitals>;
  /** What these containers have used, by their ids; those that do not run are left out. One look at the machine tells of all of them. */
  usage(containers: readonly string[]): Promise<readonly ContainerUsage[]>;
  /** Answers if the engine does; its latency is the connection's. */
  ping(): Promise<void>;

  hasImage(reference: string): Promise<boolean>;
  /** Pulls by digest from a registry and gives the image a tag that outlives the reference. Progress in whole bytes. */
  pullImage(request: {
    readonly reference: string;
    readonly user: string;
    readonly password: string;
    readonly tag: string;
    readonly onProgress: (doneBytes: number, totalBytes: number) => void;
  }): Promise<void>;
  /** A reference that any registry may serve, without credentials; for base images. */
  pullPublicImage(reference: string, onProgress: (doneBytes: number, totalBytes: number) => void): Promise<void>;
  listImages(label: string): Promise<readonly ImageView[]>;
  /** Resolves also when it was not there. @throws machine.image-in-use */
  removeImage(reference: string): Promise<void>;
  /** A tar as `docker save` writes it. */
  saveImage(reference: string): Promise<Readable>;
  /** Makes an image of a tar that is one root file system. */
  importImage(tar: Readable, tag: string): Promise<void>;
  /** The container's file system as a new image. */
  commitContainer(name: string, tag: string): Promise<void>;

  /** Creates it, or finds it under its name with the same `berth.spec` label; resolves to the container's id. @throws machine.name-taken */
  createContainer(spec: ContainerSpec): Promise<string>;
  /** Puts a tar's files below a path of a container's volume, before or after its start. */
  putArchive(name: string, path: string, tar: Readable | Buffer): Promise<void>;
  /** A tar of a path in a container, running or not; undefined when there is no such path. */
  getArchive(name: string, path: string): Promise<Readable | undefined>;
  /** Resolves also when it runs already. `input` is what a container that takes input reads from its standard input, and then its end. */
  startContainer(name: string, input?: Buffer): Promise<void>;
  /** Sends a signal; resolves also when it does not run any more. */
  signalContainer(name: string, signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): Promise<void>;
  /** Removes it with force, and its scratch volume; resolves also when they were not there. */
  removeContainer(name: string): Promise<void>;
  /** Undefined when there is none. */
  inspectContainer(name: string): Promise<ContainerView | undefined>;
  /** All containers, ended ones included, that carry a label (`key` or `key=value`). */
  listContainers(label: string): Promise<readonly ContainerView[]>;
  /** Names of volumes that carry a label. */
  listVolumes(label: string): Promise<readonly string[]>;
  removeVolume(name: string): Promise<void>;
  /** Events of labelled containers from an instant of the machine's clock on, those of the past first; ends when the signal aborts. */
  events(label: string, sinceAt: Instant, signal: AbortSignal): AsyncIterable<ContainerEvent>;
  /** The log from a time on (nanoseconds, inclusive), in batches of what came at once, none of them empty; follows until the container ends, if asked to. */
  logs(
    name: string,
    options: { readonly sinceNs: bigint; readonly follow: boolean; readonly signal: AbortSignal },
  ): AsyncIterable<readonly LogFrame[]>;

  /**
   * A Unix socket on the machine whose connections reach `accept`; its directory is made, readable for containers, and the socket is
   * renamed into place so that a fresh one replaces a stale one without a gap.
   */
  listenSocket(directory: string, name: string, accept: (connection: Duplex) => void): Promise<Opened>;
  /** A TCP port on the machine's 127.0.0.1 whose connections reach `accept`. */
  listenLoopback(accept: (connection: Duplex) => void): Promise<Opened & { readonly port: number }>;
  close(): Promise<void>;
}

/** A host key as it was presented: the line to pin and its SHA-256 fingerprint, for a person to compare. */
export interface HostKey {
  readonly line: string;
  readonly fingerprint: string;
}

/** How machines are reached. */
export interface Machines {
  /** @throws machine.ssh-refused, machine.no-answer, machine.frozen, machine.unreachable (for any other reason), machine.host-key-changed, machine.authentication-refused, machine.no-engine, machine.engine-too-old */
  connect(access: NodeAccess): Promise<Machine>;
  /** The key that a machine presents, without signing in. */
  scanHostKey(host: string, port: number): Promise<HostKey>;
  /** The platform's own public key, as for authorized_keys. */
  publicKey(): Promise<string>;
  /**
   * Restarts the Docker engine of a machine over a fresh connection that does not need it; resolves when it answers again.
   * @throws what `connect` throws when the machine cannot be reached, machine.restart-refused when its own tools refuse.
   */
  restartEngine(access: NodeAccess): Promise<void>;
  /**
   * Makes a new machine fit to be a node: installs the Docker engine where there is none and sets `live-restore`, from the machine's own
   * package sources; resolves when the engine answers. Doing it again changes nothing. @throws machine.prepare-failed
   */
  prepare(access: NodeAccess, progress: (line: string) => void): Promise<void>;
}
