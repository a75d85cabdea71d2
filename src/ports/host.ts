// The machine that the platform itself runs on: what it has, and how to give it what it lacks.

/** What a machine can be asked to have. */
export interface Host {
  /** Whether this process may install packages and start a Docker engine. */
  mayInstall(): boolean;
  /** Name and version of the operating system, and whether its packages can be installed. */
  system(): Promise<{ readonly name: string; readonly debian: boolean }>;
  /** Of the programs named, those that are not on the search path. */
  missingPrograms(programs: readonly string[]): Promise<readonly string[]>;
  /** Installs packages of the distribution. @throws platform.install-failed */
  installPackages(packages: readonly string[], onLine: (line: string) => void): Promise<void>;
  /** Version of the engine that answers at a socket; undefined when none does. */
  engineVersion(socketPath: string): Promise<string | undefined>;
  /** Starts a Docker engine that goes on when this process ends. @throws platform.engine-failed */
  startEngine(socketPath: string): Promise<void>;
  /** Free bytes of the file system that holds a directory. */
  freeBytes(directory: string): Promise<number>;
}
