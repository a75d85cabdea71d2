// The machines that are to run applications and that the platform reaches over SSH: which of them it does not have as nodes yet.
import { z } from 'zod';
import { BerthError } from '../model/errors.ts';
import type { InstallerMachine } from '../ports/installer-machine.ts';
import type { MachineDifference, PlannedStep } from './decide-plan.ts';
import { joiningNodes } from './joining-nodes.ts';
import { ETC } from './machine-paths.ts';
import type { MachinesFile } from './machines-file-schema.ts';
import type { PlatformMap } from './platform-map.ts';
import type { Site } from './site.ts';
import { BERTH_WORDS } from './supervision-files.ts';

/** A platform as it was surveyed. */
export interface NodeOrigin {
  readonly file: MachinesFile;
  readonly map: PlatformMap;
  readonly sites: readonly Site[];
  readonly differences: readonly MachineDifference[];
}

/** Where the API is, which adds nodes. */
interface ApiPlace {
  readonly machine: string;
  /** The file with the settings of its component. */
  readonly settings: string;
  readonly isHealthy: boolean;
}

/** A node as the platform sees it. */
export interface SeenNode {
  readonly name: string;
  readonly state: string;
  readonly reason: string;
}

const nodesSchema = z.object({
  nodes: z.array(z.object({ name: z.string(), state: z.string(), reason: z.string() })),
});
const HOST_KEY = '/etc/ssh/ssh_host_ed25519_key.pub';

/** What is to be added, on the machine that has the API. */
export async function nodeSteps(origin: NodeOrigin): Promise<readonly PlannedStep[]> {
  const place = apiPlaceOf(origin);
  const wanted = joiningNodes(origin.file, origin.map);
  if (!place || wanted.length === 0) return [];
  const known = new Set((await seenNodes(origin)).map(({ name }) => name));
  const missing = wanted.filter((name) => !known.has(name));
  return Promise.all(
    missing.map(async (name): Promise<PlannedStep> => {
      const site = siteOf(origin, name);
      const { entry } = site;
      const host = entry.peer ?? (entry.host === 'local' ? '127.0.0.1' : entry.host);
      const address = `ssh://root@${host.includes(':') ? `[${host}]` : host}:${entry.port}`;
      const { machine, settings } = place;
      const step = { kind: 'add-node', node: name, address, hostKey: await hostKeyOf(site), settings } as const;
      return { phase: 'nodes', machine, step, why: 'the platform does not have it' };
    }),
  );
}

/** The nodes of a platform that runs; none of one that does not. @throws initializer.step-failed */
export async function seenNodes(origin: NodeOrigin): Promise<readonly SeenNode[]> {
  const place = apiPlaceOf(origin);
  if (!place?.isHealthy) return [];
  const { machine } = siteOf(origin, place.machine);
  const { status, output, complaint } = await machine.run([
    ...BERTH_WORDS,
    '--json',
    'platform',
    'nodes',
    place.settings,
  ]);
  if (status !== '0') throw failed(machine, 'ask the platform for its nodes', complaint);
  return nodesSchema.parse(JSON.parse(output)).nodes;
}

function apiPlaceOf({ map, differences }: NodeOrigin): ApiPlace | undefined {
  const component = map.components.find(({ apiPort }) => apiPort !== null);
  if (!component) return undefined;
  const { name, machine } = component;
  const observed = differences.find(({ wanted }) => wanted.name === machine)?.observed.components[name];
  return { machine, settings: `${ETC}/${name}.env`, isHealthy: observed?.isHealthy ?? false };
}

function siteOf({ sites }: NodeOrigin, name: string): Site {
  const site = sites.find(({ entry }) => entry.name === name);
  if (!site) throw new Error(`The machine ${name} was not reached.`);
  return site;
}

/** The key that is pinned; of this machine, the one that its SSH server shows. */
async function hostKeyOf({ hostKey, machine }: Site): Promise<string> {
  if (hostKey !== null) return hostKey;
  const text = (await machine.readFile(HOST_KEY))?.toString('utf8');
  if (text === undefined) throw failed(machine, 'make it a node', `it has no SSH server: ${HOST_KEY} is not there`);
  return text.split(' ').slice(0, 2).join(' ');
}

function failed({ address }: InstallerMachine, act: string, complaint: string): BerthError {
  return new BerthError('initializer.step-failed', {
    machine: address,
    act,
    reason: complaint.split('\n').at(-1) ?? '',
  });
}
