// The rules of alerts: what is wrong, from when on it is told, and what to do. Each is a function of one look at the platform.
import { originOf, wasMoved } from '../model/component-name.ts';
import { ROLES } from '../model/role.ts';
import type { AlertFinding } from './alert-finding.ts';
import type { AlertSnapshot, SnapshotProcess } from './alert-snapshot.ts';

type Found = Omit<AlertFinding, 'rule'>;

/** One rule. */
export interface AlertRule {
  /** So long must something be wrong before it is an alert, milliseconds. */
  readonly afterMs: number;
  /** So long must it be right before the alert is over. */
  readonly overAfterMs: number;
  /** What is wrong now; null: nobody knows. `isOpen` tells whether a subject has an alert already, for bounds that differ. */
  readonly find: (snapshot: AlertSnapshot, isOpen: (subject: string) => boolean) => readonly Found[] | null;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const DISK_OPENS = 0.9;
const DISK_STAYS = 0.85;
const DISK_CRITICAL = 0.95;
const HELD_UP_MS = 3000;
const SLOW_MS = 1000;
const BUS_LAG = 1000;
const BACKLOG = 500;

/** All rules by name. The rule `component-lost` is kept by whoever listens for heartbeats. */
export const ALERT_RULES: Readonly<Record<string, AlertRule>> = {
  'node-lost': {
    afterMs: 0,
    overAfterMs: 30 * SECOND,
    find: ({ nodes }) => nodes.filter(({ state }) => state === 'lost').map(({ id, reason }) => nodeLost(id, reason)),
  },
  'node-refused': {
    afterMs: MINUTE,
    overAfterMs: 30 * SECOND,
    find: ({ nodes }) =>
      nodes.filter(({ state }) => state === 'refused').map(({ id, reason }) => nodeRefused(id, reason)),
  },
  'component-troubled': {
    afterMs: MINUTE,
    overAfterMs: MINUTE,
    find: (snapshot) =>
      alive(snapshot)
        .filter(({ state }) => state === 'troubled')
        .map(({ id, sentence }) => ({
          ...of('component', id, 'warning'),
          text: `The component ${id} runs and says that something is wrong: ${sentence}`,
          remedy: `'berth platform logs --component ${id}' shows what it said.`,
        })),
  },
  'component-held-up': {
    afterMs: 0,
    overAfterMs: 5 * MINUTE,
    find: (snapshot) =>
      alive(snapshot)
        .filter(({ heldUpMs }) => heldUpMs >= HELD_UP_MS)
        .map(({ id, heldUpMs }) => ({
          ...of('component', id, 'warning'),
          text: `The component ${id} stood still for ${seconds(heldUpMs)}.`,
          remedy: 'Look whether its machine is short of processor time or memory; spread its roles over more machines.',
        })),
  },
  'component-dying': { afterMs: 0, overAfterMs: MINUTE, find: dying },
  'component-moved': { afterMs: 0, overAfterMs: 0, find: moved },
  'role-missing': { afterMs: MINUTE, overAfterMs: 10 * SECOND, find: missingRoles },
  'disk-nearly-full': { afterMs: MINUTE, overAfterMs: MINUTE, find: fullDisks },
  'instance-failing': {
    afterMs: 0,
    overAfterMs: 0,
    find: ({ failing }) =>
      failing.map(({ id, name, failures, reason }) => ({
        ...of('instance', id, 'warning'),
        text: `The last ${failures} jobs of the instance ${name} failed: ${reason}`,
        remedy: `'berth job list --instance ${name}' shows them, and 'berth logs' what they printed.`,
      })),
  },
  'occurrences-missed': {
    afterMs: 0,
    overAfterMs: 0,
    find: ({ missed }) =>
      missed.map(({ id, name, count, reason }) => ({
        ...of('instance', id, 'warning'),
        text: `${count} due runs of the instance ${name} were missed: ${reason}`,
        remedy: `'berth instance history ${name}' shows them; what is still wanted is started by 'berth instance run'.`,
      })),
  },
  'store-slow': {
    afterMs: MINUTE,
    overAfterMs: 2 * MINUTE,
    find: ({ storeMs }) =>
      storeMs < SLOW_MS
        ? []
        : [
            {
              ...of('platform', 'store', 'critical'),
              text: `The database takes ${seconds(storeMs)} for one document.`,
              remedy: "Look at its machine's disk and load, and at the network to it.",
            },
          ],
  },
  'bus-lag': { afterMs: 2 * MINUTE, overAfterMs: MINUTE, find: lags },
  'backlog-stuck': {
    afterMs: 5 * MINUTE,
    overAfterMs: MINUTE,
    find: (snapshot) =>
      alive(snapshot)
        .filter(({ backlog }) => backlog >= BACKLOG)
        .map(({ id, backlog }) => ({
          ...of('component', id, 'warning'),
          text: `${backlog} keys and messages have waited in the component ${id} for minutes.`,
          remedy: 'Start another component with its roles on another machine, or look for what holds it up in its log.',
        })),
  },
};

function of(kind: string, id: string, severity: Found['severity']): Pick<Found, 'subject' | 'severity'> {
  return { subject: `${kind}:${id}`, severity };
}

function nodeLost(id: string, reason: string): Found {
  return {
    ...of('node', id, 'critical'),
    text: `The node ${id} is lost: ${reason}`,
    remedy: `'berth node why ${id}' tells what was found and tried; what ran there is placed elsewhere.`,
  };
}

function nodeRefused(id: string, reason: string): Found {
  return {
    ...of('node', id, 'warning'),
    text: `The node ${id} answers and cannot be used: ${reason}`,
    remedy: `'berth node why ${id}' tells what a person has to do.`,
  };
}

function alive({ processes }: AlertSnapshot): readonly SnapshotProcess[] {
  return processes.filter(({ isLost, state }) => !isLost && state !== 'stopping');
}

/** What supervisors tell, by whichever component of their machine passes it on. */
function dying(snapshot: AlertSnapshot): readonly Found[] {
  const found = alive(snapshot).flatMap(({ machine, supervised = [] }) =>
    supervised
      .filter(({ keepsDying }) => keepsDying)
      .map(
        ({ name, restarts }): Found => ({
          ...of('component', name, 'critical'),
          text: `The component ${name} dies again and again on ${machine}, ${restarts} times so far.`,
          remedy: `'berth platform logs --component ${name}' shows what it said, and its log on ${machine} what it printed; another machine takes it over if one may.`,
        }),
      ),
  );
  return [...new Map(found.map((each) => [each.subject, each])).values()];
}

function moved(snapshot: AlertSnapshot): readonly Found[] {
  return alive(snapshot)
    .filter(({ id }) => wasMoved(id))
    .map(({ id, machine }) => ({
      ...of('component', id, 'warning'),
      text: `The component ${originOf(id)} was moved and runs as ${id} on ${machine}.`,
      remedy: `'berth events --subject component:${originOf(id)}' tells why; once that is mended, 'berth platform init --put-back' has it run where it was.`,
    }));
}

function missingRoles(snapshot: AlertSnapshot): readonly Found[] | null {
  if (snapshot.processes.length === 0) return null;
  const present = new Set(alive(snapshot).flatMap(({ roles }) => roles));
  return ROLES.filter((role) => !present.has(role)).map((role) => ({
    ...of('role', role, 'critical'),
    text: `No component with the role ${role} runs.`,
    remedy: "'berth platform processes' shows which components there are; start one that has it.",
  }));
}

/** One finding for each machine, from whichever of its components tells the most. */
function fullDisks(snapshot: AlertSnapshot, isOpen: (subject: string) => boolean): readonly Found[] {
  const used = new Map<string, number>();
  for (const { machine, disk } of alive(snapshot)) {
    if (!disk || disk.totalBytes === 0) continue;
    const share = 1 - disk.freeBytes / disk.totalBytes;
    used.set(machine, Math.max(share, used.get(machine) ?? 0));
  }
  return [...used].flatMap(([machine, share]) => {
    if (share < (isOpen(`machine:${machine}`) ? DISK_STAYS : DISK_OPENS)) return [];
    return [
      {
        ...of('machine', machine, share >= DISK_CRITICAL ? ('critical' as const) : ('warning' as const)),
        text: `The disk of the machine ${machine} is ${Math.floor(share * 100)} % full.`,
        remedy:
          'Make room or attach a larger disk; docs/settings.md names the settings that say how long things are kept.',
      },
    ];
  });
}

function lags({ busLag }: AlertSnapshot): readonly Found[] | null {
  if (busLag === null) return null;
  return busLag
    .filter(({ waiting }) => waiting >= BUS_LAG)
    .map(({ topic, group, waiting }) => ({
      ...of('topic', `${topic}/${group}`, 'warning'),
      text: `${waiting} messages of the topic ${topic} wait for the group ${group}.`,
      remedy: 'Look whether the components of that group run; more of them share the work.',
    }));
}

function seconds(ms: number): string {
  return `${(ms / SECOND).toFixed(1)} seconds`;
}
