// Readings of devices through the whole platform into `stream()` of an algorithm in its container, beside Mosquitto with a bare client.
import { setTimeout as pause } from 'node:timers/promises';
import { taskId } from '../../src/model/job.ts';
import { freePort } from '../../test/world/free-port.ts';
import { pushScript } from '../application.ts';
import { figure, type Measure, type Part, type PartContext } from '../measure.ts';
import { Child } from '../sensors/child.ts';
import { Site } from '../site.ts';
import { median } from '../statistics.ts';
import { type Load, perSecond, SENSORS, throughMosquitto } from './readings.ts';

const STEADY_RATE = 5000;
const LEAST_SHARE = 0.5;
/** Devices send this much of what the floor took in the same round: beyond what a stream keeps up with, only ingest gains. */
const SENT_SHARE = 0.55;
const MOST_P99_MS = 20;
const LINES = 6;
const FIRST_LINES = 2;
const LINE_WITHIN_MS = 60_000;

/** Every second: how many readings came, and the 99th percentile and the median of how late they were. */
const SCRIPT = `import time
import berth
count, late, next_line = 0, [], time.time() + 1
for reading in berth.sensors["all"].stream():
    now = time.time()
    count += 1
    if count % 5 == 1: late.append(now * 1000 - reading.at_ms)
    if now >= next_line:
        late.sort()
        print(count / (now - next_line + 1), late[int(len(late) * 0.99)], late[len(late) // 2], flush=True)
        count, late, next_line = 0, [], now + 1
`;

/** One second of an algorithm that streams. */
interface Second {
  readonly count: number;
  readonly p99Ms: number;
  readonly p50Ms: number;
}

/** How many readings a second reach an algorithm, and how late. */
export const containerStreamPart: Part = { name: 'container-stream', run: measures };

async function measures({ rounds, say }: PartContext): Promise<Measure[]> {
  const port = await freePort();
  const site = await Site.open('local', { BERTH_MQTT_PORT: String(port) });
  try {
    const devices = { url: `mqtt://127.0.0.1:${port}`, passwords: await register(site) };
    const ours: number[] = [];
    const floor: number[] = [];
    const steady: Second[] = [];
    for (let round = 1; round <= rounds; round++) {
      floor.push(perSecond(await throughMosquitto({ qos: 1, rate: null })));
      const rate = Math.round(SENT_SHARE * (floor.at(-1) ?? 0));
      ours.push(median((await streamed(site, devices, { qos: 1, rate })).map(({ count }) => count)));
      steady.push(...(await streamed(site, devices, { qos: 1, rate: STEADY_RATE })));
      say(
        `${round}/${rounds}: ${ours.at(-1)?.toFixed(0)}/s; p99 ${steady.at(-1)?.p99Ms.toFixed(1)} ms at ${STEADY_RATE}/s`,
      );
    }
    return [throughput(ours, floor), lateness(steady)];
  } finally {
    await site.close();
  }
}

function throughput(ours: readonly number[], floor: readonly number[]): Measure {
  const figures = { ours: figure(ours), floor: figure(floor) };
  return {
    name: "readings per second into a container's stream()",
    unit: 'readings/s',
    ...figures,
    floorName: 'Mosquitto to a bare client',
    goal: { words: `≥ ${LEAST_SHARE} × floor`, met: figures.ours.value >= LEAST_SHARE * figures.floor.value },
    note: `QoS 1, ${SENSORS} devices that send ${SENT_SHARE} × floor; devices, platform and container share this machine`,
  };
}

function lateness(seconds: readonly Second[]): Measure {
  const ours = figure(seconds.map(({ p99Ms }) => p99Ms));
  return {
    name: `from device to a container's stream() at ${STEADY_RATE}/s, p99 of each second`,
    unit: 'ms',
    ours,
    floor: null,
    floorName: '',
    goal: { words: `< ${MOST_P99_MS} ms`, met: ours.value < MOST_P99_MS },
    note: `median ${median(seconds.map(({ p50Ms }) => p50Ms)).toFixed(1)} ms; ${median(seconds.map(({ count }) => count)).toFixed(0)}/s arrived`,
  };
}

/** Registers the devices and the application; resolves to the passwords. */
async function register(site: Site): Promise<readonly string[]> {
  const { client } = site.story;
  const fields = [{ name: 'celsius', type: 'number' }];
  const sensors = Array.from({ length: SENSORS }, (_, index) => ({ id: `s${index}`, type: 'thermometer' }));
  const file = { types: [{ id: 'thermometer', rateHz: 1, fields }], sensors };
  const contents = new TextEncoder().encode(JSON.stringify(file));
  await client.call('applySensors', { file: { type: 'application/json', contents } });
  const needed = [{ name: 'all', type: 'thermometer', format: 'number', count: SENSORS }];
  await pushScript(client, 'streaming', { script: SCRIPT, sensors: needed });
  const renew = async ({ id }: { readonly id: string }) =>
    (await client.call('renewSensorCredential', { params: { sensor: id } })).password;
  return Promise.all(sensors.map(renew));
}

/** The seconds of one job, without its first ones, while devices send. */
async function streamed(
  site: Site,
  devices: { readonly url: string; readonly passwords: readonly string[] },
  load: Load,
): Promise<readonly Second[]> {
  const { child } = await Child.start('devices', { ...devices, ...load, sensors: SENSORS });
  const name = `streaming-${load.rate}-${Date.now().toString(36)}`;
  try {
    await child.ask('go');
    await pause(1000);
    await site.story.client.call('createInstance', {
      body: { name, application: 'streaming', algorithm: 'only', schedule: { kind: 'now' } },
    });
    const job = await site.story.jobOf(name, () => true);
    const lines = await site.lines(taskId(job.id, 0, 1));
    const seconds: Second[] = [];
    for (let line = 0; line < LINES; line++) seconds.push(secondOf(await lines.next(LINE_WITHIN_MS)));
    lines.close();
    await site.stop(job.id);
    return seconds.slice(FIRST_LINES);
  } finally {
    await child.end();
  }
}

/** @throws RangeError for a line that is not of the script */
function secondOf(line: string): Second {
  const [count = Number.NaN, p99Ms = Number.NaN, p50Ms = Number.NaN] = line.split(' ').map(Number);
  if (Number.isNaN(p50Ms)) throw new RangeError(`the algorithm printed ${line}`);
  return { count, p99Ms, p50Ms };
}
