// What a developer uploads: an application by name, and every upload of it as an immutable package.
import type { Instant } from './instant.ts';
import type { SensorType } from './sensor.ts';

/** What kind of end an algorithm has: its own (`run-to-completion`), or none until it is stopped (`continuous`). */
export type AlgorithmKind = 'run-to-completion' | 'continuous';

/** What an algorithm gives to the SDK's `output`. */
export type OutputType = 'none' | 'text' | 'json' | 'files';

/** A host and the TCP ports of it that an application may reach; nothing else is reachable. */
export interface NetworkNeed {
  readonly host: string;
  readonly ports: readonly number[];
}

/** Room that one slot of an algorithm reserves on its node, and the limits of its container. */
export interface Resources {
  /** CPUs, fractions allowed. */
  readonly cpus: number;
  readonly memoryMiB: number;
  /** Scratch space. */
  readonly diskMiB: number;
  readonly pids: number;
}

/** What an algorithm reads: `count` sensors of a type under one name in its code. */
export interface SensorNeed {
  readonly name: string;
  readonly type: string;
  readonly format: 'number' | 'integer' | 'boolean' | 'string' | 'object';
  readonly count: number;
}

/** A device that an algorithm may steer, under its name in the code. */
export interface ControlNeed {
  readonly name: string;
  readonly type: string;
}

/** What an algorithm may ask the platform to do. */
export type ActionKind = 'email' | 'sms' | 'notify' | 'webhook';

/** One runnable script of an application. */
export interface Algorithm {
  readonly id: string;
  readonly name: string;
  /** Path in the package. */
  readonly script: string;
  readonly kind: AlgorithmKind;
  readonly sensors: readonly SensorNeed[];
  readonly controls: readonly ControlNeed[];
  readonly actions: readonly ActionKind[];
  readonly output: OutputType;
  readonly resources: Resources;
  readonly environment: Readonly<Record<string, string>>;
  /** At most one live copy of each slot, network cuts included. */
  readonly exactlyOne: boolean;
}

/** What is installed for an application beside its own files. */
export interface Dependencies {
  /** Requirement specifiers of PEP 508. */
  readonly pip: readonly string[];
  /** Debian package names, `name` or `name=version`. */
  readonly debian: readonly string[];
  /** npm packages, `name@version` or `name@range`; absent: none. */
  readonly npm?: readonly string[];
}

/** What runs an application's scripts. */
export type Runtime = 'python' | 'node';

/** `app_config.json`, read and validated, with its defaults filled in. */
export interface AppConfig {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly runtime: Runtime;
  readonly dependencies: Dependencies;
  readonly network: readonly NetworkNeed[];
  readonly algorithms: readonly Algorithm[];
}

/** One device named in `sensor_config.json`. */
export interface SensorDeclaration {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly location: string;
  readonly outputType: string;
  readonly outputRange?: readonly [number, number];
  readonly dataRateHz?: number;
  readonly network: Readonly<Record<string, string>>;
  /** Absent: none. */
  readonly tags?: readonly string[];
}

/** `sensor_config.json`, read and validated. */
export interface SensorConfig {
  /** Kinds of devices that it brings along; absent: none. */
  readonly types?: readonly Pick<SensorType, 'id' | 'description' | 'fields' | 'rateHz' | 'controls'>[];
  readonly sensors: readonly SensorDeclaration[];
}

/** An application, by name. Written by applications. */
export interface Application {
  readonly id: string;
  readonly description: string;
  /** In which roles are given; absent: the default project. */
  readonly project?: string;
  /** Package that new jobs run. */
  readonly currentPackage: string;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** One immutable upload of an application; its id is the SHA-256 of the zip in hex. Written once, by applications. */
export interface Package {
  readonly id: string;
  readonly application: string;
  /** The zip in Blobs. */
  readonly blob: string;
  readonly sizeBytes: number;
  /** Paths of the package's files, in order, with their sizes. */
  readonly files: readonly { readonly path: string; readonly sizeBytes: number }[];
  readonly config: AppConfig;
  readonly sensorConfig: SensorConfig;
  readonly createdAt: Instant;
}
