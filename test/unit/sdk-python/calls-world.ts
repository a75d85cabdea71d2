// What tests of the SDK's calls need: a platform that says what the task's names stand for, and answers everything else as the test says.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect } from 'vitest';
import { type Launched, launch } from './launched.ts';
import type { PlatformDouble } from './platform-double.ts';

const THERMOMETER = {
  location: 'hall',
  rateHz: 1,
  fields: [{ name: 'celsius', type: 'number', unit: '°C', range: [-20, 60] }],
};
const SENSORS = {
  sensors: [
    { name: 'hall', type: 'thermometer', sensors: [{ id: 'hall-1', name: 'Hall', ...THERMOMETER }] },
    {
      name: 'rooms',
      type: 'thermometer',
      sensors: ['a', 'b'].map((id) => ({ id, name: `Room ${id}`, ...THERMOMETER })),
    },
    { name: 'annotations', type: 'thermometer', sensors: [] },
    {
      name: 'store',
      type: 'store',
      sensors: [{ id: 's', name: 'S', location: '', rateHz: 1, fields: [{ name: 'celsius' }, { name: 'door_open' }] }],
    },
  ],
  controls: [
    {
      name: 'fan',
      type: 'fan',
      sensors: [{ id: 'fan-1', name: 'Fan', location: '' }],
      controls: [{ name: 'speed', parameters: [] }],
    },
    {
      name: 'door',
      type: 'door',
      sensors: [{ id: 'door-1', name: 'Door', location: '' }],
      controls: [
        { name: 'open', parameters: [] },
        { name: 'close', parameters: [] },
      ],
    },
  ],
};

/** A request of the SDK. */
export interface Call {
  readonly method: string;
  readonly url: URL;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Answers with a value as JSON, or with nothing. */
export function answer(response: ServerResponse, status: number, value?: unknown): void {
  response.writeHead(status).end(value === undefined ? undefined : JSON.stringify(value));
}

/** A reading as a line of a stream. */
export function line(
  sequence: number,
  values: object = { celsius: sequence / 10 },
  sensor = 'hall-1',
  index = 0,
): string {
  return `${JSON.stringify({ sequence, sensor, index, at: 1_790_000_000_000 + sequence, values })}\n`;
}

/** Answers what names stand for, and everything else as the test says. */
function serve(platform: PlatformDouble, other: (call: Call) => unknown): void {
  platform.answerCall = (call) =>
    call.url.pathname === '/sdk/v1/sensors' ? answer(call.response, 200, SENSORS) : other(call);
}

/** Runs a script with a platform that answers as the test says. */
export async function run(script: string, other: (call: Call) => unknown, task: object = {}): Promise<Launched> {
  const launched = await launch({
    script: `import berth\n${script}`,
    platform: 'down',
    task: { runsPerTask: 1, ...task },
  });
  serve(launched.platform, other);
  await launched.platform.up();
  return launched;
}

/** The same, to its end; gives what it printed. */
export async function ran(script: string, other: (call: Call) => unknown = () => {}): Promise<readonly string[]> {
  const launched = await run(script, other);
  expect(await launched.exit, launched.stderr).toBe(0);
  return launched.lines;
}
