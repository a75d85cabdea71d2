import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { RECORD_LIMITS } from '../../../src/main/ordinary-limits.ts';
import { launch, SDK } from './launched.ts';

async function ran(script: string, task: Readonly<Record<string, unknown>> = {}) {
  const launched = await launch({ script, task: { runsPerTask: 1, ...task } });
  expect(await launched.exit, launched.stderr).toBe(0);
  return launched;
}

describe('berth.output', () => {
  test('hands over texts, values and files with their names and types', async () => {
    const { platform } = await ran(`
import berth
berth.output.write("größe ✓")
berth.output.write("", name="empty.txt")
berth.output.json({"a": [1, None, "é"]}, name="first")
with open("photo.png", "wb") as file: file.write(b"\\x89PNG" * 3)
berth.output.file("photo.png")
berth.output.file("photo.png", name="zwölf", content_type="application/x-own")
`);
    const outputs = platform.arrived.filter(({ header }) => header.kind !== 'run');
    expect(
      outputs.map(({ header: { kind, name, contentType }, body }) => [kind, name, contentType, body.length]),
    ).toEqual([
      ['text', '', 'text/plain; charset=utf-8', 7],
      ['text', 'empty.txt', 'text/plain; charset=utf-8', 0],
      ['json', 'first', 'application/json', '{"a": [1, null, "é"]}'.length],
      ['file', 'photo.png', 'image/png', 12],
      ['file', 'zwölf', 'application/x-own', 12],
    ]);
    expect(outputs[0]?.body).toBe('größe ✓');
    for (const { id, header } of outputs) {
      expect(id).toMatch(/^\d{20}-\d+-\d+$/);
      expect(Math.abs(Number(header.at) - Date.now())).toBeLessThan(30_000);
    }
  });

  test('counts time as the platform does', async () => {
    const launched = await launch({
      script: 'import berth\nberth.output.write("x")\n',
      task: { startsAt: 0, clockOffsetMs: 3_600_000 },
      platform: 'down',
    });
    launched.platform.want({ clockOffsetMs: 3_600_000 });
    await launched.platform.up();
    expect(await launched.exit).toBe(0);
    for (const { header } of launched.platform.arrived) {
      expect(Math.abs(Number(header.at) - (Date.now() - 3_600_000))).toBeLessThan(30_000);
    }
  });

  test('refuses what the platform would refuse, where the mistake was made', async () => {
    const { lines } = await ran(`
import berth
for call in (
    lambda: berth.output.write(b"bytes"),
    lambda: berth.output.json(float("nan")),
    lambda: berth.output.write("x", name="a/b"),
    lambda: berth.output.write("x", name="😀" * 101),
    lambda: berth.output.write("x", name=""),
    lambda: berth.output.file("absent"),
):
    try: call()
    except Exception as error: print(type(error).__name__)
`);
    expect(lines).toEqual(['TypeError', 'ValueError', 'ValueError', 'ValueError', 'ValueError', 'FileNotFoundError']);
  });

  test('says so when the spool is full, takes more when there is room again, and loses nothing it took', async () => {
    const script = `
import berth
taken = 0
try:
    while True:
        berth.output.write("x" * 8000)
        taken += 1
except berth.SpoolFull as error: print(taken, error, flush=True)
while True:
    try: berth.output.write("at last"); break
    except berth.SpoolFull: berth.job.wait(0.05)
`;
    const launched = await launch({ script, platform: 'down', task: { spoolBytes: 65536 } });
    await launched.printed('wait for the platform');
    expect(launched.lines[0]).toMatch(/^[678] \d+ bytes of output wait for the platform and the spool holds 65536/);
    await launched.platform.up();
    expect(await launched.exit, launched.stderr).toBe(0);
    const outputs = launched.platform.outputs();
    expect(outputs.at(-1)).toBe('at last');
    expect(outputs).toHaveLength(Number(launched.lines[0]?.[0]) + 1);
  });

  test('takes one that is larger than the whole spool, and nothing more until it is gone', async () => {
    const script = `
import berth
berth.output.write("y" * 100000)
for size in (100001, 1):
    try: berth.output.write("z" * size)
    except berth.SpoolFull: print("not", size, flush=True)
`;
    const launched = await launch({ script, platform: 'down', task: { spoolBytes: 65536 } });
    await launched.printed('not 100001\nnot 1\n');
    await launched.platform.up();
    expect(await launched.exit, launched.stderr).toBe(0);
    expect(launched.platform.outputs()).toEqual(['y'.repeat(100_000)]);
  });

  test('refuses at once a file that is larger than the platform takes', async () => {
    const { lines } = await ran(`
import berth, pathlib
with open("../scratch/large", "wb") as file: file.truncate(${RECORD_LIMITS.mostFileBytes} + 1)
try: berth.output.file("../scratch/large")
except berth.SpoolFull as error: print(error)
`);
    expect(lines[0]).toContain(`larger than the platform takes, which is ${RECORD_LIMITS.mostFileBytes}`);
  });

  test('takes outputs of several processes and threads at once, each once and each in its own order', async () => {
    const { platform } = await ran(`
import berth, multiprocessing, threading
def count(who):
    for number in range(30): berth.output.write(f"{who} {number}")
def both(who):
    thread = threading.Thread(target=count, args=(f"{who} thread",))
    thread.start(); count(f"{who} main"); thread.join()
context = multiprocessing.get_context("fork")
processes = [context.Process(target=both, args=(who,)) for who in "ab"]
for process in processes: process.start()
for process in processes: process.join()
`);
    const outputs = platform.outputs();
    expect(outputs).toHaveLength(120);
    for (const who of ['a main', 'a thread', 'b main', 'b thread']) {
      const own = outputs.filter((text) => text.startsWith(who));
      expect(own).toEqual(Array.from({ length: 30 }, (_, number) => `${who} ${number}`));
    }
    expect(new Set(platform.arrived.map(({ id }) => id)).size).toBe(122);
  });
});

