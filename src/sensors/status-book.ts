// What is known of each sensor while the platform runs: counted and judged in memory, written now and then. A change of state and the first
// reading are written within a moment; counts and times of readings at most once a minute for each sensor, however many readings it gives.
//
// INVARIANTS:
// - Nobody else writes `sensorStatus`.
// - Silence is counted on a monotonic clock, and never over time in which this process was not listening or did not run.

import { pages } from '../engine/shard-sweep.ts';
import type { Instant } from '../model/instant.ts';
import type { Misfit, SensorStatus } from '../model/sensor.ts';
import { shardOf } from '../model/shard.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Store, Write } from '../ports/store.ts';
import { decideSilence, type SilenceSnapshot } from './decide-silence.ts';
import type { KnownSensor } from './known-sensors.ts';

/** What the book needs. */
export interface StatusBookParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** A sensor with its type; null where there is none. */
  readonly find: (sensor: string) => KnownSensor | null | Promise<KnownSensor | null>;
  /** Tells people of a change of state. */
  readonly record: (status: SensorStatus, before: SensorStatus) => void;
}

interface Entry {
  status: SensorStatus;
  version: number | null;
  /** Counted since the last write. */
  isDirty: boolean;
  isUrgent: boolean;
  writtenMs: number;
  rateHz: number;
  presence: SilenceSnapshot['presence'];
  heardMs: number | null;
  misfitMs: number | null;
  listeningSinceMs: number;
  wakeMs: number | null;
}

const TICK_MS = 1000;
/** A tick that is later than this says that the process stood still. */
const LATE_MS = 2500;
const WRITE_EVERY_MS = 60_000;
const WRITES_AT_ONCE = 200;
const MOST_SAMPLES = 5;
const LONGEST_SAMPLE = 200;

/** Statuses of all sensors of which something was heard. */
export class StatusBook {
  readonly #parts: StatusBookParts;
  readonly #entries = new Map<string, Entry>();
  readonly #loading = new Map<string, Promise<Entry>>();
  #cancel: Cancel | undefined;
  #tickedMs = 0;
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(parts: StatusBookParts) {
    this.#parts = parts;
  }

