// Answers those who ask for metrics: gauges are read when they ask, and not again for whoever asks a moment later.
import type { BusLag } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics, MetricsPage } from '../ports/metrics.ts';
import type { Store } from '../ports/store.ts';
import { type Gauge, platformGauges } from './metric-readings.ts';
import type { MetricName } from './metric-table.ts';

/** What the collector reads. */
export interface CollectorParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics<MetricName>;
  readonly version: string;
  /** Whether this process tells of the whole platform too. */
  readonly tells: 'itself' | 'the platform';
  readonly backlog: () => { readonly waiting: number; readonly running: number; readonly alarms: number };
  readonly takeHeldUpMs: () => number;
  /** Shards that it owns, by role. */
  readonly shards: () => Readonly<Record<string, number>>;
  readonly busLag: () => Promise<readonly BusLag[]>;
}

const FRESH_MS = 5000;
/** A database that stands still must not keep the numbers of the process itself from those who ask. */
const WITHIN_MS = 4000;

/** Collects. */
export class MetricCollector {
  readonly #parts: CollectorParts;
  #collectedMs: number | null = null;
  #collecting: Promise<void> | null = null;

  constructor(parts: CollectorParts) {
    this.#parts = parts;
  }

  /** All metrics, not older than 5 seconds where they could be read. */
  async page(): Promise<MetricsPage> {
    const { clock, metrics } = this.#parts;
    if (this.#collectedMs === null || clock.monotonic() - this.#collectedMs > FRESH_MS) await this.#collectOnce();
    return metrics.page();
  }

  async #collectOnce(): Promise<void> {
    this.#collecting ??= this.#collect().finally(() => {
      this.#collecting = null;
      this.#collectedMs = this.#parts.clock.monotonic();
    });
    const late = Promise.withResolvers<void>();
    const cancel = this.#parts.clock.after(WITHIN_MS, late.resolve);
    await Promise.race([this.#collecting, late.promise]).finally(cancel);
  }

  async #collect(): Promise<void> {
    const { store, tells, log, busLag } = this.#parts;
    this.#set(this.#own());
    const read = [busLag().then(lagGauge), ...(tells === 'the platform' ? [platformGauges(store)] : [])];
    for (const outcome of await Promise.allSettled(read)) {
      if (outcome.status === 'fulfilled') this.#set(outcome.value);
      else log.warn('Some metrics could not be read; they stay as they were', { error: outcome.reason });
    }
  }

  #set(gauges: readonly Gauge[]): void {
    for (const { name, values } of gauges) this.#parts.metrics.set(name, values);
  }

  #own(): readonly Gauge[] {
    const { version, backlog, takeHeldUpMs, shards } = this.#parts;
    const { waiting, running, alarms } = backlog();
    return [
      { name: 'berth_build_info', values: [{ labels: { version }, value: 1 }] },
      ...[single('berth_keys_waiting', waiting), single('berth_keys_running', running), single('berth_alarms', alarms)],
      single('berth_event_loop_held_up_seconds', takeHeldUpMs() / 1000),
      {
        name: 'berth_owned_shards',
        values: Object.entries(shards()).map(([role, value]) => ({ labels: { role }, value })),
      },
    ];
  }
}

function single(name: MetricName, value: number): Gauge {
  return { name, values: [{ labels: {}, value }] };
}

function lagGauge(lags: readonly BusLag[]): readonly Gauge[] {
  const values = lags.map(({ topic, group, waiting }) => ({ labels: { topic, group }, value: waiting }));
  return [{ name: 'berth_bus_lag_messages', values }];
}
