// The simulated machine behaves as the contract of machines says, where that contract needs no real engine, and fails as real ones fail.
import { expect, test } from 'vitest';
import { containerSpec } from '../../src/nodes/container-spec.ts';
import { taskFile } from '../../src/nodes/task-file.ts';
import type { ContainerEvent, ContainerSpec, Machine } from '../../src/ports/machine.ts';
import { SimHost } from '../../src/sim/sim-host.ts';
import { SimMachines } from '../../src/sim/sim-machines.ts';
import { SimProcess } from '../../src/sim/sim-process.ts';
import { SimWorld } from '../../src/sim/sim-world.ts';
import { CALM, type Weather } from '../../src/sim/weather.ts';
import { aJob, aTask } from '../builders/jobs.ts';

const task = aTask(aJob(), 0, 1, 'host-1');
const spec = containerSpec(task, { platformUid: 'p', image: 'room:1' });
const input = Buffer.from(JSON.stringify(taskFile(task, { token: 't', clockOffsetMs: 0 })));

class Bench {
  readonly world = new SimWorld('machine');
  readonly process = new SimProcess(this.world, 'platform');
  readonly weather: Weather = { ...CALM };
  readonly host = new SimHost({
    ...{ world: this.world, weather: this.weather, address: 'host-1', cpus: 2, clockOffsetMs: 0 },
    ...{ memoryBytes: 2 ** 30, diskBytes: 2 ** 34, onStart: () => {}, onWork: () => {}, onEndAsked: () => {} },
  });

  /** Lets time pass until something is answered. */
  async answer<T>(asked: Promise<T>, ms = 200): Promise<T> {
    const settled = Promise.allSettled([asked]);
    await this.world.pass(ms);
    const [outcome] = await settled;
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  }

  connect(process = this.process): Promise<Machine> {
    const { weather, host } = this;
    const machines = new SimMachines({ process, weather, hosts: new Map([['host-1', host]]) });
    return this.answer(machines.connect({ kind: 'local', socketPath: 'host-1' }), 60_000);
  }

  async connectWithImage(): Promise<Machine> {
    this.host.images.add('room:1');
    return this.connect();
  }

  async started(machine: Machine): Promise<void> {
    await this.answer(machine.createContainer(spec));
    await this.answer(machine.startContainer(spec.name, input));
  }
}

test('creating it again with the same spec finds it; with another spec its name is taken', async () => {
  const bench = new Bench();
  const machine = await bench.connectWithImage();
  const id = await bench.answer(machine.createContainer(spec));
  expect(await bench.answer(machine.createContainer(spec))).toBe(id);
  const other: ContainerSpec = { ...spec, labels: { ...spec.labels, 'berth.spec': 'another' } };
  await expect(bench.answer(machine.createContainer(other))).rejects.toMatchObject({ code: 'machine.name-taken' });
  expect(await bench.answer(machine.listVolumes('berth.platform=p'))).toEqual([spec.name]);
});

test('an image that it lacks is named, until it was pulled', async () => {
  const bench = new Bench();
  const machine = await bench.connect();
  await expect(bench.answer(machine.createContainer(spec))).rejects.toMatchObject({ code: 'machine.no-image' });
  const request = { reference: 'r', user: '', password: '', tag: 'room:1', onProgress: () => {} };
  await bench.answer(machine.pullImage(request), 5000);
  expect(await bench.answer(machine.hasImage('room:1'))).toBe(true);
});

test('it is created, runs until it is told to end, and is removed with its volume', async () => {
  const bench = new Bench();
  const machine = await bench.connectWithImage();
  await bench.started(machine);
  expect(await bench.answer(machine.inspectContainer(spec.name))).toMatchObject({ state: 'running', exitCode: null });
  await bench.answer(machine.signalContainer(spec.name, 'SIGTERM'), 1000);
  expect(await bench.answer(machine.inspectContainer(spec.name))).toMatchObject({ state: 'exited' });
  await bench.answer(machine.removeContainer(spec.name));
  expect(await bench.answer(machine.inspectContainer(spec.name))).toBeUndefined();
  expect(await bench.answer(machine.listVolumes('berth.platform'))).toEqual([]);
});