  /** Begins to judge: sensors that were online before the platform was restarted have as long to be heard again as any other. */
  async open(): Promise<void> {
    this.#tickedMs = this.#parts.clock.monotonic();
    const online = pages(this.#parts.store, 'sensorStatus', { where: { state: 'online' }, limit: 500 });
    for await (const { id } of online) await this.#entry(id);
    this.#cancel = this.#parts.clock.after(TICK_MS, () => this.#tick());
  }

  /** Readings of a sensor were kept. */
  async heard({ sensor, type }: KnownSensor, count: number, at: Instant): Promise<void> {
    const entry = this.#entries.get(sensor.id) ?? (await this.#entry(sensor.id));
    entry.heardMs = this.#parts.clock.monotonic();
    entry.rateHz = type.rateHz;
    const { status } = entry;
    entry.status = {
      ...status,
      readings: status.readings + count,
      lastReadingAt: Math.max(at, status.lastReadingAt ?? 0),
    };
    // The first one is what somebody is waiting for who sets a device up; its connection made it online before.
    entry.isUrgent ||= status.lastReadingAt === null;
    entry.isDirty = true;
    if (status.state === 'online') entry.wakeMs ??= entry.heardMs;
    else this.#judge(entry);
  }

  /** Readings came that did not fit. */
  async misfits(sensor: string, found: readonly Misfit[]): Promise<void> {
    const entry = await this.#entry(sensor);
    const { status } = entry;
    const samples = [...status.samples, ...found.slice(-MOST_SAMPLES).map(shortened)].slice(-MOST_SAMPLES);
    entry.status = { ...status, misfits: status.misfits + found.length, samples };
    entry.misfitMs = this.#parts.clock.monotonic();
    // The first ones are what somebody is waiting for who sets a device up.
    entry.isUrgent ||= status.misfits < MOST_SAMPLES;
    entry.isDirty = true;
  }

  /** Readings came that were not wanted then: it is disabled, or closed. It lives, and is not silent by that. */
  async dropped(sensor: string, count: number): Promise<void> {
    const entry = await this.#entry(sensor);
    entry.status = { ...entry.status, dropped: (entry.status.dropped ?? 0) + count };
    entry.listeningSinceMs = this.#parts.clock.monotonic();
    entry.isDirty = true;
  }

  /** The gate said that a device came or went. */
  async presence(sensor: string, state: 'online' | 'offline', reason: string): Promise<void> {
    const atMs = this.#parts.clock.monotonic();
    if ((await this.#parts.find(sensor)) === null) return;
    const entry = await this.#entry(sensor);
    entry.presence = { state, reason, atMs };
    this.#judge(entry);
  }

  /** What is known of a sensor now; undefined where nothing was heard of it yet. */
  now(sensor: string): SensorStatus | undefined {
    return this.#entries.get(sensor)?.status;
  }

  /** A sensor was removed: its status goes with it. */
  async removed(sensor: string): Promise<void> {
    this.#entries.delete(sensor);
    this.#loading.delete(sensor);
    const stored = await this.#parts.store.get('sensorStatus', sensor);
    if (stored)
      await this.#parts.store.apply([{ do: 'delete', kind: 'sensorStatus', id: sensor, version: stored.version }]);
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel?.();
    await this.#writing;
    await this.#write([...this.#entries.values()].filter(({ isDirty }) => isDirty));
  }

  async #entry(sensor: string): Promise<Entry> {
    const present = this.#entries.get(sensor);
    if (present) return present;
    const loading = this.#loading.get(sensor) ?? this.#load(sensor).finally(() => this.#loading.delete(sensor));
    this.#loading.set(sensor, loading);
    return loading;
  }

  async #load(sensor: string): Promise<Entry> {
    const { store, clock, find } = this.#parts;
    const [stored, known] = await Promise.all([store.get('sensorStatus', sensor), find(sensor)]);
    const nowMs = clock.monotonic();
    const entry: Entry = {
      status: stored?.doc ?? unheard(sensor, clock.now()),
      version: stored?.version ?? null,
      ...{ isDirty: false, isUrgent: false, presence: null, heardMs: null, misfitMs: null },
      writtenMs: Number.NEGATIVE_INFINITY,
      rateHz: known?.type.rateHz ?? 0,
      listeningSinceMs: nowMs,
      wakeMs: nowMs,
    };
    this.#entries.set(sensor, entry);
    return entry;
  }

  #judge(entry: Entry): void {
    const { state, reason } = entry.status;
    const decided = decideSilence({ ...entry, state, reason }, this.#parts.clock.monotonic());
    entry.wakeMs = decided.wakeMs;
    if (decided.state === state) return;
    const before = entry.status;
    entry.status = { ...before, state: decided.state, reason: decided.reason, stateSinceAt: this.#parts.clock.now() };
    entry.isDirty = true;
    entry.isUrgent = true;
    this.#parts.record(entry.status, before);
  }

  #tick(): void {
    const nowMs = this.#parts.clock.monotonic();
    const lateMs = nowMs - this.#tickedMs;
    this.#tickedMs = nowMs;
    for (const entry of this.#entries.values()) {
      if (lateMs > LATE_MS) entry.listeningSinceMs = nowMs;
      if (entry.wakeMs !== null && entry.wakeMs <= nowMs) this.#judge(entry);
    }
    this.#writing = this.#writing.then(() => this.#writeDue(nowMs));
    this.#writing.finally(() => this.#again());
  }

  #again(): void {
    if (!this.#isClosed) this.#cancel = this.#parts.clock.after(TICK_MS, () => this.#tick());
  }

  async #writeDue(nowMs: number): Promise<void> {
    const due: Entry[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.isDirty && (entry.isUrgent || nowMs - entry.writtenMs >= WRITE_EVERY_MS)) due.push(entry);
    }
    await this.#write(due);
  }

  async #write(entries: readonly Entry[]): Promise<void> {
    for (let done = 0; done < entries.length; done += WRITES_AT_ONCE) {
      try {
        await this.#writeSome(entries.slice(done, done + WRITES_AT_ONCE));
      } catch (error) {
        this.#parts.log.warn('Statuses of sensors could not be written; they are tried again', { error });
      }
    }
  }

  async #writeSome(entries: readonly Entry[]): Promise<void> {
    const { store, clock } = this.#parts;
    const writtenMs = clock.monotonic();
    const writes = entries.map((entry) => writeOf(entry, this.#nextAt(entry)));
    for (const entry of entries) Object.assign(entry, { isDirty: false, isUrgent: false, writtenMs });
    const results = await store.apply(writes).catch((error: unknown) => {
      for (const entry of entries) entry.isDirty = true;
      throw error;
    });
    for (const [index, entry] of entries.entries()) {
      const result = results[index];
      if (result?.ok) entry.version = result.version;
      else await this.#reread(entry);
    }
  }

  /** When the silence of one that is online is to be judged, for whoever takes over. */
  #nextAt({ wakeMs, status }: Entry): Instant | null {
    const { clock } = this.#parts;
    if (wakeMs === null || status.state !== 'online') return null;
    return Math.round(clock.now() + Math.max(0, wakeMs - clock.monotonic()));
  }

  /** Somebody wrote or deleted it all the same: the next write is decided on what is there. */
  async #reread(entry: Entry): Promise<void> {
    entry.version = (await this.#parts.store.get('sensorStatus', entry.status.id))?.version ?? null;
    entry.isDirty = this.#entries.get(entry.status.id) === entry;
  }
}

function writeOf({ status, version }: Entry, nextAt: Instant | null): Write {
  const doc = { ...status, nextAt };
  if (version === null) return { do: 'create', kind: 'sensorStatus', doc };
  return { do: 'update', kind: 'sensorStatus', doc, version };
}

function unheard(id: string, now: Instant): SensorStatus {
  const nothing = { lastReadingAt: null, readings: 0, misfits: 0, samples: [], nextAt: null };
  return {
    id,
    state: 'unknown',
    reason: 'nothing was heard of it yet',
    stateSinceAt: now,
    shard: shardOf(id),
    ...nothing,
  };
}

function shortened({ at, text, fault }: Misfit): Misfit {
  return { at, text: text.slice(0, LONGEST_SAMPLE), fault: fault.slice(0, LONGEST_SAMPLE) };
}
