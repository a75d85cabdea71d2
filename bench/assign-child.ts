// A process of its own that takes part in assigning tasks: scheduler and deployment embedded in one, or one of several processes of a platform. It is
// told what to do by lines of JSON, answers each with one, and stops at the end of its standard input.
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { type DueInstances, writeFleet, writeInstances, writeRunning } from './assign-documents.ts';
import { openEmbedded } from './assign-embedded.ts';
import { openSpread } from './assign-spread.ts';
import { type Hops, HopTrace } from './hop-trace.ts';

/** What a child is started with: settings of the platform, by their variables. */
export interface AssignPlan {
  readonly kind: 'embedded' | 'spread';
  readonly settings: Readonly<Record<string, string>>;
}

/** What a child may be told. */
export type AssignCommand =
  | { readonly do: 'fleet' }
  | ({ readonly do: 'fill' } & Omit<DueInstances, 'firstAt'>)
  | { readonly do: 'await'; readonly tasks: number; readonly withinMs: number }
  | { readonly do: 'hops' }
  /** Their tasks are taken up, as nodes would have done. */
  | { readonly do: 'run'; readonly jobs: readonly string[] };

/** When the first of the instances is due. */
export interface Filled {
  readonly firstAt: number;
}

/** What a child did and saw since it was asked last. */
export interface Seen {
  readonly hops: Hops;
  readonly cpuSeconds: number;
}

/** Instances that the scheduler gives their alarms in a second, at least, and a moment of rest. */
const SET_PER_SECOND = 250;
const REST_MS = 3000;
const LOOK_MS = 20;

const plan = JSON.parse(process.argv[2] ?? '{}') as AssignPlan;
const trace = new HopTrace();
const rooms = await (plan.kind === 'embedded' ? openEmbedded : openSpread)(plan.settings, trace);
const alarms = new Set<string>();
rooms.store.onWrittenHere((kind, id, doc) => {
  if (kind === 'instanceStatus' && doc && 'nextAt' in doc && doc.nextAt !== null) alarms.add(id);
});
let cpuBefore = process.cpuUsage();
answer({});
for await (const line of createInterface({ input: process.stdin })) answer(await done(JSON.parse(line)));
await rooms.close();

async function done(command: AssignCommand): Promise<object> {
  switch (command.do) {
    case 'fleet':
      await writeFleet(rooms.store, Date.now());
      return {};
    case 'fill':
      return filled(command);
    case 'await':
      for (
        const deadline = Date.now() + command.withinMs;
        trace.count('assigned') < command.tasks;
        await pause(LOOK_MS)
      )
        if (Date.now() > deadline) break;
      return {};
    case 'hops':
      return seen();
    case 'run':
      await writeRunning(rooms.store, command.jobs);
      return {};
  }
}

/** Only when every instance has its alarm is it known that the first is not late because of the others. */
async function filled(due: Omit<DueInstances, 'firstAt'>): Promise<Filled> {
  alarms.clear();
  const firstAt = Math.ceil((Date.now() + (due.instances / SET_PER_SECOND) * 1000 + REST_MS) / 1000) * 1000;
  await writeInstances(rooms.store, { ...due, firstAt });
  while (alarms.size < due.instances) {
    if (Date.now() > firstAt - REST_MS / 3)
      throw new Error(`only ${alarms.size} of ${due.instances} instances have their alarm`);
    await pause(LOOK_MS);
  }
  await pause(firstAt - Date.now() - REST_MS / 3);
  trace.take();
  cpuBefore = process.cpuUsage();
  return { firstAt };
}

function seen(): Seen {
  const { user, system } = process.cpuUsage(cpuBefore);
  cpuBefore = process.cpuUsage();
  return { hops: trace.take(), cpuSeconds: (user + system) / 1e6 };
}

function answer(found: object): void {
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
