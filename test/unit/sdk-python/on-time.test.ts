// Launchers that are started before their time: what they wait for, and what they do when it comes.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { type Launched, launch, SDK } from './launched.ts';

const SAYS_WHEN = 'import time\nprint(time.time() * 1000, flush=True)\n';
/** Enough for the launcher to be ready on a machine that has other things to do. */
const LEAD_MS = 1500;
/** Room for such a machine; moments that must not be taken for another lie further apart. */
const LATE_MS = 2000;

/** When the first line says that it was printed, after the exit. */
async function firstLineAt(launched: Launched): Promise<number> {
  expect(await launched.exit, launched.stderr).toBe(0);
  return Number(launched.lines[0]);
}

function expectAt(at: number, dueAt: number): void {
  expect(at).toBeGreaterThanOrEqual(dueAt);
  expect(at).toBeLessThan(dueAt + LATE_MS);
}

describe('an algorithm whose container came early', () => {
  test('begins at its time, and its run says so', async () => {
    const startsAt = Date.now() + LEAD_MS;
    const launched = await launch({ script: SAYS_WHEN, task: { startsAt } });
    expectAt(await firstLineAt(launched), startsAt);
    expectAt(Number(launched.platform.runs()[0]?.startedAt), startsAt);
    expect(launched.platform.runs().at(-1)).toMatchObject({ number: 1, exitCode: 0 });
  });

  test('is told to have begun while it runs, and a little after it did', async () => {
    const startsAt = Date.now() + LEAD_MS;
    const launched = await launch({ script: `${SAYS_WHEN}time.sleep(1.5)\n`, task: { startsAt } });
    await launched.until(() => expect(launched.platform.runs()).toMatchObject([{ number: 1, endedAt: null }]));
    const [begun] = launched.platform.runs();
    expect(Number(begun?.at) - Number(begun?.startedAt)).toBeGreaterThanOrEqual(95);
    expectAt(await firstLineAt(launched), startsAt);
    expect(launched.platform.runs()).toMatchObject([{ endedAt: null }, { exitCode: 0 }]);
  });

  test('begins at its time with the platform gone', async () => {
    const startsAt = Date.now() + LEAD_MS;
    const launched = await launch({ script: SAYS_WHEN, task: { startsAt }, platform: 'down' });
    expectAt(await firstLineAt(launched), startsAt);
  });

  test('begins by the clock of the platform, not by its machine, and reports in the time of the platform', async () => {
    const startsAt = Date.now() + LEAD_MS - 7000;
    const launched = await launch({ script: SAYS_WHEN, task: { startsAt, clockOffsetMs: 7000 } });
    launched.platform.want({ clockOffsetMs: 7000 });
    expectAt(await firstLineAt(launched), startsAt + 7000);
    expectAt(Number(launched.platform.runs()[0]?.startedAt), startsAt);
  });

  test('follows a correction of its clock that comes while it waits', async () => {
    const startsAt = Date.now() + LEAD_MS;
    const launched = await launch({ script: SAYS_WHEN, task: { startsAt } });
    await launched.until(() => expect(launched.platform.polls).toBeGreaterThan(0));
    launched.platform.want({ clockOffsetMs: 2500 });
    expectAt(await firstLineAt(launched), startsAt + 2500);
  });

  test('asks for its lease ahead, where exactly one copy may run', async () => {
    const startsAt = Date.now() + LEAD_MS;
    const launched = await launch({ script: SAYS_WHEN, task: { startsAt, exactlyOne: true }, lease: 10_000 });
    await launched.until(() => expect(launched.platform.leaseRequests).toBe(1));
    expect(launched.platform.leaseGivenAt).toBeLessThan(startsAt);
    expectAt(await firstLineAt(launched), startsAt);
  });

  test.each([
    [
      'a notice of the platform',
      200,
      ({ platform }: Launched) => platform.want({ stop: { reason: 'no', killAt: null } }),
    ],
    ['TERM after a notice', 200, stopAsThePlatformDoes],
    ['TERM by a stranger', 203, (launched: Launched) => launched.signal('SIGTERM')],
  ])('never begins after %s: its launcher ends with %i', async (_, code, end) => {
    const startsAt = Date.now() + 20_000;
    const launched = await launch({ script: SAYS_WHEN, task: { startsAt, graceMs: 5000 } });
    await launched.until(() => expect(launched.platform.polls).toBeGreaterThan(0));
    end(launched);
    expect(await launched.exit).toBe(code);
    expect(Date.now()).toBeLessThan(startsAt - 10_000);
    expect(launched.platform.runs()).toEqual([]);
    expect([launched.stdout, launched.stderr]).toEqual(['', '']);
  });

  test('is killed at an end that comes before its time, and never began', async () => {
    const now = Date.now();
    const launched = await launch({ script: SAYS_WHEN, task: { startsAt: now + 20_000, endsAt: now + 1000 } });
    expect(await launched.exit).toBe(201);
    expect(launched.platform.runs()).toEqual([]);
  });

  test('says what is wrong with its script when it begins, as ever', async () => {
    const startsAt = Date.now() + LEAD_MS;
    const doubtful = 'import time\nprint(time.time() * 1000, "\\d", flush=True)\n';
    const [warned, broken] = await Promise.all([
      launch({ script: `#\n${doubtful}`, task: { startsAt }, under: ['env', 'PYTHONWARNINGS=always'] }),
      launch({ script: 'if:\n', task: { startsAt, runsPerTask: 1 } }),
    ]);
    expect(await broken.exit).toBe(204);
    expect(Date.now()).toBeGreaterThanOrEqual(startsAt);
    expect(broken.stderr.match(/SyntaxError: invalid syntax/g)).toHaveLength(1);
    expect(await warned.exit).toBe(0);
    expect(warned.stderr.match(/invalid escape sequence/g)).toHaveLength(1);
  });
});

