// What is to be on every machine of a platform, from the machines file, the map and the secrets.
import { componentFiles, dataOf } from './component-files.ts';
import { joiningNodes } from './joining-nodes.ts';
import { ETC } from './machine-paths.ts';
import type { MachinesFile } from './machines-file-schema.ts';
import type { Manifest } from './manifest.ts';
import { mapText, type PlacedComponent, type PlatformMap } from './platform-map.ts';
import { type BootWay, bootFiles } from './supervision-files.ts';
import {
  type EngineOrigin,
  type EngineSecrets,
  engineAccess,
  enginePackages,
  enginesOf,
  engineTraces,
} from './wanted-engines.ts';
import { type WantedMachine, wantedFile } from './wanted-machine.ts';

/** What it is made from. */
export interface WantedOrigin extends EngineOrigin {
  /** How each machine's supervisor comes back after a reboot. */
  readonly bootWays: Readonly<Record<string, BootWay>>;
  readonly secrets: InstallerSecrets;
}

/** Secrets of a platform, made once. */
export interface InstallerSecrets extends EngineSecrets {
  /** Files of the directory of keys, by name. */
  readonly keys: Readonly<Record<string, Uint8Array>>;
  /** The platform's own public key, as for authorized_keys. */
  readonly publicKey: string;
}

const NODE_PACKAGES = ['docker.io', 'iptables', 'ca-certificates'];

/** Everything, machine by machine. */
export function wantedMachines(origin: WantedOrigin): readonly WantedMachine[] {
  const { map, bootWays } = origin;
  return map.machines.map(({ name, supervisor }) => ({
    ...{ name, supervisor, program: map.program },
    packages: packagesOf(origin.file, name),
    files: [wantedFile(`${ETC}/platform.yaml`, mapText(map), 0o644), ...bootFiles(bootWays[name] ?? 'none')],
    engines: enginesOf(origin, name),
    authorized: joiningNodes(origin.file, map).includes(name) ? [origin.secrets.publicKey] : [],
    components: componentsOn(map, name).map((placed) =>
      componentFiles({ ...origin, placed, secrets: { keys: origin.secrets.keys, ...engineAccess(origin, placed) } }),
    ),
  }));
}

/** Packages that a machine must have for what the file gives it. */
export function packagesOf(file: MachinesFile, name: string): readonly string[] {
  return [...enginePackages(file, name), ...(file.nodes.includes(name) ? NODE_PACKAGES : [])];
}

/** What a machine's manifest must tell, for taking it down. */
export function manifestOf(
  origin: Omit<WantedOrigin, 'secrets' | 'kafka'>,
  name: string,
  missing: { readonly packages: readonly string[]; readonly authorized: readonly string[] },
): Manifest {
  const { files, data, users, databases } = engineTraces(origin.file, name, missing.packages);
  const boot = bootFiles(origin.bootWays[name] ?? 'none').map(({ path }) => path);
  return {
    platform: origin.map.platform,
    packages: [...missing.packages],
    authorized: [...missing.authorized],
    files: [...boot, ...files],
    users: [...users],
    databases: [...databases],
    data: [...componentsOn(origin.map, name).map((placed) => dataOf({ ...origin, placed })), ...data],
  };
}

function componentsOn({ components }: PlatformMap, name: string): readonly PlacedComponent[] {
  return components.filter(({ machine }) => machine === name);
}
