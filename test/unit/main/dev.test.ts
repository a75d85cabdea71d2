// `berth dev` as a developer runs it: the real program, a small package, Python of this machine.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';

const PROGRAM = join(import.meta.dirname, '../../../src/main/berth.ts');
const PATIENCE_MS = 50_000;

const FAN = {
  id: 'fan',
  description: '',
  fields: [{ name: 'percent', type: 'number', unit: '%', range: [0, 100] }],
  rateHz: 20,
  controls: [{ name: 'speed', parameters: [{ name: 'percent', type: 'number', unit: '%', range: [0, 100] }] }],
};

interface Line {
  readonly kind: string;
  readonly text: string;
}

class Dev {
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  #out = '';
  #err = '';

  constructor(directory: string, words: readonly string[]) {
    const argv = [PROGRAM, 'dev', directory, '--json', ...words];
    this.child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.on('data', (data: Buffer) => {
      this.#out += data.toString();
    });
    this.child.stderr?.on('data', (data: Buffer) => {
      this.#err += data.toString();
    });
    this.exit = once(this.child, 'close').then(([code]: (number | null)[]) => code ?? null);
    onTestFinished(async () => {
      this.child.kill('SIGTERM');
      await this.exit;
    });
  }

  get err(): string {
    return this.#err;
  }

  lines(kind: string): readonly string[] {
    const all = this.#out
      .split('\n')
      .filter(Boolean)
      .map((line): Line => JSON.parse(line));
    return all.filter((line) => line.kind === kind).map(({ text }) => text);
  }

  /** Waits for a line of a kind that holds a text; the failure shows everything that was printed. */
  async shows(kind: string, text: string): Promise<void> {
    const look = () => {
      if (!this.lines(kind).some((line) => line.includes(text))) throw new Error(`${this.#out}\n${this.#err}`);
    };
    await vi.waitFor(look, { timeout: PATIENCE_MS, interval: 30 });
  }
}

async function dev(
  files: Readonly<Record<string, string | object>>,
  algorithm: object = {},
  words: readonly string[] = [],
): Promise<Dev> {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, 'app'));
  const described = { id: 'try', name: 'Try', script: 'main.py', kind: 'run-to-completion', output: 'json' };
  const config = { name: 'small', version: '1', runtime: 'python', algorithms: [{ ...described, ...algorithm }] };
  for (const [name, contents] of Object.entries({ 'app_config.json': config, ...files })) {
    await writeFile(join(directory, 'app', name), typeof contents === 'string' ? contents : JSON.stringify(contents));
  }
  return new Dev(join(directory, 'app'), words);
}

test('an algorithm reads, steers, acts, keeps state and gives output, and all of it is shown', {
  timeout: 30_000,
}, async () => {
  const script = `
import berth
readings = []
for reading in berth.sensors.rooms.stream():
    readings.append((reading.index, reading.value))
    if len(readings) == 20: break
assert {index for index, _ in readings} == {0, 1}
assert all(-20 <= value <= 60 for _, value in readings), readings
print("latest", isinstance(berth.sensors.rooms[1].latest().value, (int, float)), len(berth.sensors.rooms[0].window(60)) > 3)
print("answer", berth.controls.fan.set(percent=40))
try: berth.controls.fan.set(percent=400)
except berth.ControlFailed as fault: print("fault", fault.state)
for reading in berth.sensors.speed.stream():
    if reading.value == 40: break
berth.state.set("n", 3)
print("state", berth.state.get("n"), berth.job.parameters["who"])
berth.output.write("it was warm", name="report")
print(berth.actions.email("a@example.org", "About {x}", "It is {x}", values={"x": "this"}).wait())
print(berth.actions.notify("Warm", "Very", severity="warning").wait())
print(berth.actions.sms("+4912345", "hello").wait(), berth.actions.webhook("https://example.org/x", [1]).wait())
`;
  const sensors = [
    { name: 'rooms', type: 'thermometer', format: 'number', count: 2 },
    { name: 'speed', type: 'fan', format: 'number' },
  ];
  const sensorConfig = {
    types: [FAN],
    sensors: [
      { id: 'door', name: 'Door', type: 'thermometer', outputType: 'number', outputRange: [-20, 60], dataRateHz: 20 },
    ],
  };
  const run = await dev(
    { 'main.py': script, 'sensor_config.json': sensorConfig },
    { sensors, controls: [{ name: 'fan', type: 'fan' }], actions: ['email', 'notify', 'sms', 'webhook'] },
    ['--parameters', 'who=me'],
  );
  expect(await run.exit, run.err).toBe(0);
  expect(run.lines('log')).toEqual([
    'latest True True',
    'answer None',
    'fault refused',
    'state 3 me',
    'delivered',
    'delivered',
    'delivered delivered',
  ]);
  expect(run.lines('output')).toEqual(['report: it was warm']);
  expect(run.lines('action')).toEqual([
    'e-mail to a@example.org: About this | It is this',
    'notice (warning): Warm | Very',
    'SMS to +4912345: hello',
    'POST https://example.org/x [1]',
  ]);
  expect(run.lines('control')).toEqual([
    expect.stringMatching(/^\S+ speed {"percent":40}$/),
    expect.stringMatching(/^\S+ speed {"percent":400}$/),
    expect.stringMatching(/^the control is refused: /),
  ]);
  expect(run.lines('berth')).toEqual([
    expect.stringContaining('does not describe the type thermometer'),
    'try runs with 3 made-up devices (seed berth). Ctrl-C stops it.',
    'The algorithm has completed.',
  ]);
});

