// What every Clock must do.
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src/ports/clock.ts';

/** A clock, and how its time passes: `pass` resolves when at least that many milliseconds have, and what rang meanwhile has rung. */
export interface OpenedClock {
  readonly clock: Clock;
  readonly pass: (ms: number) => Promise<void>;
}

/** Runs the contract. */
export function clockContract(name: string, open: () => OpenedClock): void {
  describe(`Clock: ${name}`, () => {
    telling(open);
    ringing(open);
    cancelling(open);
  });
}

function telling(open: () => OpenedClock): void {
  test('both times go forward as time passes; wall time is whole milliseconds', async () => {
    const { clock, pass } = open();
    const before = { now: clock.now(), monotonic: clock.monotonic() };
    await pass(20);
    expect(clock.now() - before.now).toBeGreaterThanOrEqual(19);
    expect(clock.monotonic() - before.monotonic).toBeGreaterThanOrEqual(19);
    expect(Number.isInteger(clock.now())).toBe(true);
  });
}

function ringing(open: () => OpenedClock): void {
  test('a timer at an instant rings once, not before it', async () => {
    const { clock, pass } = open();
    const at = clock.now() + 30;
    const rang: number[] = [];
    clock.at(at, () => rang.push(clock.now()));
    await pass(60);
    await pass(30);
    expect(rang).toHaveLength(1);
    expect(rang[0]).toBeGreaterThanOrEqual(at);
  });

  test('a timer after a delay rings once, not before it', async () => {
    const { clock, pass } = open();
    const end = clock.monotonic() + 30;
    const rang: number[] = [];
    clock.after(30, () => rang.push(clock.monotonic()));
    await pass(60);
    await pass(30);
    expect(rang).toHaveLength(1);
    expect(rang[0]).toBeGreaterThanOrEqual(end);
  });

  test('what is past rings at once, but never within the call that asks for it', async () => {
    const { clock, pass } = open();
    const rang: string[] = [];
    clock.at(clock.now() - 1000, () => rang.push('at'));
    clock.at(0, () => rang.push('at 0'));
    clock.after(0, () => rang.push('after'));
    clock.after(-5, () => rang.push('after -5'));
    expect(rang).toEqual([]);
    await pass(20);
    expect(rang.toSorted()).toEqual(['after', 'after -5', 'at', 'at 0']);
  });

  test('timers ring in the order of their times', async () => {
    const { clock, pass } = open();
    const rang: number[] = [];
    const now = clock.now();
    for (const delay of [40, 10, 25]) clock.at(now + delay, () => rang.push(delay));
    await pass(80);
    expect(rang).toEqual([10, 25, 40]);
  });

  test('a timer set when another rings, rings too', async () => {
    const { clock, pass } = open();
    const rang: string[] = [];
    clock.after(5, () => {
      rang.push('first');
      clock.after(5, () => rang.push('second'));
    });
    await pass(50);
    expect(rang).toEqual(['first', 'second']);
  });

  test.each([2 ** 31 - 1, 2 ** 31, 2 ** 33, Infinity])('a delay of %d ms does not ring at once', async (delay) => {
    const { clock, pass } = open();
    let rang = 0;
    const cancels = [clock.after(delay, () => rang++), clock.at(clock.now() + delay, () => rang++)];
    await pass(30);
    for (const cancel of cancels) cancel();
    expect(rang).toBe(0);
  });

  test('no time at all is refused', () => {
    const { clock } = open();
    expect(() => clock.at(Number.NaN, () => undefined)).toThrow(TypeError);
    expect(() => clock.after(Number.NaN, () => undefined)).toThrow(TypeError);
  });
}

function cancelling(open: () => OpenedClock): void {
  test('a cancelled timer does not ring; cancelling again, or too late, does nothing', async () => {
    const { clock, pass } = open();
    const rang: string[] = [];
    const cancelAt = clock.at(clock.now() + 10, () => rang.push('at'));
    const cancelAfter = clock.after(10, () => rang.push('after'));
    const cancelLate = clock.after(5, () => rang.push('kept'));
    cancelAt();
    cancelAfter();
    cancelAfter();
    await pass(40);
    cancelLate();
    expect(rang).toEqual(['kept']);
  });
}
