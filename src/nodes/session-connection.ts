// One kept connection to a node, and what goes on over it as long as it lasts: probes, vital signs, container events, sweeps, and
// the two listeners through which the node reaches the platform.
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { NodeFacts, NodeLoad } from '../model/node.ts';
import type { Cancel } from '../ports/clock.ts';
import type { Machine, Opened, Vitals } from '../ports/machine.ts';
import { sdkDirectory } from './container-spec.ts';
import { loadFromVitals } from './load-from-vitals.ts';
import { clockOffset, type OffsetReading, type OffsetReadings, withReading } from './session-clock-offset.ts';
import { sessionImageSweep } from './session-image-sweep.ts';
import type { SessionParts } from './session-parts.ts';
import { sessionPause } from './session-pause.ts';
import { sessionSweep } from './session-sweep.ts';
import { SessionUsage } from './session-usage.ts';

/** Told of what comes over a connection. */
export interface ConnectionListener {
  /** The node's engine answered; a machine whose engine does not is no node, however well it can be reached. */
  heard(): void;
  /** Vital signs came; the load is undefined while there is nothing to compare with. */
  vitals(load: NodeLoad | undefined, clockOffsetMs: number): void;
  /** Whether the node's disk is almost full. */
  isUnderPressure(): boolean;
  /** A container event came, at this instant of the node's clock. */
  eventSeen(at: Instant): void;
}

/** Which node, over which machine, told to whom. */
export interface ConnectionOf {
  readonly node: string;
  readonly isLocal: boolean;
  readonly machine: Machine;
  readonly listener: ConnectionListener;
  /** The last container event that an earlier connection saw, on the node's clock. */
  readonly lastEventAt: Instant | null;
}

/** Probes on their way at a time. */
const PROBES = 3;
/** The second reading follows the first soon, so that a new node has a load. */
const FIRST_LOAD_MS = 500;
/** Events are asked for from a little before the last one seen; a wake-up too many is harmless. */
const EVENT_OVERLAP_MS = 2000;
const EVENTS_AGAIN_MS = 1000;

/** A connection with its duties; made by `open`, over for good when `over` resolves. */
export class SessionConnection {
  readonly machine: Machine;
  readonly facts: NodeFacts;
  readonly imagePort: number;
  /** Resolves once, with why in words. */
  readonly over: Promise<string>;
  readonly #parts: SessionParts;
  readonly #of: ConnectionOf;
  readonly #abort = new AbortController();
  readonly #opened: readonly Opened[];
  readonly #duties: Promise<unknown>;
  #endOver: (why: string) => void = () => {};
  #offsets: OffsetReadings = [];
  #lastVitals: Vitals | undefined;
  #lastEventAt: Instant | null;
  #probes = 0;
  #cancelProbe: Cancel | undefined;
  #collecting: Promise<void> | undefined;

  /** Reads what the machine is and opens the listeners; rejects when the machine cannot serve as a node. */
  static async open(parts: SessionParts, of: ConnectionOf): Promise<SessionConnection> {
    const { machine, node } = of;
    const facts = await machine.facts();
    const sdk = await machine.listenSocket(sdkDirectory(parts.platformUid), 'sdk.sock', (connection) =>
      parts.sdkConnection(node, connection),
    );
    const images = await machine.listenLoopback((connection) => parts.imageConnection(node, connection));
    const vitals = await readVitals(parts, of);
    return new SessionConnection(parts, of, { facts, opened: [sdk, images], imagePort: images.port, vitals });
  }

