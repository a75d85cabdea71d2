// The part of the Machine contract about events and logs.
import { expect, onTestFinished, test } from 'vitest';
import type { ContainerEvent, LogFrame, Machine } from '../../src/ports/machine.ts';
import type { MachineUnderTest } from './machine-contract.ts';
import { pythonSpec, started, TEST_LABEL } from './machine-specs.ts';

const SLEEP = 'import time; time.sleep(60)';
const FOLLOWS = 20;

/** What lasts. */
export function streamsContract(world: () => MachineUnderTest): void {
  eventsContract(world);
  logBytes(world);
  logTimes(world);
  crowd(world);
}

function eventsContract(world: () => MachineUnderTest): void {
  test('events of the past come first, then those that happen; others and exec are left out', async () => {
    const { machine, docker, image } = world();
    const sinceAt = (await machine.vitals()).machineClockAt - 1000;
    const name = await started(machine, pythonSpec(image, SLEEP));
    const seen = follow(machine, `${TEST_LABEL}=${name}`, sinceAt);
    const exec = await docker.getContainer(name).exec({ Cmd: ['true'] });
    await exec.start({ Detach: true });
    await machine.signalContainer(name, 'SIGKILL');
    await expect.poll(() => seen.events.map(({ action }) => action)).toEqual(['create', 'start', 'kill', 'die']);
    const die = seen.events.at(-1);
    expect(die).toMatchObject({ name, exitCode: 137, labels: { [TEST_LABEL]: name, 'berth.spec': 'spec-one' } });
    expect(Object.keys(die?.labels ?? {})).toHaveLength(2);
    expect((die?.at ?? 0) - sinceAt).toBeLessThan(30_000);
    await machine.removeContainer(name);
    await expect.poll(() => seen.events.at(-1)?.action).toBe('destroy');
    await seen.end();
  });

  test('events end at once when they are not wanted any more', async () => {
    const stop = new AbortController();
    const iterating = Array.fromAsync(world().machine.events('berth.test.nobody', Date.now(), stop.signal));
    stop.abort();
    expect(await iterating).toEqual([]);
    expect(await Array.fromAsync(world().machine.events('berth.test.nobody', 0, stop.signal))).toEqual([]);
  });
}

function follow(machine: Machine, label: string, sinceAt: number) {
  const stop = new AbortController();
  const events: ContainerEvent[] = [];
  const reading = (async () => {
    for await (const event of machine.events(label, sinceAt, stop.signal)) events.push(event);
  })();
  const end = () => {
    stop.abort();
    return reading;
  };
  onTestFinished(end);
  return { events, end };
}

function logBytes(world: () => MachineUnderTest): void {
  test('a log has every byte as it was written: NUL, invalid UTF-8, long lines, no newline at the end', async () => {
    const { machine, image } = world();
    const code = [
      'import os, sys, time',
      'def say(to, data): os.write(to, data); time.sleep(0.02)',
      "say(1, b'plain\\n')",
      "say(2, b'error\\n')",
      "say(1, bytes(range(256)) + b'\\n')",
      "say(1, b'x' * 40000 + b'\\n')",
      "say(1, b'no newline')",
    ].join('\n');
    const name = await started(machine, pythonSpec(image, code));
    const frames = await logOf(machine, name, true);
    expect(bytesOf(frames, 'stderr')).toEqual(Buffer.from('error\n'));
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const written = Buffer.concat([Buffer.from('plain\n'), all, Buffer.from(`\n${'x'.repeat(40_000)}\nno newline`)]);
    expect(bytesOf(frames, 'stdout').equals(written)).toBe(true);
    expect(await logOf(machine, name, false)).toEqual(frames);
  });

  test('the log of a container that is not there says so', async () => {
    await expect(logOf(world().machine, 'machine-absent', false)).rejects.toMatchObject({
      code: 'machine.no-container',
    });
  });
}

function logTimes(world: () => MachineUnderTest): void {
  test('a log is read from a nanosecond on, that one included', async () => {
    const { machine, image } = world();
    const code = 'import time\nfor n in range(20): print(n, flush=True); time.sleep(0.001)';
    const name = await started(machine, pythonSpec(image, code));
    const all = await logOf(machine, name, true);
    expect(all).toHaveLength(20);
    const tenth = all[10];
    if (!tenth) throw new Error('there is no tenth line');
    expect(await logOf(machine, name, false, tenth.atNs)).toEqual(all.slice(10));
    expect(await logOf(machine, name, false, tenth.atNs + 1n)).toEqual(all.slice(11));
  });

  test('a followed log comes while the container runs, and ends when it is not wanted any more', async () => {
    const { machine, image } = world();
    const name = await started(machine, pythonSpec(image, `print('first', flush=True); ${SLEEP}`));
    const stop = new AbortController();
    const frames = machine.logs(name, { sinceNs: 0n, follow: true, signal: stop.signal })[Symbol.asyncIterator]();
    const first = await frames.next();
    expect(first.value?.map((frame: LogFrame) => frame.bytes.toString())).toEqual(['first\n']);
    const next = frames.next();
    stop.abort();
    expect((await next).done).toBe(true);
  });
}

function crowd(world: () => MachineUnderTest): void {
  test(`50 short calls at once are answered while ${FOLLOWS} logs are followed`, async () => {
    const { machine, image } = world();
    const name = await started(machine, pythonSpec(image, `print('first', flush=True); ${SLEEP}`));
    const stop = new AbortController();
    const options = { sinceNs: 0n, follow: true, signal: stop.signal };
    const follows = Array.from({ length: FOLLOWS }, () => machine.logs(name, options)[Symbol.asyncIterator]());
    await Promise.all(follows.map((frames) => frames.next()));
    const views = await Promise.all(Array.from({ length: 50 }, () => machine.inspectContainer(name)));
    expect(views.every((view) => view?.state === 'running')).toBe(true);
    const ends = follows.map((frames) => frames.next());
    stop.abort();
    expect((await Promise.all(ends)).every(({ done }) => done)).toBe(true);
  });
}

async function logOf(machine: Machine, name: string, follow: boolean, sinceNs = 0n): Promise<LogFrame[]> {
  const batches = await Array.fromAsync(machine.logs(name, { sinceNs, follow, signal: AbortSignal.timeout(30_000) }));
  expect(batches.every((frames) => frames.length > 0)).toBe(true);
  return batches.flat();
}

function bytesOf(frames: readonly LogFrame[], stream: LogFrame['stream']): Buffer {
  return Buffer.concat(frames.filter((frame) => frame.stream === stream).map(({ bytes }) => bytes));
}
