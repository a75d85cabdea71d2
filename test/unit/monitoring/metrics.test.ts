// Metrics as Prometheus reads them, and the dashboard that shows them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PrometheusMetrics } from '../../../src/adapters/prometheus-metrics/prometheus-metrics.ts';
import type { Kind } from '../../../src/model/kinds.ts';
import { MeasuredStore } from '../../../src/monitoring/measured-store.ts';
import { MetricCollector } from '../../../src/monitoring/metric-collector.ts';
import { METRICS, PLATFORM_METRICS } from '../../../src/monitoring/metric-table.ts';
import { WrittenMetrics } from '../../../src/monitoring/written-metrics.ts';
import { StoreConflict } from '../../../src/ports/store.ts';
import { aJob, aNodeStatus, aTask, aTaskStatus } from '../../builders/jobs.ts';
import { aJobStatus } from '../nodes/a-job-status.ts';
import { aComponent, monitoringWorld } from './monitoring-world.ts';

const DOCS = join(import.meta.dirname, '../../../docs');

async function collected(tells: 'itself' | 'the platform' = 'the platform') {
  const world = await monitoringWorld();
  const metrics = new PrometheusMetrics(METRICS);
  const collector = new MetricCollector({
    ...{ ...world, metrics, tells, version: '1.2.3', backlog: () => ({ waiting: 4, running: 2, alarms: 9 }) },
    ...{ takeHeldUpMs: () => 1500, shards: () => ({ scheduler: 64 }) },
    busLag: async () => [{ topic: 'berth.heartbeats', group: 'g', waiting: 3 }],
  });
  const lines = async () => (await collector.page()).text.split('\n');
  return { ...world, metrics, lines };
}

describe('the page of metrics', () => {
  test('holds what the process has', async () => {
    const { lines } = await collected('itself');
    const page = await lines();
    for (const line of [
      'berth_build_info{version="1.2.3"} 1',
      'berth_keys_waiting 4',
      'berth_event_loop_held_up_seconds 1.5',
      'berth_owned_shards{role="scheduler"} 64',
      'berth_bus_lag_messages{topic="berth.heartbeats",group="g"} 3',
    ])
      expect(page).toContain(line);
    expect(page.filter((line) => line.startsWith('berth_jobs{'))).toEqual([]);
    expect(page.some((line) => line.startsWith('nodejs_eventloop_lag_p99_seconds '))).toBe(true);
    expect(page.some((line) => line.startsWith('process_resident_memory_bytes '))).toBe(true);
  });

  test('holds what the platform has, counted by indexes', async () => {
    const { lines, store } = await collected();
    const task = aTask(aJob(), 0, 1, 'n1');
    await store.create('jobStatus', aJobStatus(task));
    await store.create('taskStatus', aTaskStatus(task, { state: 'running' }));
    await store.create('nodeStatus', aNodeStatus('n1'));
    await store.create('component', aComponent());
    const page = await lines();
    for (const line of [
      'berth_jobs{state="running"} 1',
      'berth_jobs{state="waiting"} 0',
      'berth_tasks{state="running"} 1',
      'berth_nodes{state="ready"} 1',
      'berth_components{state="running"} 1',
      'berth_alerts_open{severity="critical"} 0',
    ])
      expect(page).toContain(line);
  });

  test('forgets what is no more, and is not read again for whoever asks a moment later', async () => {
    const { lines, store, clock } = await collected();
    const stored = await store.create('nodeStatus', { ...aNodeStatus('n1'), state: 'lost' });
    expect(await lines()).toContain('berth_nodes{state="lost"} 1');
    await store.delete('nodeStatus', 'n1', stored.version);
    expect(await lines()).toContain('berth_nodes{state="lost"} 1');
    await clock.advance(6000);
    expect((await lines()).filter((line) => line.startsWith('berth_nodes{'))).toEqual([]);
  });
});