  private constructor(
    parts: SessionParts,
    of: ConnectionOf,
    found: { facts: NodeFacts; opened: readonly Opened[]; imagePort: number; vitals: VitalsReading },
  ) {
    this.#parts = parts;
    this.#of = of;
    this.machine = of.machine;
    this.facts = found.facts;
    this.imagePort = found.imagePort;
    this.#opened = found.opened;
    this.#lastVitals = found.vitals.vitals;
    this.#offsets = [found.vitals.offset];
    this.#lastEventAt = of.lastEventAt;
    const ended = new Promise<string>((resolve) => {
      this.#endOver = resolve;
    });
    this.over = Promise.race([of.machine.closed, ended]);
    this.#duties = Promise.all([
      this.#readVitalsAlways(),
      this.#readUsageAlways(),
      this.#followEvents(),
      this.#sweepAlways(),
      this.#collectAlways(),
    ]);
    this.#probe();
  }

  get clockOffsetMs(): number {
    return clockOffset(this.#offsets);
  }

  /** Gives the connection up, for the reason told. */
  replace(why: string): void {
    this.#endOver(why);
  }

  /** Compares the node's containers with its tasks, now; it is done again and again anyway. */
  sweep(): Promise<void> {
    return sessionSweep(this.#parts, this.#of.node, this.machine, this.#abort.signal);
  }

  /** Makes room on the node, now; it is done again and again anyway. Two at once would remove and tell the same images twice. */
  collect(): Promise<void> {
    const { node, machine, listener } = this.#of;
    const isUnderPressure = listener.isUnderPressure();
    this.#collecting ??= sessionImageSweep(this.#parts, { node, machine, isUnderPressure }).finally(() => {
      this.#collecting = undefined;
    });
    return this.#collecting;
  }

  /** Ends the duties and closes what was opened; never rejects. */
  async close(): Promise<void> {
    this.#abort.abort();
    this.#cancelProbe?.();
    this.#endOver('It was closed.');
    const closing = [...this.#opened, this.machine].map((opened) => opened.close());
    for (const result of await Promise.allSettled([...closing, this.#duties]))
      if (result.status === 'rejected' && !isDisconnected(result.reason))
        this.#note('A connection did not close cleanly', result.reason);
  }

  /** A probe that hangs does not hold up the next: silence is judged by answers. */
  #probe(): void {
    if (this.#abort.signal.aborted) return;
    if (this.#probes < PROBES) void this.#ping();
    this.#cancelProbe = this.#parts.clock.after(this.#parts.settings.probeEveryMs, () => this.#probe());
  }

  async #ping(): Promise<void> {
    this.#probes++;
    try {
      await this.machine.ping();
      this.#heard();
    } catch (error) {
      this.#note('A probe failed', error);
    } finally {
      this.#probes--;
    }
  }

  /** A late answer of a connection that was given up says nothing any more. */
  #heard(): void {
    if (!this.#abort.signal.aborted) this.#of.listener.heard();
  }

  async #readVitalsAlways(): Promise<void> {
    const { clock, settings } = this.#parts;
    await sessionPause(clock, Math.min(FIRST_LOAD_MS, settings.vitalsEveryMs), this.#abort.signal);
    await this.#always(settings.vitalsEveryMs, 'Vital signs could not be read', () => this.#readVitals());
  }

  async #readVitals(): Promise<void> {
    const { vitals, offset } = await readVitals(this.#parts, this.#of);
    const before = this.#lastVitals;
    this.#lastVitals = vitals;
    this.#offsets = withReading(this.#offsets, offset);
    if (this.#abort.signal.aborted) return;
    const load = before && loadFromVitals(before, vitals, this.#parts.clock.now());
    this.#of.listener.vitals(load, this.clockOffsetMs);
  }

  async #readUsageAlways(): Promise<void> {
    const { clock, settings } = this.#parts;
    const usage = new SessionUsage(this.#parts, this.#of);
    await sessionPause(clock, settings.usageEveryMs, this.#abort.signal);
    await this.#always(settings.usageEveryMs, 'What tasks use could not be read', () => usage.read());
  }

  async #sweepAlways(): Promise<void> {
    const { containerSweepEveryMs } = this.#parts.settings;
    await this.#always(containerSweepEveryMs, 'Containers could not be compared with tasks', async () => {
      await this.sweep();
      if (this.#of.listener.isUnderPressure()) await this.collect();
    });
  }

  async #collectAlways(): Promise<void> {
    const { everyMs } = this.#parts.settings.imageSweep;
    await sessionPause(this.#parts.clock, everyMs, this.#abort.signal);
    await this.#always(everyMs, 'Images could not be collected', () => this.collect());
  }

  async #followEvents(): Promise<void> {
    await this.#always(EVENTS_AGAIN_MS, 'Container events broke off', () => this.#readEvents());
  }

  async #readEvents(): Promise<void> {
    const label = `berth.platform=${this.#parts.platformUid}`;
    const sinceAt = (this.#lastEventAt ?? this.#parts.clock.now() + this.clockOffsetMs) - EVENT_OVERLAP_MS;
    for await (const event of this.machine.events(label, sinceAt, this.#abort.signal)) {
      this.#lastEventAt = Math.max(event.at, this.#lastEventAt ?? 0);
      this.#of.listener.eventSeen(this.#lastEventAt);
      this.#parts.wake(`task:${event.name}`);
    }
  }

  /** Acts, pauses, and acts again until the connection is over; an act that fails is noted and tried again after the pause. */
  async #always(everyMs: number, trouble: string, act: () => Promise<void>): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        await act();
      } catch (error) {
        this.#note(trouble, error);
      }
      await sessionPause(this.#parts.clock, everyMs, signal);
    }
  }

  #note(message: string, error: unknown): void {
    const level = this.#abort.signal.aborted ? 'debug' : 'info';
    this.#parts.log[level](message, { node: this.#of.node, error });
  }
}

/** What is opened on a machine goes with its connection. */
function isDisconnected(error: unknown): boolean {
  return error instanceof BerthError && error.code === 'machine.disconnected';
}

interface VitalsReading {
  readonly vitals: Vitals;
  /** Node clock minus platform clock; the platform's own machine has none. */
  readonly offset: OffsetReading;
}

async function readVitals({ clock }: SessionParts, { machine, isLocal }: ConnectionOf): Promise<VitalsReading> {
  const askedMs = clock.monotonic();
  const vitals = await machine.vitals();
  const offsetMs = isLocal ? 0 : vitals.machineClockAt - clock.now();
  return { vitals, offset: { offsetMs, withinMs: clock.monotonic() - askedMs } };
}