test('events come, those of the past first', async () => {
  const bench = new Bench();
  const machine = await bench.connectWithImage();
  await bench.answer(machine.createContainer(spec));
  const seen: ContainerEvent[] = [];
  const ended = new AbortController();
  const watching = (async () => {
    for await (const event of machine.events('berth.platform=p', 0, ended.signal)) seen.push(event);
  })();
  await bench.world.pass(100);
  await bench.answer(machine.startContainer(spec.name), 500);
  ended.abort();
  await watching;
  expect(seen.map(({ action }) => action)).toEqual(['create', 'start', 'die']);
});

test('after it is closed, closed rings and nothing more is done', async () => {
  const bench = new Bench();
  const machine = await bench.connectWithImage();
  const waiting = machine.ping();
  await Promise.all([
    expect(bench.answer(waiting)).rejects.toMatchObject({ code: 'machine.disconnected' }),
    bench.answer(machine.close()),
  ]);
  expect(await machine.closed).toBe('closed by the platform');
  await expect(machine.ping()).rejects.toMatchObject({ code: 'machine.disconnected' });
});

test('a machine that restarts loses its connections and its containers', async () => {
  const bench = new Bench();
  const machine = await bench.connectWithImage();
  await bench.started(machine);
  bench.host.powerOff();
  bench.host.powerOn();
  await bench.world.pass(20_000);
  expect(await machine.closed).not.toBe('');
  const again = await bench.connect();
  expect(await bench.answer(again.inspectContainer(spec.name))).toMatchObject({ state: 'exited', exitCode: 255 });
});

test('what was asked before the network was cut is done when it is back, though nobody waits any more', async () => {
  const bench = new Bench();
  const machine = await bench.connectWithImage();
  await bench.answer(machine.createContainer(spec));
  bench.host.cut(true);
  const asked = bench.answer(machine.startContainer(spec.name), 40_000);
  await expect(asked).rejects.toMatchObject({ code: 'machine.disconnected' });
  expect(bench.host.running()).toEqual([]);
  bench.host.cut(false);
  await bench.world.pass(20);
  expect(bench.host.running()).toHaveLength(1);
});

test('an act can be done and its answer lost', async () => {
  const bench = new Bench();
  const machine = await bench.connectWithImage();
  bench.weather.machineLost = 1;
  await expect(bench.answer(machine.createContainer(spec))).rejects.toMatchObject({ code: 'machine.timeout' });
  expect(bench.host.containers.has(spec.name)).toBe(true);
});

test('a full disk refuses what needs room', async () => {
  const bench = new Bench();
  const machine = await bench.connectWithImage();
  bench.host.fillDisk(true);
  await expect(bench.answer(machine.createContainer(spec))).rejects.toMatchObject({ code: 'machine.disk-full' });
});

test('what a killed process asked for is done, and it never hears of it', async () => {
  const bench = new Bench();
  const machine = await bench.connectWithImage();
  let heard = false;
  machine.createContainer(spec).finally(() => {
    heard = true;
  });
  bench.process.kill('now');
  await bench.world.pass(60_000);
  expect(bench.host.containers.has(spec.name)).toBe(true);
  expect(heard).toBe(false);
});

test('a killed process that had asked to listen does not hear containers in place of one that lives', async () => {
  const bench = new Bench();
  const machine = await bench.connectWithImage();
  const other = new SimProcess(bench.world, 'another platform');
  const late = await bench.connect(other);
  let heard = 0;
  await bench.answer(machine.listenSocket('/run', 'sdk', () => heard++));
  late.listenSocket('/run', 'sdk', () => {}).catch(() => {});
  other.kill('now');
  const once = { ...taskFile(task, { token: 't', clockOffsetMs: 0 }), exactlyOne: true };
  await bench.answer(machine.createContainer(spec));
  await bench.answer(machine.startContainer(spec.name, Buffer.from(JSON.stringify(once))));
  await bench.world.pass(1000);
  expect(heard).toBeGreaterThan(0);
});
