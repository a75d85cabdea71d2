// The files of one component on its machine: its settings, and what starts it.

import { COMPONENTS, DATA, ETC, programDirectory } from './machine-paths.ts';
import type { MachinesFile } from './machines-file-schema.ts';
import type { PlacedComponent, PlatformMap } from './platform-map.ts';
import type { EngineAccess } from './wanted-engines.ts';
import { type WantedComponent, type WantedFile, wantedFile } from './wanted-machine.ts';

/** Secrets that one component is given. */
export interface ComponentSecrets extends EngineAccess {
  /** Files of the directory of keys, by name. */
  readonly keys: Readonly<Record<string, Uint8Array>>;
}

/** What its files are made from. */
export interface ComponentOrigin {
  readonly file: MachinesFile;
  readonly map: PlatformMap;
  readonly placed: PlacedComponent;
  readonly secrets: ComponentSecrets;
}

const SECRET = 0o600;

/** All of them. */
export function componentFiles(origin: ComponentOrigin): WantedComponent {
  const { map, placed, secrets } = origin;
  const { name, roles, apiPort } = placed;
  const environmentFile = `${ETC}/${name}.env`;
  const files: WantedFile[] = Object.entries(secrets.keys).map(([key, bytes]) =>
    wantedFile(`${dataOf(origin)}/keys/${key}`, bytes, SECRET, 'if-absent'),
  );
  const { busCredentials, busCertificates } = secrets;
  if (busCredentials !== undefined) files.push(wantedFile(credentialsPath(name), busCredentials, SECRET));
  if (busCertificates !== undefined) files.push(wantedFile(certificatesPath(name), busCertificates, 0o644));
  files.push(wantedFile(environmentFile, environmentText(settingsOf(origin)), SECRET));
  const command = [`${programDirectory(map.program)}/bin/berth`, 'serve'];
  const start = JSON.stringify({ name, roles, environmentFile, command }, null, 2);
  return {
    ...{ name, files },
    start: wantedFile(`${COMPONENTS}/${name}.json`, `${start}\n`, 0o644),
    healthUrl: `http://${healthPlace(origin)}/health/ready`,
    hasApi: apiPort !== null,
  };
}

/** Where a component keeps what is its own: the usual directory, unless it was placed beside others, or moved here. */
export function dataOf({ file, map, placed }: Pick<ComponentOrigin, 'file' | 'map' | 'placed'>): string {
  const base = String(file.settings.BERTH_DATA ?? DATA);
  const beside = map.components.filter((each) => (each.movedFrom ?? each.machine) === placed.machine);
  return beside.length === 1 && placed.movedFrom === undefined ? base : `${base}/${placed.name}`;
}

function settingsOf(origin: ComponentOrigin): Readonly<Record<string, string>> {
  const { file, map, placed, secrets } = origin;
  const { name, machine, roles, peer, apiPort } = placed;
  const hasNode = map.form === 'embedded' && file.nodes.includes(machine);
  return {
    // People reach the API from elsewhere; a machine need not have the address under which they know it.
    BERTH_HOST: isHere(file, machine) ? '127.0.0.1' : '0.0.0.0',
    BERTH_PUBLIC_URL: map.console,
    BERTH_DOCKER: hasNode ? '/var/run/docker.sock' : '',
    ...Object.fromEntries(Object.entries(file.settings).map(([key, value]) => [key, String(value)])),
    ...(apiPort === null ? {} : { BERTH_PORT: String(apiPort) }),
    ...(roles.includes('sensors') ? {} : { BERTH_MQTT_HOST: '' }),
    BERTH_DATA: dataOf(origin),
    // What it keeps for its user goes with its data.
    XDG_CONFIG_HOME: `${dataOf(origin)}/config`,
    BERTH_COMPONENT: name,
    BERTH_MACHINE: machine,
    BERTH_ROLES: roles.join(','),
    BERTH_PEER_HOST: peer.host,
    BERTH_PEER_PORT: String(peer.port),
    ...(map.form === 'spread' ? { BERTH_STORE: secrets.storeUrl, BERTH_BLOBS: 'store' } : {}),
    ...(secrets.busUrl === '' ? {} : { BERTH_BUS: secrets.busUrl }),
    ...(secrets.busCredentials === undefined ? {} : { BERTH_BUS_CREDENTIALS: credentialsPath(name) }),
    ...(secrets.busCertificates === undefined ? {} : { BERTH_BUS_CERTIFICATES: certificatesPath(name) }),
  };
}

function isHere({ machines }: MachinesFile, name: string): boolean {
  return machines.some((machine) => machine.name === name && machine.host === 'local');
}

/** As systemd and the own supervisor read it: values in quotes, which may therefore hold none (the machines file is held to that). */
export function environmentText(settings: Readonly<Record<string, string>>): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name}="${value}"`);
  return `${lines.sort().join('\n')}\n`;
}

function credentialsPath(component: string): string {
  return `${ETC}/${component}.bus`;
}

function certificatesPath(component: string): string {
  return `${ETC}/${component}.bus.pem`;
}

/** Only processes that share a bus listen for each other; a single one answers at its API. */
function healthPlace({ file, placed: { peer, apiPort } }: ComponentOrigin): string {
  return file.bus === 'none' ? `127.0.0.1:${apiPort ?? 0}` : `${hostInUrl(peer.host)}:${peer.port}`;
}

function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
