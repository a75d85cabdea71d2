// Numbers that a monitoring system outside reads now and then.

/** What one metric is. Names and units follow Prometheus (https://prometheus.io/docs/practices/naming/). */
export interface MetricDefinition {
  readonly help: string;
  readonly kind: 'gauge' | 'counter' | 'histogram';
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, ascending. */
  readonly buckets?: readonly number[];
}

/** Values of labels, by their names. */
export type MetricLabels = Readonly<Record<string, string>>;

/** All metrics as a monitoring system reads them. */
export interface MetricsPage {
  readonly contentType: string;
  readonly text: string;
}

/** The metrics of a process, by their names. */
export interface Metrics<N extends string> {
  /** Sets every value of a gauge; combinations of labels that are not named are gone. */
  set(name: N, values: readonly { readonly labels: MetricLabels; readonly value: number }[]): void;
  /** Adds to a counter. */
  add(name: N, labels: MetricLabels, amount: number): void;
  /** Counts a value of a histogram. */
  observe(name: N, labels: MetricLabels, value: number): void;
  page(): Promise<MetricsPage>;
}
