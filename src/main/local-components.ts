// The components of this machine, as another process of the platform may have them changed: by the files that its supervisor reads. The program
// is the one that this process runs, the settings are its own, and what is secret in them is derived here.
import { cp, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isPortFree } from '../adapters/local-ports/is-port-free.ts';
import { environmentText } from '../initializer/component-files.ts';
import { type MovedOrigin, movedCredentials, movedData, movedSettings } from '../initializer/moved-settings.ts';
import { BerthError } from '../model/errors.ts';
import type { LocalComponents, PlacedComponent } from '../ports/component-host.ts';
import type { Log } from '../ports/log.ts';
import { type ComponentFile, readComponentFiles } from './component-files.ts';
import { passwordsOf } from './passwords-of.ts';
import { writeWhole } from './write-whole.ts';

/** What is known of this machine. */
export interface LocalComponentsParts {
  /** That of the supervisor, with a file for each component. */
  readonly directory: string;
  /** The component that this process is. */
  readonly component: string;
  readonly log: Log;
}

const FIRST_PEER_PORT = 7410;
const FIRST_API_PORT = 7400;
const PORTS_TRIED = 200;
const SECRET = 0o600;
/** Ends of the names of what a component brings for the brokers, beside its settings. */
const BUS_FILES = ['.bus', '.bus.pem'] as const;

/** Changes them. */
export class SupervisedComponents implements LocalComponents {
  readonly #parts: LocalComponentsParts;

  constructor(parts: LocalComponentsParts) {
    this.#parts = parts;
  }

  async place(placed: PlacedComponent): Promise<void> {
    const { log, directory } = this.#parts;
    const { files } = await readComponentFiles(directory);
    const own = this.#own(files);
    const environmentFile = join(dirname(own.environmentFile), `${placed.name}.env`);
    const start = startText(placed, environmentFile, own);
    const path = join(directory, `${placed.name}.json`);
    // Asked again for what is there, nothing changes: it would be ended and started.
    if (files.some(({ name }) => name === placed.name) && (await readIfThere(path)) === start) return;
    const settings = await this.#settings(placed, own, files);
    await writeWhole(environmentFile, environmentText(settings), SECRET);
    // Last: while it is absent, nothing is started.
    await writeWhole(path, start, 0o644);
    log.warn('A component was placed on this machine', { component: placed.name, roles: placed.roles });
  }

  async remove(name: string): Promise<void> {
    const { log, directory } = this.#parts;
    const { files } = await readComponentFiles(directory);
    const file = files.find((each) => each.name === name);
    if (!file) return;
    await rm(join(directory, `${name}.json`));
    const beside = BUS_FILES.map((end) => file.environmentFile.replace(/\.env$/, end));
    for (const path of [file.environmentFile, ...beside]) await rm(path, { force: true });
    log.warn('A component was taken from this machine', { component: name });
  }

  #own(files: readonly ComponentFile[]): ComponentFile {
    const { component, directory } = this.#parts;
    const own = files.find(({ name }) => name === component);
    if (own) return own;
    throw new BerthError('component.cannot-run', { component, reason: `no file in ${directory} describes it` });
  }

  async #settings(placed: PlacedComponent, own: ComponentFile, files: readonly ComponentFile[]) {
    const neighbour = { name: own.name, settings: own.environment };
    const { BERTH_DATA: data = '/var/lib/berth' } = own.environment;
    const passwordOf = passwordsOf(await readFile(join(data, 'keys', 'secret')));
    const keys = join(movedData(placed.name, neighbour), 'keys');
    await cp(join(data, 'keys'), keys, { recursive: true, force: false, preserveTimestamps: true });
    const apiPort = Number(own.environment.BERTH_PORT) || FIRST_API_PORT;
    const ports = { peer: await freePort(FIRST_PEER_PORT, files), api: await freePort(apiPort, files) };
    const origin = { placed, neighbour, passwordOf, ports };
    return { ...movedSettings(origin), ...(await busFiles(origin, dirname(own.environmentFile))) };
  }
}

/** Files of its own in place of its neighbour's, which may go. */
async function busFiles(origin: MovedOrigin, etc: string): Promise<Readonly<Record<string, string>>> {
  const { BERTH_BUS_CREDENTIALS: credentials = '', BERTH_BUS_CERTIFICATES: certificates = '' } =
    origin.neighbour.settings;
  const [own, ownCertificates] = BUS_FILES.map((end) => join(etc, `${origin.placed.name}${end}`));
  const settings: Record<string, string> = {};
  if (credentials !== '' && own !== undefined) {
    await writeWhole(own, movedCredentials(await readFile(credentials, 'utf8'), origin), SECRET);
    settings.BERTH_BUS_CREDENTIALS = own;
  }
  if (certificates !== '' && ownCertificates !== undefined) {
    await writeWhole(ownCertificates, await readFile(certificates, 'utf8'), 0o644);
    settings.BERTH_BUS_CERTIFICATES = ownCertificates;
  }
  return settings;
}

function startText({ name, roles }: PlacedComponent, environmentFile: string, { command }: ComponentFile): string {
  const start = { name, roles, environmentFile, ...(command === undefined ? {} : { command }) };
  return `${JSON.stringify(start, null, 2)}\n`;
}

/** One that no component of this machine is to have, running or not, and that nobody has now. */
async function freePort(from: number, files: readonly ComponentFile[]): Promise<number> {
  const taken = new Set(files.flatMap((file) => portsOf(file)));
  for (let port = from; port < from + PORTS_TRIED; port++) {
    if (!taken.has(port) && (await isPortFree(port))) return port;
  }
  const reason = `none of the ports from ${from} to ${from + PORTS_TRIED - 1} is free`;
  throw new BerthError('component.cannot-run', { component: '', reason });
}

function portsOf({ roles, environment: { BERTH_PEER_PORT, BERTH_PORT } }: ComponentFile): number[] {
  return [Number(BERTH_PEER_PORT), ...(roles.includes('api') ? [Number(BERTH_PORT)] : [])];
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