test('the same seed makes the same readings up', { timeout: 30_000 }, async () => {
  const script = `
import berth
for reading in berth.sensors.room.stream():
    print(round(reading.at_ms / 1000), reading.value)
    break
`;
  const sensors = [{ name: 'room', type: 'thermometer', format: 'boolean' }];
  const seeds = ['a', 'a'].map((seed) => dev({ 'main.py': script }, { sensors }, ['--seed', seed]));
  const [first, second] = await Promise.all(seeds);
  expect([await first?.exit, await second?.exit]).toEqual([0, 0]);
  const [one, two] = [first, second].map((each) => each?.lines('log')[0]?.split(' ')[1]);
  expect(one).toBe(two);
});

test('Ctrl-C stops it as the platform stops a job: notice, the last words, the end, and nothing is left', {
  timeout: 30_000,
}, async () => {
  const script = `
import berth, os
print("pid", os.getpid(), berth.job.deadline)
while not berth.job.wait(60): pass
berth.output.write("the last words")
`;
  const run = await dev({ 'main.py': script }, { kind: 'continuous' });
  await run.shows('log', 'pid');
  const before = (await readdir(tmpdir())).filter((name) => name.startsWith('berth-dev-'));
  run.child.kill('SIGINT');
  expect(await run.exit, run.err).toBe(0);
  expect(run.lines('output')).toEqual(['the last words']);
  expect(run.lines('berth').at(-1)).toBe('The algorithm was stopped.');
  const pid = Number(run.lines('log')[0]?.split(' ')[1]);
  expect(() => process.kill(pid, 0)).toThrow();
  const after = (await readdir(tmpdir())).filter((name) => name.startsWith('berth-dev-'));
  expect(after.length).toBeLessThan(before.length);
});

test('a crash is shown with its traceback and ends the trial', { timeout: 30_000 }, async () => {
  const run = await dev({ 'main.py': 'import berth\nberth.sensors.cellar\n' });
  expect(await run.exit).toBe(1);
  expect(run.lines('log').join('\n')).toMatch(
    /main\.py", line 2[\s\S]*NotBound: This algorithm has no 'cellar' among its sensors/,
  );
  expect(run.lines('berth').at(-1)).toMatch(/^The algorithm has ended though it should not have/);
});

test('a package that the platform would refuse is refused in the same words', { timeout: 30_000 }, async () => {
  const run = await dev({ 'other.py': '' });
  expect(await run.exit).not.toBe(0);
  expect(run.err).toContain('package.invalid');
  expect(run.err).toContain('main.py');
});

test('a package of the runtime node finds its SDK, and the same devices', { timeout: 30_000 }, async () => {
  const script = `
import { controls, output, sensors } from 'berth';
for await (const reading of sensors.speed.stream()) if (reading.value >= 0) break;
await controls.fan.set({ percent: 40 });
for await (const reading of sensors.speed.stream()) if (reading.value === 40) break;
await output.write('steered');
`;
  const run = await dev({
    'main.js': script,
    'package.json': { type: 'module' },
    'sensor_config.json': { types: [FAN] },
    'app_config.json': {
      name: 'small',
      version: '1',
      runtime: 'node',
      algorithms: [
        {
          ...{ id: 'try', name: 'Try', script: 'main.js', kind: 'run-to-completion', output: 'text' },
          sensors: [{ name: 'speed', type: 'fan', format: 'number' }],
          controls: [{ name: 'fan', type: 'fan' }],
        },
      ],
    },
  });
  expect(await run.exit, `${run.err} ${run.lines('log').join('\n')}`).toBe(0);
  expect(run.lines('output')).toEqual(['steered']);
});

test('which of several algorithms is meant must be said', { timeout: 30_000 }, async () => {
  const one = { id: 'one', name: 'One', script: 'main.py', kind: 'run-to-completion', output: 'none' };
  const config = { name: 'small', version: '1', runtime: 'python', algorithms: [one, { ...one, id: 'two' }] };
  const files = { 'app_config.json': config, 'main.py': 'import berth\nprint(berth.job.algorithm)\n' };
  const unsaid = await dev(files);
  expect(await unsaid.exit).not.toBe(0);
  expect(unsaid.err).toContain('dev.which-algorithm');
  const wrong = await dev(files, {}, ['--algorithm', 'three']);
  await wrong.exit;
  expect(wrong.err).toContain('dev.no-such-algorithm');
  const said = await dev(files, {}, ['--algorithm', 'two']);
  expect(await said.exit, said.err).toBe(0);
  expect(said.lines('log')).toEqual(['two']);
});

test('a secret is the contents of a file, for the algorithm alone', async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'password'), 'open sesame\n');
  const script = `
import berth, os
print(repr(berth.secret("db-password")), any("sesame" in value for value in os.environ.values()))
`;
  const run = await dev({ 'main.py': script }, {}, ['--secret', `db-password=${join(directory, 'password')}`]);
  expect(await run.exit, run.err).toBe(0);
  expect(run.lines('log')).toEqual([String.raw`'open sesame\n' False`]);
  const lost = await dev({ 'main.py': script }, {}, ['--secret', `db-password=${join(directory, 'absent')}`]);
  expect(await lost.exit).not.toBe(0);
  expect(lost.err).toContain('cannot be read');
});
