// Readings through the embedded broker into streams, beside Mosquitto with a bare client in the same run: how many a second, and how late.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startMosquitto } from '../../test/world/mosquitto.ts';
import { figure, type Measure, type Part, type PartContext, told } from '../measure.ts';
import { Child } from '../sensors/child.ts';
import type { PlatformReady } from '../sensors/platform-child.ts';
import type { Seen } from '../sensors/window.ts';
import { median } from '../statistics.ts';

/** Devices that send, each over a connection of its own. */
export const SENSORS = 50;
const MANY_SENSORS = 10_000;
const MANY_TASKS = 1000;
const WARM_MS = 1500;
const WINDOW_MS = 4000;
const STEADY_RATE = 5000;
const LEAST_SHARE = 0.5;
const MOST_P99_MS = 20;

/** Throughput at both qualities of service, and lateness at a steady rate. */
export const readingsPart: Part = {
  name: 'readings',
  run: async (context) => {
    const measures: Measure[] = [];
    for (const qos of [1, 0] as const) measures.push(await throughput(context, qos));
    measures.push(await lateness(context));
    return measures;
  },
};

/** Ten thousand sensors and a thousand bound tasks: start-up, memory, and lateness all the same. */
export const manySensorsPart: Part = { name: 'many-sensors', run: manySensors };

async function throughput({ rounds, say }: PartContext, qos: 0 | 1): Promise<Measure> {
  const ours: number[] = [];
  const floor: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    floor.push(perSecond(await throughMosquitto({ qos, rate: null })));
    ours.push(perSecond((await throughPlatform({ qos, rate: null })).seen));
    say(`QoS ${qos}, ${round}/${rounds}: ${ours.at(-1)?.toFixed(0)}/s, Mosquitto ${floor.at(-1)?.toFixed(0)}/s`);
  }
  const figures = { ours: figure(ours), floor: figure(floor) };
  const met = figures.ours.value >= LEAST_SHARE * figures.floor.value;
  return {
    name: `readings per second, QoS ${qos}`,
    unit: 'readings/s',
    ...figures,
    floorName: 'Mosquitto to a bare client',
    // The lower quality of service is told beside it: here it is as durable, and costs nearly as much.
    goal: qos === 1 ? { words: `≥ ${LEAST_SHARE} × floor`, met } : null,
    note: `${SENSORS} devices in one process; ours are checked and durable before they are streamed`,
  };
}

async function lateness({ rounds, say }: PartContext): Promise<Measure> {
  const ours: Seen[] = [];
  const floor: Seen[] = [];
  for (let round = 1; round <= rounds; round++) {
    floor.push(await throughMosquitto({ qos: 1, rate: STEADY_RATE }));
    ours.push((await throughPlatform({ qos: 1, rate: STEADY_RATE })).seen);
    say(`${STEADY_RATE}/s, ${round}/${rounds}: p99 ${ours.at(-1)?.p99Ms.toFixed(1)} ms`);
  }
  const p99 = figure(ours.map(({ p99Ms }) => p99Ms));
  const middle = median(ours.map(({ p50Ms }) => p50Ms)).toFixed(1);
  return {
    name: `from device to stream at ${STEADY_RATE}/s, p99`,
    unit: 'ms',
    ours: p99,
    floor: figure(floor.map(({ p99Ms }) => p99Ms)),
    floorName: 'Mosquitto to a bare client',
    goal: { words: `< ${MOST_P99_MS} ms`, met: p99.value < MOST_P99_MS },
    note: `median ${middle} ms; ${median(ours.map(perSecond)).toFixed(0)}/s arrived; QoS 1, on disk before it is streamed`,
  };
}

/** What devices send. */
export interface Load {
  readonly qos: 0 | 1;
  readonly rate: number | null;
}

/** The floor: published by devices, heard by a bare client. */
export async function throughMosquitto({ qos, rate }: Load): Promise<Seen> {
  const broker = await startMosquitto();
  const { child: subscriber } = await Child.start('subscriber', { url: broker.url, qos });
  const { child: devices } = await Child.start('devices', { url: broker.url, sensors: SENSORS, qos, rate });
  try {
    return await seenBy(subscriber, devices);
  } finally {
    await devices.end();
    await subscriber.end();
    await broker.destroy();
  }
}

async function throughPlatform({ qos, rate }: Load, sizes = { sensors: SENSORS, tasks: 1, sensorsPerTask: SENSORS }) {
  const directory = mkdtempSync(join(tmpdir(), 'berth-bench-sensors-'));
  const { child, ready } = await Child.start<PlatformReady>('platform', { directory, ...sizes });
  const connections = Math.min(sizes.sensors, 1000);
  const { child: devices } = await Child.start('devices', { url: ready.url, sensors: connections, qos, rate });
  try {
    return { ready, seen: await seenBy(child, devices) };
  } finally {
    await devices.end();
    await child.end();
    rmSync(directory, { recursive: true });
  }
}

async function seenBy(counter: Child, devices: Child): Promise<Seen> {
  await devices.ask('go');
  await pause(WARM_MS);
  await counter.ask('begin');
  await pause(WINDOW_MS);
  const seen = await counter.ask<Seen>('end');
  await devices.ask('halt');
  return seen;
}

async function manySensors({ rounds, say }: PartContext): Promise<Measure[]> {
  const found: Awaited<ReturnType<typeof throughPlatform>>[] = [];
  for (let round = 1; round <= rounds; round++) {
    const sizes = { sensors: MANY_SENSORS, tasks: MANY_TASKS, sensorsPerTask: 10 };
    found.push(await throughPlatform({ qos: 1, rate: STEADY_RATE }, sizes));
    const last = found.at(-1);
    say(`${round}/${rounds}: open after ${last?.ready.startMs.toFixed(0)} ms, ${last?.seen.residentMb.toFixed(0)} MB`);
  }
  const words = `${MANY_SENSORS} sensors, ${MANY_TASKS} tasks that stream ten each`;
  const own = (each: (typeof found)[number]) => each.seen.residentMb - each.ready.residentBeforeMb;
  return [
    told({ name: `${words}: start-up`, unit: 'ms', samples: found.map(({ ready }) => ready.startMs) }),
    told({
      name: `${words}: resident`,
      unit: 'MB',
      samples: found.map(({ seen }) => seen.residentMb),
      note: `${median(found.map(own)).toFixed(0)} MB of it since before the room was built, at ${STEADY_RATE} readings/s from 1000 of them`,
    }),
    told({ name: `${words}: p99 at ${STEADY_RATE}/s`, unit: 'ms', samples: found.map(({ seen }) => seen.p99Ms) }),
  ];
}

/** How many a second were seen. */
export function perSecond({ count, seconds }: Seen): number {
  return count / seconds;
}
