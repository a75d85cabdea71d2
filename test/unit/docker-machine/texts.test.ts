// What machines and engines print, read.
import { describe, expect, test } from 'vitest';
import { negotiateVersion } from '../../../src/adapters/docker-machine/api-version.ts';
import { EngineRefusal, toBerthError } from '../../../src/adapters/docker-machine/engine-errors.ts';
import { containerEvent } from '../../../src/adapters/docker-machine/event-lines.ts';
import { describeKey, readPinnedKey } from '../../../src/adapters/docker-machine/host-key.ts';
import { jsonLines } from '../../../src/adapters/docker-machine/json-lines.ts';
import { parseNanoseconds, sinceParameter } from '../../../src/adapters/docker-machine/nanoseconds.ts';
import { PullProgress } from '../../../src/adapters/docker-machine/pull-progress.ts';
import { parseVitals, readVitalsOutput } from '../../../src/adapters/docker-machine/vitals-text.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPpJMKkIqPMYNJIS3d3+m1vJX9FuUHbhfEcu+fCnXJDF';
const OUTPUT = `clock 1795340650.100000000
cpu  100 5 20 1000 30 1 2 3 50 0
MemTotal:        1000 kB
MemFree:          100 kB
MemAvailable:     400 kB
88c7f465-a96b-4674-ad41-8104a1f3bb4a
4
Filesystem     1024-blocks     Used Available Capacity Mounted on
/dev/mapper/a b    2000      500      1500      25% /var/lib/docker
clock 1795340650.110000000
`;

describe('vital signs', () => {
  test('are read from one output; the clock is as old as a quarter of what was not work', () => {
    const text = readVitalsOutput(OUTPUT, 50, 'there');
    expect(text).toMatchObject({ cpus: 4, diskTotalBytes: 2_048_000, diskFreeBytes: 1_536_000 });
    expect(text.machineClockAt).toBe(1795340650110 + 10);
    expect(parseVitals(text, 'there')).toMatchObject({
      cpuBusy: 131,
      cpuTotal: 1161,
      memoryTotalBytes: 1_024_000,
      memoryAvailableBytes: 409_600,
      bootId: '88c7f465-a96b-4674-ad41-8104a1f3bb4a',
    });
  });

  test('a greeting of the shell before them does no harm, and a date without nanoseconds is whole seconds', () => {
    const plain = OUTPUT.replaceAll(/^clock (\d+)\.\d+/gm, 'clock $1');
    expect(readVitalsOutput(`Welcome to 4 CPUs!\n${plain}`, 0, 'there').machineClockAt).toBe(1795340650000);
  });

  test('that make no sense are shown', () => {
    expect(() => readVitalsOutput('bash: cat: not found', 0, 'there')).toThrow('bash: cat: not found');
    const text = readVitalsOutput(OUTPUT, 0, 'there');
    expect(() => parseVitals({ ...text, meminfo: 'nothing' }, 'there')).toThrow('nothing');
    expect(() => parseVitals({ ...text, stat: 'nothing' }, 'there')).toThrow('nothing');
  });
});

describe('host keys', () => {
  test('are pinned with or without a comment and named as OpenSSH names them', () => {
    const pinned = readPinnedKey(`${KEY} someone@somewhere\n`);
    expect(pinned.fingerprint).toBe('SHA256:Qz+8rkWv6DajzkQS3S0COZu6l20G/qHYiap727V8cBo');
    expect(describeKey(pinned.bytes)).toEqual({ line: KEY, fingerprint: pinned.fingerprint });
  });

  test.each(['', 'ssh-ed25519', 'ssh-ed25519 AAAA', `ssh-rsa ${KEY.split(' ')[1]}`, 'ssh-dss AAAAB3NzaC1kc3M='])(
    "'%s' is refused",
    (line) => {
      expect(() => readPinnedKey(line)).toThrow('not a public host key');
    },
  );
});

describe('the version of the API', () => {
  const engine = (ApiVersion: string, MinAPIVersion: string) => ({
    Version: 'x',
    ApiVersion,
    MinAPIVersion,
    Arch: 'amd64',
  });

  test('is the newest that both know', () => {
    expect(negotiateVersion(engine('1.41', '1.12'))).toBe('1.41');
    expect(negotiateVersion(engine('1.99', '1.44'))).toBe('1.52');
  });

  test('is refused when there is none', () => {
    expect(() => negotiateVersion(engine('1.9', '1.9'))).toThrow('needs 1.41');
    expect(() => negotiateVersion(engine('1.99', '1.98'))).toThrow('no API older than 1.98');
  });
});

test('the progress of a pull sums its layers and never falls', () => {
  const progress = new PullProgress();
  const lines = [
    { id: 'a', status: 'Pulling fs layer' },
    { id: 'a', status: 'Downloading', progressDetail: { current: 10, total: 100 } },
    { id: 'b', status: 'Downloading', progressDetail: { current: 5, total: 50 } },
    { id: 'a', status: 'Download complete' },
    { id: 'a', status: 'Extracting', progressDetail: { current: 1, total: 100 } },
    { status: 'Digest: sha256:…' },
    { id: 'b', status: 'Pull complete' },
  ];
  const sums = lines.filter((line) => progress.take(line)).map(() => progress.sum());
  expect(sums.length).toBe(4);
  expect(progress.sum()).toEqual({ doneBytes: 150, totalBytes: 150 });
});

test('JSON values come out of any chunks, the last without a newline too', async () => {
  async function* chunks() {
    for (const text of ['{"a":', '1}\r\n\n{"b"', ':"é"}\n{', '}']) yield Buffer.from(text);
  }
  expect(await Array.fromAsync(jsonLines(chunks()))).toEqual([{ a: 1 }, { b: 'é' }, {}]);
});

test("an event has the container's labels without the engine's own, and actions that nobody asked about are none", () => {
  const Attributes = { name: 'x', image: 'i', exitCode: '137', 'berth.task': 't' };
  const line = { Action: 'die', Actor: { ID: 'id', Attributes }, timeNano: 1_795_341_510_652_420_400 };
  const event = {
    name: 'x',
    id: 'id',
    action: 'die',
    exitCode: 137,
    at: 1_795_341_510_652,
    labels: { 'berth.task': 't' },
  };
  expect(containerEvent(line)).toEqual(event);
  expect(containerEvent({ ...line, Action: 'exec_start: sh' })).toBeUndefined();
});

test('nanoseconds go out and come in whole', () => {
  expect(sinceParameter(1_795_341_510_000_000_001n)).toBe('1795341510.000000001');
  expect(parseNanoseconds('2026-11-22T09:58:30.000000001Z')).toBe(
    BigInt(Date.parse('2026-11-22T09:58:30Z')) * 1_000_000n + 1n,
  );
  expect(() => parseNanoseconds('yesterday')).toThrow(RangeError);
});

test("the engine's refusals keep its words, and a full disk is named as such", () => {
  const asked = { act: 'start', address: 'there' };
  expect(toBerthError(new EngineRefusal(400, '{"message":"no such user"}'), asked)).toMatchObject({
    code: 'machine.engine-refused',
    details: { act: 'start', words: 'no such user' },
  });
  expect(toBerthError(new EngineRefusal(500, 'plain words\n'), asked)).toMatchObject({
    details: { words: 'plain words' },
  });
  const full = new EngineRefusal(500, '{"message":"write /x: no space left on device"}');
  expect(toBerthError(full, asked).code).toBe('machine.disk-full');
  expect(toBerthError(new Error('socket hang up'), asked).code).toBe('machine.disconnected');
});
