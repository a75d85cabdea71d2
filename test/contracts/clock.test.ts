// The Clock contract over the system's clock and the tests' own, and how the system's one meets jumps of the wall clock.
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { ManualClock } from '../unit/engine/manual-clock.ts';
import { clockContract } from './clock-contract.ts';

// What the real clock does can only be seen by letting real time pass.
clockContract('system', () => ({
  clock: new SystemClock(),
  pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}));

clockContract('manual', () => {
  const clock = new ManualClock();
  return { clock, pass: (ms) => clock.advance(ms) };
});

describe('Clock: system, when the wall clock is set', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test('forward: what became past rings within a second or so', () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    const rang = ringAfterAnHour();
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.advanceTimersByTime(1001);
    expect(rang()).toBe(1);
  });

  test('back: it rings when wall time is there again', () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    const rang = ringAfterAnHour();
    vi.setSystemTime(Date.now() - 1_800_000);
    vi.advanceTimersByTime(3_600_000);
    expect(rang()).toBe(0);
    vi.advanceTimersByTime(1_800_000);
    expect(rang()).toBe(1);
  });
});

test('Clock: system: no single sleep is longer than Node can sleep, which would be a busy wait', () => {
  const slept = vi.spyOn(globalThis, 'setTimeout');
  onTestFinished(() => slept.mockRestore());
  const clock = new SystemClock();
  clock.after(2 ** 40, () => undefined)();
  clock.at(clock.now() + 2 ** 40, () => undefined)();
  expect(slept.mock.calls).toHaveLength(2);
  for (const [, delay] of slept.mock.calls) expect(delay).toBeLessThan(2 ** 31);
});

function ringAfterAnHour(): () => number {
  const clock = new SystemClock();
  let rang = 0;
  clock.at(clock.now() + 3_600_000, () => rang++);
  return () => rang;
}
