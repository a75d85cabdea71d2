// Components that monitoring moved since the platform was installed: found on the machines by the files that run them, and kept where they are
// until a person has them put back. What killed them where they were placed first may still be there.
import { basename } from 'node:path/posix';
import { originOf, wasMoved } from '../model/component-name.ts';
import type { InstallerMachine } from '../ports/installer-machine.ts';
import { peerHost } from './decide-placement-of-components.ts';
import { COMPONENTS, ETC } from './machine-paths.ts';
import type { MachinesFile } from './machines-file-schema.ts';
import type { PlacedComponent } from './platform-map.ts';
import type { Site } from './site.ts';

/** A machine whose files can be read. */
interface LookedInto extends Pick<Site, 'manifest'> {
  readonly entry: Pick<Site['entry'], 'name'>;
  readonly machine: Pick<InstallerMachine, 'run' | 'readFile'>;
}

/** One that was found. */
export interface MovedComponent {
  readonly name: string;
  readonly machine: string;
  readonly peerPort: number;
  readonly apiPort: number | null;
}

/** All that run on the machines of a platform. */
export async function movedComponents(sites: readonly LookedInto[]): Promise<readonly MovedComponent[]> {
  const found = await Promise.all(sites.filter(({ manifest }) => manifest !== undefined).map((site) => movedTo(site)));
  return found.flat();
}

/** A placement with what was moved at its place. */
export function withMoved(
  file: MachinesFile,
  components: readonly PlacedComponent[],
  moved: readonly MovedComponent[],
): PlacedComponent[] {
  return components.map((component) => {
    const to = moved.find(({ name, machine }) => originOf(name) === component.name && machine !== component.machine);
    const entry = file.machines.find(({ name }) => name === to?.machine);
    if (!to || !entry) return component;
    const { name, machine, peerPort: port, apiPort } = to;
    const peer = { host: peerHost(file, entry), port };
    return {
      ...component,
      name,
      machine,
      peer,
      apiPort: component.apiPort === null ? null : apiPort,
      movedFrom: component.machine,
    };
  });
}

async function movedTo({ entry, machine }: LookedInto): Promise<readonly MovedComponent[]> {
  const { output } = await machine.run(['find', COMPONENTS, '-name', '*.json']);
  const names = output
    .split('\n')
    .map((path) => basename(path, '.json'))
    .filter((name) => wasMoved(name));
  const found = await Promise.all(
    names.map(async (name): Promise<MovedComponent | undefined> => {
      const settings = (await machine.readFile(`${ETC}/${name}.env`))?.toString('utf8');
      const peerPort = settings && portIn(settings, 'BERTH_PEER_PORT');
      if (!settings || !peerPort) return undefined;
      return { name, machine: entry.name, peerPort, apiPort: portIn(settings, 'BERTH_PORT') };
    }),
  );
  return found.filter((each) => each !== undefined);
}

function portIn(settings: string, variable: string): number | null {
  const found = new RegExp(`^${variable}="?(\\d+)"?$`, 'm').exec(settings)?.[1];
  return found === undefined ? null : Number(found);
}
