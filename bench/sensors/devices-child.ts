// Devices of the bench: each connection is one sensor that sends readings with the time of their sending.
import { connectAsync, type MqttClient } from 'mqtt';
import { PASSWORD } from '../../test/builders/sensors.ts';
import { wallNow } from '../wall-clock.ts';
import { answerOrders } from './child.ts';

/** What is to be sent. */
export interface DevicesOptions {
  readonly url: string;
  readonly sensors: number;
  /** Of each sensor in turn; absent: all have that of the tests' builders. */
  readonly passwords?: readonly string[];
  readonly qos: 0 | 1;
  /** Readings per second of all together; null: as many as are taken. */
  readonly rate: number | null;
}

/** Of one connection, when as many are sent as are taken. */
const UNDER_WAY = 100;
const TICK_MS = 5;
const CONNECTING = 50;

const options = JSON.parse(process.argv[2] ?? '{}') as DevicesOptions;
const devices = await connected();
let sent = 0;
let stop = (): void => {};

answerOrders(
  {},
  {
    go: () => {
      stop = options.rate === null ? flood() : pace(options.rate);
    },
    halt: () => {
      stop();
      return { sent };
    },
  },
);

async function connected(): Promise<MqttClient[]> {
  const clients: MqttClient[] = [];
  for (let done = 0; done < options.sensors; done += CONNECTING) {
    const some = Math.min(CONNECTING, options.sensors - done);
    clients.push(...(await Promise.all(Array.from({ length: some }, (_, index) => device(done + index)))));
  }
  return clients;
}

function device(index: number): Promise<MqttClient> {
  const id = `s${index}`;
  const password = options.passwords?.[index] ?? PASSWORD;
  return connectAsync(options.url, {
    username: id,
    password,
    clientId: id,
    protocolVersion: 4,
    keepalive: 300,
  });
}

function publish(index: number, done: () => void): void {
  const text = `{"celsius":21.5,"at":${wallNow().toFixed(3)}}`;
  devices[index]?.publish(`berth/s${index}/readings`, text, { qos: options.qos }, done);
  sent++;
}

function flood(): () => void {
  let going = true;
  const again = (index: number): void => {
    if (going) publish(index, () => setImmediate(again, index));
  };
  for (const index of devices.keys()) for (let each = 0; each < UNDER_WAY; each++) again(index);
  return () => {
    going = false;
  };
}

/** Evenly, in ticks of a few milliseconds. */
function pace(rate: number): () => void {
  const beganAt = performance.now();
  let given = 0;
  const ticking = setInterval(() => {
    const due = ((performance.now() - beganAt) / 1000) * rate;
    for (; given < due; given++) publish(given % devices.length, () => {});
  }, TICK_MS);
  return () => clearInterval(ticking);
}
