// What tasks read of their sensors:
//
//   GET /sdk/v1/sensors                                      what the task's names stand for
//   GET /sdk/v1/sensors/<name>/<index>/latest                the last reading; 204 when there is none
//   GET /sdk/v1/sensors/<name>/<index>/window?seconds=       readings of the last while, oldest first
//   GET /sdk/v1/sensors/<name>/stream?index=&after=&rate=    readings as they come, a line of JSON each; an empty line after 10 s of silence
//
// A reading is { "sequence", "sensor", "index", "at", "values" }. A stream goes on after the sequence `after`, or begins now; `rate` (per
// second) thins it; without `index` it is of all the sensors of the name.
import { BerthError } from '../model/errors.ts';
import type { KeptReading } from '../model/sensor.ts';
import type { Task } from '../model/task.ts';
import type { StreamWish, TaskSensors } from '../sensors/task-sensor-reads.ts';
import { countIn, goneSignal, noRoute, numberIn, type SdkCall, sendNothing, sendText, sendValue } from './sdk-call.ts';
import { sendReadings } from './sdk-stream.ts';

/** Where readings come from. */
export interface TaskReadings {
  describe(task: Task): Promise<TaskSensors>;
  latest(task: Task, name: string, index: number): Promise<KeptReading | null>;
  window(task: Task, name: string, index: number, seconds: number): Promise<readonly KeptReading[]>;
  /** Ends when the signal aborts. */
  stream(task: Task, name: string, wish: StreamWish, signal: AbortSignal): AsyncIterable<readonly KeptReading[]>;
}

const LONGEST_WINDOW_SECONDS = 7 * 24 * 3600;
const LEAST_RATE_HZ = 1e-6;
const GREATEST_RATE_HZ = 1e6;

/** Answers a request below `/sdk/v1/sensors`. */
export async function answerSensors(readings: TaskReadings, call: SdkCall): Promise<void> {
  const { method, words, task, response } = call;
  const [, name, place, what, ...more] = words;
  if (method !== 'GET' || more.length > 0) throw noRoute(method, words.join('/'));
  if (name === undefined) return sendValue(response, 200, await readings.describe(task));
  if (place === 'stream' && what === undefined) return stream(readings, call, name);
  const index = indexOf(place);
  if (what === 'latest') return sendLatest(call, await readings.latest(task, name, index), index);
  if (what === 'window') {
    const kept = await readings.window(task, name, index, secondsOf(call));
    return sendText(response, 200, `[${kept.map((reading) => readingLine(reading, index)).join(',')}]`);
  }
  throw noRoute(method, words.join('/'));
}

async function stream(readings: TaskReadings, call: SdkCall, name: string): Promise<void> {
  const { task, response, clock } = call;
  const index = countIn(call, 'index');
  const rateHz = numberIn(call, 'rate', { least: LEAST_RATE_HZ, most: GREATEST_RATE_HZ });
  const wish = { index, after: countIn(call, 'after'), rateHz };
  // Also refuses what is not bound, while that can still be said with a status.
  await readings.latest(task, name, index ?? 0);
  const { sensors } = await readings.describe(task);
  const bound = sensors.find((each) => each.name === name)?.sensors ?? [];
  const places = new Map(bound.map(({ id }, at) => [id, at]));
  const gone = goneSignal(response);
  const lines = (batch: readonly KeptReading[]) =>
    batch.map((reading) => `${readingLine(reading, index ?? places.get(reading.sensor) ?? 0)}\n`).join('');
  await sendReadings({ response, clock, gone, batches: readings.stream(task, name, wish, gone), lines });
}

function sendLatest({ response }: SdkCall, reading: KeptReading | null, index: number): void {
  if (reading) sendText(response, 200, readingLine(reading, index));
  else sendNothing(response);
}

/** Written by hand, because it is done for every reading and every task that reads it. */
function readingLine({ sequence, sensor, at, values }: KeptReading, index: number): string {
  return `{"sequence":${sequence},"sensor":${JSON.stringify(sensor)},"index":${index},"at":${at},"values":${JSON.stringify(values)}}`;
}

function secondsOf(call: SdkCall): number {
  const seconds = numberIn(call, 'seconds', { least: 0, most: LONGEST_WINDOW_SECONDS });
  if (seconds === null) throw new BerthError('request.invalid', { detail: 'seconds is missing' });
  return seconds;
}

function indexOf(word: string | undefined): number {
  if (word !== undefined && /^\d{1,9}$/.test(word)) return Number(word);
  throw new BerthError('request.invalid', { detail: 'which of the sensors is a whole number from 0' });
}
