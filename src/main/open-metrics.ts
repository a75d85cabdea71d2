// The metrics of this process, and its database measured by them.
import { PrometheusMetrics } from '../adapters/prometheus-metrics/prometheus-metrics.ts';
import { MeasuredStore } from '../monitoring/measured-store.ts';
import { METRICS, type MetricName } from '../monitoring/metric-table.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Store } from '../ports/store.ts';

/** The metrics of this process, all at their beginning. */
export function openMetrics(): Metrics<MetricName> {
  return new PrometheusMetrics(METRICS);
}

/** The same store, whose operations are counted. */
export function measuredStore(store: Store, clock: Clock, metrics: Metrics<MetricName>): Store {
  return new MeasuredStore(store, clock, (operation, tookMs, outcome) => {
    metrics.observe('berth_store_operation_duration_seconds', { operation }, tookMs / 1000);
    if (outcome === 'failed') metrics.add('berth_store_operation_failures_total', { operation }, 1);
  });
}
