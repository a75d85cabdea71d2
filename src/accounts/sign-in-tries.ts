// How often somebody may try a password: for each name, and for each address from which it is tried, failures in a row make the next
// try wait, twice as long each time. A name waits a minute at most, so that nobody can lock its owner out; an address waits longer.
import { isIPv6 } from 'node:net';
import { backoffMs } from '../engine/backoff.ts';
import { BerthError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';

interface Failures {
  count: number;
  /** Monotonic milliseconds. */
  until: number;
  lastAt: number;
}

interface Patience {
  readonly free: number;
  readonly firstMs: number;
  readonly maxMs: number;
}

const FOR_NAMES: Patience = { free: 5, firstMs: 1000, maxMs: 60_000 };
const FOR_ADDRESSES: Patience = { free: 20, firstMs: 1000, maxMs: 900_000 };
const FORGOTTEN_AFTER_MS = 3_600_000;
/** Names and addresses that are remembered, at most; those that were not tried for longest go first. */
const MOST_KEPT = 10_000;

/** Counts tries that failed, in this process alone. */
export class SignInTries {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Failures>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Checks a password for a name, unless it has to wait. The try counts as failed from when it begins, so that many at once are not
   * one; what throws counts as none. @throws account.too-many-tries, and what `check` throws
   */
  async during(name: string, address: string, check: () => Promise<boolean>): Promise<boolean> {
    const ofName = this.#failuresOf(`name ${name}`);
    const ofAddress = this.#failuresOf(`address ${network(address)}`);
    this.#refuseEarly(ofName, ofAddress);
    this.#count(ofName, FOR_NAMES);
    this.#count(ofAddress, FOR_ADDRESSES);
    try {
      const fits = await check();
      if (fits) forgive(ofName, ofAddress);
      return fits;
    } catch (error) {
      takeBack(ofName);
      takeBack(ofAddress);
      throw error;
    }
  }

  #failuresOf(key: string): Failures {
    const now = this.#clock.monotonic();
    const kept = this.#kept.get(key);
    const failures = kept && now - kept.lastAt < FORGOTTEN_AFTER_MS ? kept : { count: 0, until: 0, lastAt: now };
    this.#kept.delete(key);
    this.#kept.set(key, failures);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return failures;
  }

  #refuseEarly(...all: readonly Failures[]): void {
    const waitMs = Math.max(...all.map(({ until }) => until)) - this.#clock.monotonic();
    if (waitMs > 0) throw new BerthError('account.too-many-tries', { seconds: Math.ceil(waitMs / 1000) });
  }

  #count(failures: Failures, { free, ...limits }: Patience): void {
    failures.count += 1;
    failures.lastAt = this.#clock.monotonic();
    if (failures.count > free) failures.until = failures.lastAt + backoffMs(failures.count - free, limits, 0);
  }
}

/** Whoever owns one account may not use it to go on guessing others from the same address. */
function forgive(ofName: Failures, ofAddress: Failures): void {
  ofName.count = 0;
  ofName.until = 0;
  takeBack(ofAddress);
}

function takeBack(failures: Failures): void {
  failures.count = Math.max(0, failures.count - 1);
  failures.until = 0;
}

/** Whoever has one IPv6 address has its whole /64 network. */
function network(address: string): string {
  if (!isIPv6(address)) return address;
  if (address.startsWith('::ffff:')) return address.slice('::ffff:'.length);
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? [];
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  const groups = [...before, ...zeros, ...after].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