describe('berth.log', () => {
  test('writes one line of JSON on standard error, whatever the fields are', async () => {
    const { stderr, stdout } = await ran(`
import berth
berth.log.debug("d")
berth.log.info("line\\nbreak é", sensor="t1", value=2.5, at="x", other=object)
berth.log.warning("w")
berth.log.error("e")
`);
    expect(stdout).toBe('');
    const lines = stderr
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(lines).toMatchObject([
      { level: 'debug', message: 'd', at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) },
      { level: 'info', message: 'line\nbreak é', sensor: 't1', value: 2.5, at_: 'x', other: "<class 'object'>" },
      { level: 'warning' },
      { level: 'error' },
    ]);
  });
});

describe('berth.job', () => {
  test('tells what the run is', async () => {
    const { lines } = await ran(
      `
from berth import job
print(job.id, job.task, job.instance, job.application, job.algorithm, job.slot, job.copies, job.attempt, job.run)
print(dict(job.parameters), job.scheduled_at.isoformat(), job.deadline, job.stopping(), job.wait(0.01))
try: job.parameters["a"] = "c"
except TypeError: print("read-only")
try: job.nothing
except AttributeError as error: print(error)
`,
      { slot: 1, copies: 2, attempt: 3, parameters: { a: 'b' }, scheduledAt: 1_795_334_400_000 },
    );
    expect(lines).toEqual([
      'count.o20261122T080000Z count.o20261122T080000Z.0.1 count shop counter 1 2 3 1',
      "{'a': 'b'} 2026-11-22T08:00:00+00:00 None False False",
      'read-only',
      "module 'berth.job' has no attribute 'nothing'",
    ]);
  });

  test('calls back once on TERM, and calls a handler that was there before', async () => {
    const launched = await launch({
      script: `
import berth, multiprocessing, os, signal, time
signal.signal(signal.SIGTERM, lambda *_: print("own", flush=True))
berth.job.on_stop(lambda: print("told", flush=True))
berth.job.on_stop(lambda: print("too", flush=True))
signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGTERM))
child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,))
child.start()
os.write(1, b"up\\n")
while not berth.job.wait(60): pass
child.kill(); child.join()
print("end", child.exitcode, flush=True)
`,
      task: { graceMs: 5000 },
    });
    await launched.printed('up');
    launched.signal('SIGTERM');
    expect(await launched.exit).toBe(203);
    expect(launched.lines).toEqual(['up', 'told', 'too', 'own', 'end -9']);
  });

  test('forked children that never asked are ended by terminate(), also on their way into a sleep', async () => {
    const { lines } = await ran(`
import berth, multiprocessing, time
context = multiprocessing.get_context("fork")
def work(up):
    up.set()
    time.sleep(60)
def ended():
    up = context.Event()
    child = context.Process(target=work, args=(up,))
    child.start(); up.wait(); child.terminate(); child.join()
    return child.exitcode
berth.job.stopping()
print({ended() for _ in range(50)})
`);
    expect(lines).toEqual(['{-15}']);
  });

  test('outside a container there is no job, and the error says what to do; log lines work', () => {
    const outside = (script: string) =>
      spawnSync('python3', ['-B', '-c', script], { env: { ...process.env, PYTHONPATH: SDK }, encoding: 'utf8' });
    const asked = outside('import berth\nberth.job.id');
    expect(asked.stderr).toContain(
      'OutsideTask: This program runs outside Berth (/scratch/.berth/task.json is missing)',
    );
    expect(asked.stderr).toContain('Upload its package to Berth and run an instance of it, or try it here');
    expect(outside('import berth\nberth.output.write("x")').stderr).toContain('OutsideTask');
    expect(outside('import berth\nberth.log.info("fine")').status).toBe(0);
  });
});
