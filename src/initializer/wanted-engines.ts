// What the platform stands on: which database and which brokers, on which machine, with an account for each component, and how components
// come in. What is given is used as it is.
import { createHash } from 'node:crypto';
import { originOf } from '../model/component-name.ts';
import { grantsOfAll } from './bus-grants.ts';
import { peerHost } from './decide-placement-of-components.ts';
import { KAFKA_PACKAGES, KAFKA_PORT, KAFKA_USER, kafkaCredentials, kafkaEngine } from './kafka-engine.ts';
import { DATA } from './machine-paths.ts';
import type { MachinesFile } from './machines-file-schema.ts';
import type { Manifest } from './manifest.ts';
import {
  MARIADB_CONFIGURATION,
  MARIADB_DATA,
  MARIADB_PACKAGES,
  MARIADB_PORT,
  mariadbEngine,
} from './mariadb-engine.ts';
import type { PlacedComponent, PlatformMap } from './platform-map.ts';
import type { WantedEngine } from './wanted-machine.ts';

/** What engines and the ways to them are made from. */
export interface EngineOrigin {
  readonly file: MachinesFile;
  readonly map: PlatformMap;
  readonly secrets: EngineSecrets;
  /** Digest of the Kafka that is to run; undefined: none is. */
  readonly kafka: string | undefined;
}

/** Secrets that it takes. */
export interface EngineSecrets {
  readonly passwordOf: (account: string) => string;
  readonly busCredentials: string | undefined;
  readonly busCertificates: string | undefined;
}

/** How one component comes in. */
export interface EngineAccess {
  /** The database with its user and password; empty for SQLite. */
  readonly storeUrl: string;
  /** The address of the brokers; empty: there are none. */
  readonly busUrl: string;
  /** Contents of the file with user:password for the brokers; undefined: there is none. */
  readonly busCredentials: string | undefined;
  /** PEM certificates to trust for the brokers; undefined: there are none. */
  readonly busCertificates: string | undefined;
}

/** Name of the database, and of what else needs one. */
const DATABASE = 'berth';

/** The engines on a machine. */
export function enginesOf({ file, map, secrets, kafka }: EngineOrigin, name: string): readonly WantedEngine[] {
  const { passwordOf } = secrets;
  const { components, platform, program } = map;
  const made = { passwordOf, proofOf };
  const engines: WantedEngine[] = [];
  if (storeMachine(file) === name) {
    const accounts = components.map((each) => ({
      ...{ user: originOf(each.name), password: passwordOf(originOf(each.name)), roles: each.roles },
    }));
    engines.push(mariadbEngine({ ...made, database: DATABASE, program, accounts }));
  }
  if (busMachine(file) === name && kafka !== undefined) {
    const accounts = components.map((each) => ({
      ...{ user: originOf(each.name), password: busPassword(secrets, each), grants: grantsOfAll(each.roles, '') },
    }));
    const [host, isAlone] = [engineHost(file, name), file.machines.length === 1];
    engines.push(kafkaEngine({ ...made, digest: kafka, host, isAlone, data: kafkaData(file), platform, accounts }));
  }
  return engines;
}

/** Packages that the engines on a machine need. */
export function enginePackages(file: MachinesFile, name: string): readonly string[] {
  return [
    ...(storeMachine(file) === name ? MARIADB_PACKAGES : []),
    ...(busMachine(file) === name ? KAFKA_PACKAGES : []),
  ];
}

/** What of the engines on a machine its manifest must tell; what a package brings with it is ours if the package is. */
export function engineTraces(
  file: MachinesFile,
  name: string,
  packages: readonly string[],
): Pick<Manifest, 'files' | 'data' | 'users' | 'databases'> {
  const [hasStore, hasBus] = [storeMachine(file) === name, busMachine(file) === name];
  const isOurServer = hasStore && MARIADB_PACKAGES.some((each) => packages.includes(each));
  return {
    files: hasStore ? [MARIADB_CONFIGURATION] : [],
    data: [...(isOurServer ? [MARIADB_DATA] : []), ...(hasBus ? [kafkaData(file)] : [])],
    users: hasBus ? [KAFKA_USER] : [],
    databases: hasStore ? [DATABASE] : [],
  };
}

/** How a component reaches database and brokers. One that was moved has the accounts that it had before. */
export function engineAccess({ file, map, secrets }: EngineOrigin, component: PlacedComponent): EngineAccess {
  const { store, bus } = file;
  const { passwordOf, busCredentials, busCertificates } = secrets;
  const user = originOf(component.name);
  const own = `mysql://${user}:${passwordOf(user)}@${map.store.address}/${DATABASE}`;
  const storeUrl = store && ('given' in store ? store.given : own);
  if (bus !== 'none' && 'on' in bus) {
    const credentials = kafkaCredentials({ user, password: busPassword(secrets, component) });
    const busUrl = `kafka://${map.bus.address}`;
    return { storeUrl: storeUrl ?? '', busUrl, busCredentials: credentials, busCertificates: undefined };
  }
  return { storeUrl: storeUrl ?? '', busUrl: bus === 'none' ? '' : bus.given, busCredentials, busCertificates };
}

/** Where the database of a machines file is, for the map. */
export function storeOf(file: MachinesFile): PlatformMap['store'] {
  const { store } = file;
  if (!store) return { kind: 'sqlite', machine: null, address: '' };
  if ('given' in store) return { kind: 'given', machine: null, address: shownUrl(store.given) };
  return { kind: store.kind, machine: store.on, address: `${engineHost(file, store.on)}:${MARIADB_PORT}` };
}

/** Where its brokers are, for the map. */
export function busOf(file: MachinesFile): PlatformMap['bus'] {
  const { bus } = file;
  if (bus === 'none') return { kind: 'none', machine: null, address: '' };
  if ('given' in bus) return { kind: 'given', machine: null, address: shownUrl(bus.given) };
  return { kind: 'kafka', machine: bus.on, address: `${engineHost(file, bus.on)}:${KAFKA_PORT}` };
}

/** The machine that is to run the database; undefined: none of the file's. */
export function storeMachine({ store }: MachinesFile): string | undefined {
  return store && 'on' in store ? store.on : undefined;
}

/** The machine that is to run the brokers; undefined: none of the file's. */
export function busMachine({ bus }: MachinesFile): string | undefined {
  return bus !== 'none' && 'on' in bus ? bus.on : undefined;
}

/** Another one than in the database: whoever sees one of them does not have the other. */
function busPassword({ passwordOf }: EngineSecrets, { name }: PlacedComponent): string {
  return passwordOf(brokerAccount(originOf(name)));
}

/** What the password of an account at the brokers is derived for. */
export function brokerAccount(account: string): string {
  return `${account} at the brokers`;
}

/** Beside the data of components: it is of another user. */
function kafkaData({ settings }: MachinesFile): string {
  return `${String(settings.BERTH_DATA ?? DATA)}-kafka`;
}

function engineHost(file: MachinesFile, name: string): string {
  const machine = file.machines.find((each) => each.name === name);
  const host = machine ? peerHost(file, machine) : '';
  return host.includes(':') ? `[${host}]` : host;
}

/** What of an address may be shown: never who comes in with which password. */
function shownUrl(url: string): string {
  return url.replace(/^([a-z]+:\/\/)[^/@]*@/, '$1');
}

function proofOf(password: string): string {
  return createHash('sha256').update(password).digest('hex');
}
