// Every metric of Berth with what it means; the page docs/monitoring.md lists the same, and a test compares the dashboard with it.
import type { MetricDefinition } from '../ports/metrics.ts';

const STORE_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const HTTP_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];
const LATENESS_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300, 900, 3600];

/** What the whole platform has; told by processes with the role `monitoring`. */
export const PLATFORM_METRICS = {
  berth_jobs: { kind: 'gauge', labels: ['state'], help: 'Jobs that are not over, by state.' },
  berth_tasks: { kind: 'gauge', labels: ['state'], help: 'Tasks that are not over, by state.' },
  berth_nodes: { kind: 'gauge', labels: ['state'], help: 'Nodes, by state.' },
  berth_components: { kind: 'gauge', labels: ['state'], help: 'Processes of the platform, by state; lost ones too.' },
  berth_alerts_open: { kind: 'gauge', labels: ['severity'], help: 'Alerts that are open, by severity.' },
} as const satisfies Record<string, MetricDefinition>;

/** What one process has. */
const PROCESS_METRICS = {
  berth_build_info: { kind: 'gauge', labels: ['version'], help: 'Always 1; its label is the version of the program.' },
  berth_occurrences_started_total: {
    kind: 'counter',
    labels: [],
    help: 'Occurrences of schedules whose jobs came to run, since this process began.',
  },
  berth_occurrences_not_run_total: {
    kind: 'counter',
    labels: ['outcome'],
    help: 'Occurrences of schedules that made no job, by why, since this process began.',
  },
  berth_occurrence_lateness_seconds: {
    kind: 'histogram',
    labels: [],
    buckets: LATENESS_BUCKETS,
    help: 'From when a job was due until the first of its containers ran.',
  },
  berth_jobs_ended_total: {
    kind: 'counter',
    labels: ['state'],
    help: 'Jobs that ended, by how, since this process began.',
  },
  berth_keys_waiting: { kind: 'gauge', labels: [], help: 'Keys that wait to be decided on.' },
  berth_keys_running: { kind: 'gauge', labels: [], help: 'Keys that are being decided on.' },
  berth_alarms: { kind: 'gauge', labels: [], help: 'Keys with a time at which they are looked at.' },
  berth_event_loop_held_up_seconds: {
    kind: 'gauge',
    labels: [],
    help: 'The longest that the event loop stood still since it was asked before.',
  },
  berth_store_operation_duration_seconds: {
    kind: 'histogram',
    labels: ['operation'],
    buckets: STORE_BUCKETS,
    help: 'How long operations of the database took.',
  },
  berth_store_operation_failures_total: {
    kind: 'counter',
    labels: ['operation'],
    help: 'Operations of the database that failed; one that somebody was faster with is no failure.',
  },
  berth_bus_lag_messages: {
    kind: 'gauge',
    labels: ['topic', 'group'],
    help: 'Messages that are published and not handled.',
  },
  berth_http_request_duration_seconds: {
    kind: 'histogram',
    labels: ['method', 'route', 'status'],
    buckets: HTTP_BUCKETS,
    help: 'From the first byte of a request until its answer was sent; streams count when they end.',
  },
  berth_owned_shards: { kind: 'gauge', labels: ['role'], help: 'Shards that this process owns, by role.' },
} as const satisfies Record<string, MetricDefinition>;

/** All of them. */
export const METRICS = { ...PLATFORM_METRICS, ...PROCESS_METRICS } as const;

/** The name of a metric. */
export type MetricName = keyof typeof METRICS;
