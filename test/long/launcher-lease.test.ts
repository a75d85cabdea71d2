import { describe, expect, test } from 'vitest';
import { childrenOf, type Launched, launch } from '../unit/sdk-python/launched.ts';

const LEASE_MS = 900;
const GRACE_MS = 400;
/** What a busy machine may add to a moment of the launcher's. */
const LATE_MS = 1500;

/** Prints each moment at which it lives, deaf to TERM. */
const STUBBORN = `
import signal, time
signal.signal(signal.SIGTERM, lambda *_: print("TERM", flush=True))
print("up", flush=True)
while True:
    print(round(time.time() * 1000), flush=True)
    time.sleep(0.02)
`;
const SLEEPS = 'import time\nprint("up", flush=True)\ntime.sleep(60)\n';

const exactlyOne = { exactlyOne: true, kind: 'continuous', graceMs: GRACE_MS };

/** When the algorithm last said that it lived. */
function lastMoment({ lines }: Launched): number {
  return Math.max(...lines.map(Number).filter((moment) => !Number.isNaN(moment)));
}

describe('a task that must run exactly once', { timeout: 30_000 }, () => {
  test('starts its algorithm when the platform has given it a lease, and not before', async () => {
    const launched = await launch({ script: SLEEPS, task: exactlyOne, lease: 'busy' });
    await launched.until(() => expect(launched.platform.leaseRequests).toBeGreaterThan(3));
    expect(launched.stdout).toBe('');
    launched.platform.lease = LEASE_MS;
    await launched.printed('up');
  });

  test('renews its lease every third of it and runs on for many leases', async () => {
    const launched = await launch({ script: STUBBORN, task: exactlyOne, lease: LEASE_MS });
    await launched.printed('up');
    const upAt = Date.now();
    await launched.until(() => expect(Date.now()).toBeGreaterThan(upAt + 3 * LEASE_MS));
    expect(launched.child.exitCode).toBe(null);
    expect(launched.stdout).not.toContain('TERM');
    expect(launched.platform.leaseRequests).toBeGreaterThanOrEqual(6);
    expect(launched.platform.leaseRequests).toBeLessThanOrEqual(14);
  });

  test('without the platform ends when its lease does: TERM, the grace period, KILL, 202', async () => {
    const launched = await launch({ script: STUBBORN, task: exactlyOne, lease: LEASE_MS });
    await launched.printed('up');
    await launched.platform.down();
    const last = launched.platform.leaseGivenAt;
    expect(await launched.exit).toBe(202);
    expect(launched.stdout).toContain('TERM');
    expect(lastMoment(launched)).toBeGreaterThan(last + LEASE_MS);
    expect(lastMoment(launched)).toBeLessThanOrEqual(last + LEASE_MS + GRACE_MS + LATE_MS);
  });

  test('counts the lease from when it asked, not from when the answer came', async () => {
    const launched = await launch({ script: STUBBORN, task: { ...exactlyOne, graceMs: 0 }, lease: 2500 });
    launched.platform.leaseAnswerDelayMs = 1500;
    await launched.printed('up');
    const upAt = Date.now();
    launched.platform.lease = 'busy';
    expect(await launched.exit).toBe(202);
    // Counted from the answers it would be 3800 at least.
    expect(lastMoment(launched) - upAt).toBeLessThan(3200);
  });

  test('rides out a platform that is away for less than its lease', async () => {
    const launched = await launch({ script: STUBBORN, task: exactlyOne, lease: 4000 });
    await launched.printed('up');
    await launched.platform.down();
    const downAt = Date.now();
    await launched.until(() => expect(Date.now()).toBeGreaterThan(downAt + 2000));
    await launched.platform.up();
    const before = launched.platform.leaseRequests;
    await launched.until(() => expect(launched.platform.leaseRequests).toBeGreaterThan(before));
    await launched.until(() => expect(Date.now()).toBeGreaterThan(downAt + 5000));
    expect(launched.child.exitCode).toBe(null);
    expect(launched.stdout).not.toContain('TERM');
  });

  test('that is refused a lease ends at once, long before the one that it has', async () => {
    const launched = await launch({ script: STUBBORN, task: exactlyOne, lease: 3000 });
    await launched.printed('up');
    launched.platform.lease = 'refused';
    const refusedAt = Date.now();
    expect(await launched.exit).toBe(202);
    expect(launched.stdout).toContain('TERM');
    expect(Date.now() - refusedAt).toBeLessThan(3000 / 3 + GRACE_MS + LATE_MS);
  });

  test('that is refused its first lease never starts', async () => {
    const launched = await launch({ script: SLEEPS, task: exactlyOne, lease: 'refused' });
    expect(await launched.exit).toBe(202);
    expect(launched.stdout).toBe('');
  });

  test('begins no further run without a lease, and goes on with the next one', async () => {
    const script = 'print("run", flush=True)\nraise SystemExit(1)\n';
    const launched = await launch({ script, task: { ...exactlyOne, runsPerTask: 9 }, lease: 1500 });
    await launched.printed('run\nrun\nrun\nrun');
    // The next run is due two seconds after this one.
    launched.platform.lease = 'busy';
    const busyAt = Date.now();
    await launched.until(() => expect(Date.now()).toBeGreaterThan(busyAt + 3000));
    expect([launched.lines.length, launched.child.exitCode]).toEqual([4, null]);
    launched.platform.lease = 1500;
    await launched.until(() => expect(launched.lines).toHaveLength(5));
  });

  test('that waits for its start holds its lease meanwhile, and begins at its moment', async () => {
    const startsAt = Date.now() + 4000;
    const launched = await launch({ script: STUBBORN, task: { ...exactlyOne, startsAt }, lease: LEASE_MS });
    await launched.printed('up');
    const first = Math.min(...launched.lines.map(Number).filter((moment) => !Number.isNaN(moment)));
    expect(first).toBeGreaterThanOrEqual(startsAt);
    expect(launched.platform.leaseRequests).toBeGreaterThan(2);
  });

  test('that is stopped, and refused a lease because of that, says that it was stopped', async () => {
    const launched = await launch({ script: STUBBORN, task: exactlyOne, lease: LEASE_MS });
    await launched.printed('up');
    launched.platform.lease = 'refused';
    launched.platform.want({ stop: { reason: 'asked by ann', killAt: Date.now() + 60_000 } });
    expect(await launched.exit).toBe(200);
  });

  test('goes on when its courier is killed: the next one renews the lease', async () => {
    const script = 'import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(60)\n';
    const launched = await launch({ script, task: exactlyOne, lease: LEASE_MS });
    await launched.until(() => expect(launched.lines).toHaveLength(1));
    process.kill(await launched.courierPid(Number(launched.lines[0])), 'SIGKILL');
    const killedAt = Date.now();
    await launched.until(() => expect(Date.now()).toBeGreaterThan(killedAt + 2 * LEASE_MS));
    expect(launched.child.exitCode).toBe(null);
    expect(launched.lines).toHaveLength(1);
  });

  test('that was frozen beyond lease and grace is killed at once when it thaws', async () => {
    const launched = await launch({ script: STUBBORN, task: { ...exactlyOne, graceMs: 2500 }, lease: LEASE_MS });
    await launched.printed('up');
    const pids = [launched.launcherPid, ...(await childrenOf(launched.launcherPid))];
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    const frozenAt = Date.now();
    await launched.until(() => expect(Date.now()).toBeGreaterThan(frozenAt + LEASE_MS + 2700));
    // Or its courier may have another lease before its launcher has looked at all.
    launched.platform.lease = 'busy';
    const thawedAt = Date.now();
    for (const pid of pids.toReversed()) process.kill(pid, 'SIGCONT');
    expect(await launched.exit).toBe(202);
    expect(lastMoment(launched) - thawedAt).toBeLessThan(LATE_MS);
  });
});

test('any other task asks for no lease', async () => {
  const launched = await launch({ script: 'print("done")', lease: 'refused' });
  expect(await launched.exit).toBe(0);
  expect(launched.platform.leaseRequests).toBe(0);
});