function stopAsThePlatformDoes(launched: Launched): void {
  launched.platform.want({ stop: { reason: 'no', killAt: Date.now() + 5000 } });
  launched.signal('SIGTERM');
}

describe('the grace of a stop', () => {
  const script = `
import signal, time
def end(*_):
    time.sleep(1.2)
    print("ended by itself", flush=True)
    raise SystemExit(0)
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
while True: time.sleep(0.05)
`;
  test.each([
    ['is longer than usual', 300, 6000, true],
    ['is shorter than usual', 6000, 300, false],
  ])('%s', async (_, usual, graceMs, endsByItself) => {
    const launched = await launch({ script, task: { kind: 'continuous', graceMs: usual } });
    await launched.printed('ready');
    launched.platform.want({ stop: { reason: 'enough', killAt: Date.now() + graceMs, graceMs } });
    await launched.until(() => expect(launched.platform.polls).toBeGreaterThan(1));
    launched.signal('SIGTERM');
    expect(await launched.exit).toBe(200);
    expect(launched.stdout.includes('ended by itself')).toBe(endsByItself);
  });
});

test('a wall clock that is set moves no moment, until the platform has measured it', () => {
  const story = `
import sys, time
sys.path.insert(0, ".")
wall = boot = 1000.0
time.time = lambda: wall
time.clock_gettime = lambda _: boot
from berth._clock import PlatformClock
clock = PlatformClock(0)
def say(what): print(what, clock.moment(1_060_000), clock.at_ms(boot))
say("at first")
wall += 10
say("set ahead")
clock.learn(0); say("not measured yet")
clock.learn(3); say("only nearly")
clock.learn(10_000); say("measured")
wall += 5; boot += 5
say("later")
clock.learn(10_040); say("a little off")
wall -= 3600
clock.learn(10_040); say("set back")
clock.learn(-3_589_960); say("measured again")
clock.learn(-3_599_960); say("the platform was set")
`;
  const { stdout, stderr } = spawnSync('python3', ['-I', '-B', '-c', story], { cwd: SDK, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout.trim().split('\n')).toEqual([
    'at first 1060.0 1000000',
    'set ahead 1060.0 1000000',
    'not measured yet 1060.0 1000000',
    'only nearly 1060.0 1000000',
    'measured 1060.0 1000000',
    'later 1060.0 1005000',
    'a little off 1060.04 1004960',
    'set back 1060.04 1004960',
    'measured again 1060.04 1004960',
    'the platform was set 1050.04 1014960',
  ]);
});
