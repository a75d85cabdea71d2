// A machine that the platform is being installed on: programs, files and facts, as its administrator. Nothing of the platform need run there.
import type { Readable } from 'node:stream';
import type { HostKey } from './machine.ts';

/** Where a machine is and how to get in. */
export type InstallerAccess =
  | { readonly kind: 'local' }
  | {
      readonly kind: 'ssh';
      readonly host: string;
      readonly port: number;
      readonly user: string;
      /** Path of the private key on the machine of the person. */
      readonly identity: string;
      /** Pinned public host key: algorithm, space, base64. */
      readonly hostKey: string;
    };

/** How a program ended. */
export interface ProgramOutcome {
  /** The exit code, or the name of the signal that killed it. */
  readonly status: string;
  /** What it printed, at most a mebibyte. */
  readonly output: string;
  readonly complaint: string;
}

/** How one program is run. */
export interface ProgramWish {
  /** What it reads; nothing without. */
  readonly input?: string | Uint8Array;
  /** Told of each line that it prints. */
  readonly onLine?: (line: string) => void;
  /** Limit in milliseconds; two minutes without. */
  readonly withinMs?: number;
}

/** What is found out about a machine before anything is done to it. */
export interface MachineFacts {
  /** Name and version of the operating system. */
  readonly system: string;
  /** Whether packages can be installed by apt. */
  readonly isDebian: boolean;
  /** As Node names it: x64, arm64. */
  readonly architecture: string;
  /** Free bytes where the program and the data will lie. */
  readonly diskFreeBytes: number;
  readonly memoryTotalBytes: number;
  /** The machine's clock minus ours. */
  readonly clockOffsetMs: number;
  /** TCP ports that something listens on. */
  readonly portsInUse: readonly number[];
  readonly hasSystemd: boolean;
}

/** One machine, held over one connection. Everything rejects with initializer.machine-disconnected when that is gone. */
export interface InstallerMachine {
  readonly address: string;
  /** Runs a program to its end. @throws initializer.machine-timeout */
  run(words: readonly string[], wish?: ProgramWish): Promise<ProgramOutcome>;
  /** Puts a file there as a whole, with directories above it: a crash leaves the old one or the new one. @throws initializer.step-failed */
  putFile(path: string, bytes: Uint8Array, mode: number): Promise<void>;
  /** The contents of a file; undefined when it is not there. @throws initializer.step-failed when it is larger than a mebibyte */
  readFile(path: string): Promise<Buffer | undefined>;
  /** Unpacks a .tar.gz to a directory that is not there yet; it appears only when all of it is there. @throws initializer.step-failed */
  putTree(directory: string, packed: Readable): Promise<void>;
  facts(): Promise<MachineFacts>;
  close(): Promise<void>;
}

/** How machines are reached. */
export interface InstallerMachines {
  /** @throws what reaching and signing in can fail with: machine.*; initializer.step-failed without root or sudo */
  open(access: InstallerAccess): Promise<InstallerMachine>;
  /** The key that a machine presents, without signing in. */
  scanHostKey(host: string, port: number): Promise<HostKey>;
}
