import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { launch } from './launched.ts';

const SLEEPS = 'import time\nprint("up", flush=True)\ntime.sleep(60)\n';
const STUBBORN = `
import signal, time
signal.signal(signal.SIGTERM, lambda *_: print("no", flush=True))
print("up", flush=True)
while True: time.sleep(1)
`;

describe('TERM', () => {
  test("after the platform's notice ends the task with 200", async () => {
    const launched = await launch({ script: SLEEPS, task: { kind: 'continuous' } });
    await launched.printed('up');
    launched.platform.want({ stop: { reason: 'asked by ann', killAt: Date.now() + 60_000 } });
    launched.signal('SIGTERM');
    expect(await launched.exit).toBe(200);
    expect(launched.platform.runs().at(-1)).toMatchObject({ number: 1, exitCode: null, signal: 'SIGTERM' });
  });

  test('a hair before the notice still ends the task with 200', async () => {
    const launched = await launch({ script: SLEEPS });
    await launched.printed('up');
    await launched.until(() => expect(launched.platform.polls).toBeGreaterThan(1));
    launched.signal('SIGTERM');
    launched.platform.want({ stop: { reason: 'asked by ann', killAt: null } });
    expect(await launched.exit).toBe(200);
  });

  test('from a stranger ends the task with 203, platform there or not', async () => {
    const up = await launch({ script: SLEEPS });
    const down = await launch({ script: SLEEPS, platform: 'down' });
    await Promise.all([up.printed('up'), down.printed('up')]);
    up.signal('SIGTERM');
    down.signal('SIGTERM');
    expect(await Promise.all([up.exit, down.exit])).toEqual([203, 203]);
  });

  test('before the first run ends a task that waits', async () => {
    const launched = await launch({ script: SLEEPS, task: { startsAt: Date.now() + 60_000 } });
    await launched.until(() => expect(launched.platform.polls).toBeGreaterThan(0));
    launched.signal('SIGTERM');
    expect(await launched.exit).toBe(203);
    expect(launched.stdout).toBe('');
  });

  test('a stubborn algorithm is killed when the grace period is over, and not before', async () => {
    const launched = await launch({ script: STUBBORN, task: { graceMs: 800 } });
    await launched.printed('up');
    const askedAt = Date.now();
    launched.platform.want({ stop: { reason: 'asked by ann', killAt: askedAt + 60_000 } });
    launched.signal('SIGTERM');
    expect(await launched.exit).toBe(200);
    expect(Date.now() - askedAt).toBeGreaterThanOrEqual(750);
    expect(launched.stdout).toBe('up\nno\n');
    expect(launched.platform.runs().at(-1)).toMatchObject({ signal: 'SIGKILL' });
  });

  test('an algorithm that ends in order on TERM has its last output delivered', async () => {
    const script = `
import berth
print("up", berth.job.stopping(), flush=True)
while not berth.job.wait(60): pass
berth.output.write("last words")
`;
    const launched = await launch({ script, task: { kind: 'continuous', graceMs: 5000 } });
    await launched.printed('up');
    launched.signal('SIGTERM');
    expect(await launched.exit).toBe(203);
    expect(launched.platform.outputs()).toEqual(['last words']);
  });
});

describe("the platform's stop notice", () => {
  test('is told to the algorithm and by itself ends nothing; what then ends is not restarted', async () => {
    const script = `
import berth
berth.job.on_stop(lambda: print("callback", flush=True))
print("up", berth.job.stopping(), flush=True)
print("told", berth.job.wait(60), berth.job.stopping(), flush=True)
`;
    const launched = await launch({ script, task: { kind: 'continuous' } });
    await launched.printed('up False');
    launched.platform.want({ stop: { reason: 'asked by ann', killAt: Date.now() + 60_000 } });
    expect(await launched.exit).toBe(200);
    expect(launched.lines).toEqual(['up False', 'callback', 'told True True']);
  });

  test('is carried out by the launcher at its moment when no TERM comes', async () => {
    const launched = await launch({ script: STUBBORN, task: { graceMs: 300 } });
    await launched.printed('up');
    const killAt = Date.now() + 600;
    launched.platform.want({ stop: { reason: 'asked by ann', killAt } });
    await launched.until(async () => expect(await readFile(launched.path('desired.json'), 'utf8')).toContain('ann'));
    await launched.platform.down();
    expect(await launched.exit).toBe(200);
    expect(Date.now()).toBeGreaterThanOrEqual(killAt + 250);
    expect(launched.stdout).toBe('up\nno\n');
  });

  test('before the first run ends the task at once', async () => {
    const launched = await launch({ script: SLEEPS, task: { startsAt: Date.now() + 60_000 } });
    launched.platform.want({ stop: { reason: 'skipped', killAt: Date.now() + 60_000 } });
    expect(await launched.exit).toBe(200);
    expect(launched.stdout).toBe('');
  });

  test('ends a task that waits between two runs', async () => {
    const launched = await launch({
      script: 'print("run", flush=True)\nraise SystemExit(1)',
      task: { runsPerTask: 100 },
    });
    await launched.printed('run\nrun\nrun\nrun\nrun');
    launched.platform.want({ stop: { reason: 'asked by ann', killAt: null } });
    expect(await launched.exit).toBe(200);
  });
});

describe('the deadline', () => {
  test('ends the task with 201 though the platform was never there, by TERM and then KILL', async () => {
    const endsAt = Date.now() + 2000;
    const launched = await launch({ script: STUBBORN, platform: 'down', task: { endsAt, kind: 'continuous' } });
    expect(await launched.exit).toBe(201);
    expect(Date.now()).toBeGreaterThanOrEqual(endsAt + 250);
    expect(launched.stdout).toBe('up\nno\n');
  });

  test("is the platform's moment, not that of a node whose clock is wrong", async () => {
    const endsAt = Date.now() + 600;
    const task = { startsAt: 0, endsAt: endsAt - 3_600_000, clockOffsetMs: 3_600_000 };
    const launched = await launch({ script: SLEEPS, platform: 'down', task });
    expect(await launched.exit).toBe(201);
    expect(Date.now()).toBeGreaterThanOrEqual(endsAt);
  });

  test('moves when the platform moves it, later and earlier, and the algorithm sees it', async () => {
    const script = `
import berth, time
first = berth.job.deadline
print("up", flush=True)
while berth.job.deadline == first: time.sleep(0.01)
second = berth.job.deadline
print("later", round((second - first).total_seconds()), second.tzinfo, flush=True)
while berth.job.deadline == second: time.sleep(0.01)
print("none", berth.job.deadline, flush=True)
time.sleep(60)
`;
    const endsAt = Date.now() + 30_000;
    const launched = await launch({ script, task: { endsAt } });
    await launched.printed('up');
    launched.platform.want({ endsAt: endsAt + 60_000 });
    await launched.printed('later 60 UTC');
    launched.platform.want({ endsAt: null });
    await launched.printed('none None');
    launched.platform.want({ endsAt: Date.now() + 200 });
    expect(await launched.exit).toBe(201);
  });

  test('that is past before the start means that nothing is started', async () => {
    const launched = await launch({ script: SLEEPS, task: { endsAt: Date.now() - 1 } });
    expect(await launched.exit).toBe(201);
    expect(launched.stdout).toBe('');
  });
});