describe('what is counted of occurrences', () => {
  test('is how late each came to run, and how jobs ended, each once', async () => {
    const { clock, metrics } = await collected();
    const counted = new WrittenMetrics(metrics, clock);
    const now = clock.now();
    const job = aJob({ origin: { kind: 'occurrence', at: now }, startsAt: now, createdAt: now });
    const task = aTask(job, 0, 1, 'n1');
    counted.written('job', job);
    for (const state of ['starting', 'running', 'running', 'succeeded', 'succeeded'] as const) {
      const over = {
        state,
        startedAt: state === 'starting' ? null : now + 700,
        endedAt: state === 'succeeded' ? now : null,
      };
      counted.writtenHere('jobStatus', aJobStatus(task, over));
      counted.written('job', job);
    }
    const gap = { id: 'g', instance: 'i', fromAt: 0, toAt: 0, count: 3, outcome: 'missed', reason: '' } as const;
    counted.writtenHere('gap', { ...gap, recordedAt: now });
    counted.writtenHere('gap', { ...gap, recordedAt: now - 3_600_000 });
    const page = (await metrics.page()).text;
    expect(page).toContain('berth_occurrences_started_total 1\n');
    expect(page).toContain('berth_occurrence_lateness_seconds_sum 0.7\n');
    expect(page).toContain('berth_jobs_ended_total{state="succeeded"} 1\n');
    expect(page).toContain('berth_occurrences_not_run_total{outcome="missed"} 3\n');
  });
});

describe('a measured store', () => {
  test('tells how long operations took, and which failed; that somebody was faster is no failure', async () => {
    const { store, clock } = await monitoringWorld();
    const told: string[] = [];
    const measured = new MeasuredStore(
      store,
      clock,
      (operation, _, outcome) => void told.push(`${operation} ${outcome}`),
    );
    await measured.create('component', aComponent());
    await expect(measured.create('component', aComponent())).rejects.toThrow(StoreConflict);
    await expect(measured.list('component', { orderBy: 'nothing', limit: 1 })).rejects.toThrow();
    await measured.count('component', {});
    expect(told).toEqual(['create done', 'create done', 'list failed', 'count done']);
  });

  test('leaves out of a snapshot what is to be left out', async () => {
    const { store, clock } = await monitoringWorld();
    const measured = new MeasuredStore(store, clock, () => {});
    await measured.create('component', aComponent());
    const kindsWithout = async (leftOut: readonly Kind[]) =>
      (await Array.fromAsync(measured.snapshot(leftOut))).map(({ kind }) => kind);
    expect(await kindsWithout([])).toContain('component');
    expect(await kindsWithout(['component'])).not.toContain('component');
  });
});

describe('the dashboard', () => {
  const dashboard = readFileSync(join(DOCS, 'grafana/berth.json'), 'utf8');
  const queries = [...dashboard.matchAll(/"expr": "((?:[^"\\]|\\.)*)"/g)].map((match) => match[1] ?? '');
  const named = new Set(queries.flatMap((query) => query.match(/\b(?:berth|nodejs|process)_\w+/g) ?? []));

  test('asks only for metrics that there are', async () => {
    const { metrics, lines } = await collected();
    metrics.observe('berth_http_request_duration_seconds', { method: 'GET', route: '/', status: '200' }, 1);
    await lines();
    const help = (await metrics.page()).text.matchAll(/^# TYPE (\w+) (\w+)$/gm);
    const known = new Set(
      [...help].flatMap(([, name = '', kind]) => [
        name,
        ...(kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : []),
      ]),
    );
    expect([...named].filter((name) => !known.has(name))).toEqual([]);
    expect(queries.length).toBeGreaterThan(10);
  });

  test('shows every metric of ours', () => {
    const shown = [...named].map((name) => name.replace(/_(bucket|sum|count)$/, ''));
    expect(Object.keys(METRICS).filter((name) => !shown.includes(name))).toEqual([]);
  });

  test('adds up what the platform has over processes nowhere: each tells all of it', () => {
    const platform = Object.keys(PLATFORM_METRICS);
    const summed = queries.filter(
      (query) => platform.some((name) => query.includes(`${name}{`)) && /\bsum\b/.test(query),
    );
    expect(summed).toEqual([]);
  });

  test('is told of in the documentation, with all metrics', () => {
    const page = readFileSync(join(DOCS, 'monitoring.md'), 'utf8');
    expect(Object.keys(METRICS).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
