// What is to be on one machine: packages, the program, files with their contents, components.
import { createHash } from 'node:crypto';
import type { BrokerAccount } from './bus-grants.ts';
import type { DatabaseAccount } from './database-grants.ts';

/** A file that is to be there. */
export interface WantedFile {
  readonly path: string;
  readonly mode: number;
  readonly bytes: Buffer;
  readonly digest: string;
  /** `always`: as it is here. `if-absent`: the platform changes it later; what is there stays. */
  readonly when: 'always' | 'if-absent';
}

/** A component that is to run. */
export interface WantedComponent {
  readonly name: string;
  /** The file whose presence means that it runs: of the own supervisor, or a unit of systemd. */
  readonly start: WantedFile;
  /** What it reads when it starts. */
  readonly files: readonly WantedFile[];
  /** Answers 200 when it is ready, on the machine itself. */
  readonly healthUrl: string;
  /** Whether people reach the platform through it. */
  readonly hasApi: boolean;
}

interface EngineFiles {
  /** Its configuration: where that differs, it is started anew. */
  readonly files: readonly WantedFile[];
  /** Files for people, whose change starts nothing anew. */
  readonly notes: readonly WantedFile[];
  /** Which accounts have which rights: written when it runs and each has what it needs. */
  readonly setUp: WantedFile;
  /** The same: written when, after the components were started with their roles, none has more than that. */
  readonly settled: WantedFile;
}

/** A database that is to run. */
export interface WantedMariadb extends EngineFiles {
  readonly kind: 'mariadb';
  readonly database: string;
  /** Who makes and changes tables, from the engine's own machine alone. */
  readonly owner: { readonly user: string; readonly password: string };
  /** The same as an address, for the program. */
  readonly ownerUrl: string;
  readonly accounts: readonly DatabaseAccount[];
}

/** Brokers that are to run. */
export interface WantedKafka extends EngineFiles {
  readonly kind: 'kafka';
  /** Of the jars that it runs. */
  readonly digest: string;
  /** The user as whom it runs, its directory, and the file that this user must be able to read. */
  readonly user: string;
  readonly data: string;
  readonly configuration: WantedFile;
  /** The file whose presence means that it runs. */
  readonly start: WantedFile;
  /** The words that make its directory ready for the first time. */
  readonly format: readonly string[];
  /** How it is asked on its machine, by somebody who may do everything. */
  readonly access: { readonly port: number; readonly user: string; readonly password: string };
  readonly accounts: readonly BrokerAccount[];
}

/** What the platform stands on, as far as it is on its machines. */
export type WantedEngine = WantedMariadb | WantedKafka;

/** All of it. */
export interface WantedMachine {
  readonly name: string;
  readonly packages: readonly string[];
  /** Digest of the program. */
  readonly program: string;
  readonly supervisor: 'systemd' | 'own';
  readonly files: readonly WantedFile[];
  readonly engines: readonly WantedEngine[];
  readonly components: readonly WantedComponent[];
  /** Public keys that sign in as root: the platform's own, where it is to reach a node. */
  readonly authorized: readonly string[];
}

/** A file with its digest. */
export function wantedFile(
  path: string,
  contents: string | Uint8Array,
  mode: number,
  when: WantedFile['when'] = 'always',
): WantedFile {
  const bytes = Buffer.from(contents);
  return { path, mode, bytes, when, digest: createHash('sha256').update(bytes).digest('hex') };
}

/** Every file of a machine, whatever it is for. */
export function allFilesOf({ files, engines, components }: WantedMachine): readonly WantedFile[] {
  return [
    ...files,
    ...engines.flatMap((engine) => [...engineFiles(engine), ...engine.notes, engine.setUp, engine.settled]),
    ...components.flatMap((component) => [...component.files, component.start]),
  ];
}

/** What an engine runs with; different, it has to be started anew. */
export function engineFiles(engine: WantedEngine): readonly WantedFile[] {
  return engine.kind === 'kafka' ? [...engine.files, engine.start] : engine.files;
}
