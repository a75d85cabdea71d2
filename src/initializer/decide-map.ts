// The map of a platform, from its machines file and from what was found on the machines.
import { decidePlacementOfComponents, type Placement } from './decide-placement-of-components.ts';
import { KAFKA_PORTS } from './kafka-engine.ts';
import type { MachinesFile } from './machines-file-schema.ts';
import { type MovedComponent, withMoved } from './moved-components.ts';
import type { PlatformMap } from './platform-map.ts';
import { type Site, usesSystemd } from './site.ts';
import { busMachine, busOf, storeMachine, storeOf } from './wanted-engines.ts';

const ORDINARY_MQTT_PORT = 1883;
/** In GB: everything in one process, processes of a platform that is spread, and a machine without any. */
const MEMORY_GB = { embedded: 2, spread: 4, idle: 2 } as const;

/** Makes the map for one program. What was moved stays where it is. */
export function decideMap(
  file: MachinesFile,
  sites: readonly Site[],
  { program, moved }: { readonly program: string; readonly moved: readonly MovedComponent[] },
): PlatformMap {
  const { form, components: placed } = decidePlacementOfComponents(file);
  const placement = { form, components: withMoved(file, placed, moved) };
  return {
    platform: file.platform,
    form: placement.form,
    console: consoleOf(file, placement),
    program,
    machines: sites.map(({ entry: { name, host, port, user }, hostKey, facts }) => {
      const supervisor = usesSystemd(file, facts) ? 'systemd' : 'own';
      return { name, host, port, user, hostKey, supervisor };
    }),
    store: storeOf(file),
    bus: busOf(file),
    components: placement.components,
    nodes: [...file.nodes],
  };
}

/** TCP ports that each machine needs free. */
export function portsNeeded(file: MachinesFile): Readonly<Record<string, readonly number[]>> {
  const { components } = decidePlacementOfComponents(file);
  const mqtt = Number(file.settings.BERTH_MQTT_PORT ?? ORDINARY_MQTT_PORT);
  const pairs = file.machines.map(({ name }) => {
    const own = components.filter(({ machine }) => machine === name);
    const ports = own.flatMap(({ peer, apiPort, roles }) => [
      peer.port,
      apiPort ?? 0,
      roles.includes('sensors') ? mqtt : 0,
    ]);
    const brokers = busMachine(file) === name ? KAFKA_PORTS : [];
    return [name, [...new Set([...ports, ...brokers])].filter((port) => port > 0)] as const;
  });
  return Object.fromEntries(pairs);
}

/** Memory that each machine is advised to have, in GB: for its components and the first engine, and for each further one. */
export function memoryNeeded(file: MachinesFile): Readonly<Record<string, number>> {
  const { form, components } = decidePlacementOfComponents(file);
  const pairs = file.machines.map(({ name }) => {
    const engines = [storeMachine(file), busMachine(file)].filter((machine) => machine === name).length;
    const hasComponents = components.some(({ machine }) => machine === name);
    const first = MEMORY_GB[hasComponents ? form : 'idle'];
    return [name, file.least.memoryGb ?? first + Math.max(0, engines - 1)] as const;
  });
  return Object.fromEntries(pairs);
}

/** Where people find the console. */
function consoleOf({ settings, machines }: MachinesFile, { components }: Placement): string {
  if (settings.BERTH_PUBLIC_URL !== undefined) return String(settings.BERTH_PUBLIC_URL);
  const first = components.find(({ apiPort }) => apiPort !== null);
  const host = machines.find(({ name }) => name === first?.machine)?.host ?? '';
  return `http://${host === 'local' ? '127.0.0.1' : host}:${first?.apiPort ?? 0}`;
}
