// What reaches a machine: the part of this adapter that differs between a Unix socket and SSH.
import type { Duplex } from 'node:stream';
import type { Opened } from '../../ports/machine.ts';

/** The raw texts of one look at a machine, and its clock then. */
export interface VitalsText {
  /** The first line of /proc/stat. */
  readonly stat: string;
  readonly meminfo: string;
  readonly bootId: string;
  readonly cpus: number;
  readonly diskTotalBytes: number;
  readonly diskFreeBytes: number;
  readonly machineClockAt: number;
}

/** One kept connection to a machine. */
export interface Link {
  /** For messages: where the machine is. */
  readonly address: string;
  readonly socketPath: string;
  /** Aborted, with a BerthError, when the connection is gone. */
  readonly gone: AbortSignal;
  /** A new connection to the engine's socket. @throws machine.no-engine, machine.disconnected */
  openEngine(): Promise<Duplex>;
  /** Looks at the machine; disk figures are those of the file system that holds `directory`. */
  readVitals(directory: string): Promise<VitalsText>;
  /** What the machine's cgroups say of its containers, as `cgroupWords` has it printed. */
  readCgroups(): Promise<string>;
  listenSocket(directory: string, name: string, accept: (connection: Duplex) => void): Promise<Opened>;
  listenLoopback(accept: (connection: Duplex) => void): Promise<Opened & { readonly port: number }>;
  /** Ends everything that was opened over it; `gone` rings. */
  close(): Promise<void>;
}
