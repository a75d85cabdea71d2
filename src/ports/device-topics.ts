// The topics on which devices speak, as text; what they mean stands at the head of device-gate.ts.

const ROOT = 'berth';

/** What a topic of a device is for. */
export type DeviceTopicKind = 'readings' | 'status' | 'acks' | 'controls';

/** A device's topic, taken apart. */
export interface DeviceTopic {
  readonly sensor: string;
  readonly kind: DeviceTopicKind;
}

const KINDS: readonly string[] = ['readings', 'status', 'acks', 'controls'] satisfies readonly DeviceTopicKind[];

/** The topic of what a device says. */
export function deviceTopic(sensor: string, kind: Exclude<DeviceTopicKind, 'controls'>): string {
  return `${ROOT}/${sensor}/${kind}`;
}

/** The topic of a command. */
export function controlTopic(sensor: string, control: string): string {
  return `${ROOT}/${sensor}/controls/${control}`;
}

/** Takes a topic apart; undefined for one that is no device's. */
export function readDeviceTopic(topic: string): DeviceTopic | undefined {
  const [root, sensor, kind, control, ...more] = topic.split('/');
  if (root !== ROOT || !sensor || kind === undefined || !KINDS.includes(kind) || more.length > 0) return undefined;
  if ((kind === 'controls') !== (control !== undefined)) return undefined;
  return { sensor, kind: kind as DeviceTopicKind };
}

/** Whether a device may subscribe to a filter: its own controls, one or all. */
export function isOwnControls(sensor: string, filter: string): boolean {
  const own = `${ROOT}/${sensor}/controls`;
  return filter === `${own}/#` || filter === own || (filter.startsWith(`${own}/`) && !filter.includes('#'));
}

/** What a status topic's payload says; undefined for anything else. */
export function readPresence(payload: Uint8Array): 'online' | 'offline' | undefined {
  const text = Buffer.from(payload.subarray(0, 64)).toString().trim().replaceAll('"', '').toLowerCase();
  return text === 'online' || text === 'offline' ? text : undefined;
}
