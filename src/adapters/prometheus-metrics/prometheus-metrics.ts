// Metrics in the text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/).
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricDefinition, MetricLabels, Metrics, MetricsPage } from '../../ports/metrics.ts';

type Instrument = Counter<string> | Gauge<string> | Histogram<string>;

/** How often the delay of the event loop is sampled, milliseconds: less often than by default, because each sample wakes the processor. */
const LOOP_SAMPLE_MS = 100;

/** The metrics of a table, and those that Node has of the process itself. */
export class PrometheusMetrics<N extends string> implements Metrics<N> {
  readonly #registry = new Registry();
  readonly #instruments: ReadonlyMap<string, Instrument>;

  constructor(table: Readonly<Record<N, MetricDefinition>>) {
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: LOOP_SAMPLE_MS });
    const definitions = Object.entries<MetricDefinition>(table);
    this.#instruments = new Map(definitions.map(([name, definition]) => [name, this.#make(name, definition)]));
  }

  set(name: N, values: readonly { readonly labels: MetricLabels; readonly value: number }[]): void {
    const gauge = this.#instruments.get(name);
    if (!(gauge instanceof Gauge)) throw new TypeError(`${name} is no gauge`);
    gauge.reset();
    for (const { labels, value } of values) gauge.set(labels, value);
  }

  add(name: N, labels: MetricLabels, amount: number): void {
    const counter = this.#instruments.get(name);
    if (!(counter instanceof Counter)) throw new TypeError(`${name} is no counter`);
    counter.inc(labels, amount);
  }

  observe(name: N, labels: MetricLabels, value: number): void {
    const histogram = this.#instruments.get(name);
    if (!(histogram instanceof Histogram)) throw new TypeError(`${name} is no histogram`);
    histogram.observe(labels, value);
  }

  async page(): Promise<MetricsPage> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  #make(name: string, { help, kind, labels, buckets }: MetricDefinition): Instrument {
    const common = { name, help, labelNames: [...labels], registers: [this.#registry] };
    if (kind === 'gauge') return new Gauge(common);
    if (kind === 'counter') return new Counter(common);
    return new Histogram({ ...common, ...(buckets ? { buckets: [...buckets] } : {}) });
  }
}
