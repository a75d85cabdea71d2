// Puts monitoring together: this process among the others, who is silent, alerts, metrics, and the logs of the platform itself.
import { statfsSync } from 'node:fs';
import type { ChannelMessage, ChannelOutcome } from '../actions/channel-message.ts';
import type { Probes } from '../api/probes.ts';
import type { Controller } from '../engine/controller.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import type { WatchedStore } from '../engine/watched-store.ts';
import { AlertController } from '../monitoring/alert-controller.ts';
import type { TellRoute } from '../monitoring/alert-message.ts';
import { AlertSweep } from '../monitoring/alert-sweep.ts';
import { ComponentController } from '../monitoring/component-controller.ts';
import { COMPONENT_LOG_LIMITS, ComponentLogSweep } from '../monitoring/component-log-sweep.ts';
import { type ComponentIdentity, type ComponentLook, ComponentRegistrar } from '../monitoring/component-registrar.ts';
import { HoldUp } from '../monitoring/hold-up.ts';
import { MetricCollector } from '../monitoring/metric-collector.ts';
import type { MetricName } from '../monitoring/metric-table.ts';
import { MoveController } from '../monitoring/move-controller.ts';
import { WrittenMetrics } from '../monitoring/written-metrics.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { ComponentHost } from '../ports/component-host.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import { readinessProblems } from './readiness.ts';
import { supervisedStatus } from './supervised-status.ts';

/** What monitoring is built on. */
export interface MonitoringNeeds {
  readonly store: WatchedStore;
  readonly bus: Pick<Bus, 'publish' | 'lag'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly recordEvent: RecordEvent;
  readonly metrics: Metrics<MetricName>;
  readonly identity: Omit<ComponentIdentity, 'address'>;
  readonly backlog: () => { readonly waiting: number; readonly running: number; readonly alarms: number };
  /** When the loop last finished something; null: never yet. */
  readonly beatAt: () => number | null;
  /** Shards that this process owns, by role. */
  readonly shards: () => Readonly<Record<string, number>>;
  readonly sendByChannel: (message: ChannelMessage) => Promise<ChannelOutcome>;
  /** Null: components are moved by people. */
  readonly host: ComponentHost | null;
  readonly dataDirectory: string;
  /** Of a supervisor; empty: there is none. */
  readonly statusDirectory: string;
}

/** Monitoring in one process. */
export interface MonitoringRoom {
  /** Of the role `monitoring`. */
  readonly controllers: readonly Controller[];
  readonly probes: Probes;
  /** Registers this process, once it can be reached at that address; null: it cannot. */
  start(address: string | null): Promise<void>;
  /** Tells that it ends as it was asked to; before anything of it ends. */
  stopping(): Promise<void>;
  /** Takes it out of the list; before store and bus are closed. */
  close(): Promise<void>;
}

/** Builds the room. */
export function buildMonitoringRoom(needs: MonitoringNeeds): MonitoringRoom {
  const { store, clock, metrics } = needs;
  const holdUp = new HoldUp(clock);
  const heldUp = holdUp.reader();
  let stage: 'starting' | 'serving' | 'stopping' = 'starting';
  let registrar: ComponentRegistrar | undefined;
  const stopCounting = countWrites(needs);
  return {
    controllers: controllersOf(needs),
    probes: probesOf(needs, { takeHeldUpMs: holdUp.reader(), stage: () => stage }),
    start: async (address) => {
      stage = 'serving';
      const identity = { ...needs.identity, address };
      const look = () => lookAt(needs, heldUp());
      registrar = new ComponentRegistrar({ ...needs, store, clock, identity, look });
      await registrar.start();
      metrics.set('berth_build_info', [{ labels: { version: identity.version }, value: 1 }]);
    },
    stopping: async () => {
      stage = 'stopping';
      await registrar?.stopping();
    },
    close: async () => {
      holdUp.close();
      stopCounting();
      await registrar?.close();
    },
  };
}

function countWrites({ store, metrics, clock }: MonitoringNeeds): () => void {
  const counted = new WrittenMetrics(metrics, clock);
  const stops = [
    store.onWritten((kind, _, doc) => counted.written(kind, doc)),
    store.onWrittenHere((kind, _, doc) => counted.writtenHere(kind, doc)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function controllersOf(needs: MonitoringNeeds): readonly Controller[] {
  const { store, clock, log, recordEvent, bus, host } = needs;
  const busLag = () => bus.lag();
  return [
    new ComponentController({ store, clock, recordEvent }),
    new AlertController({ store, clock, log, recordEvent, busLag, tell: tellBy(needs) }),
    new AlertSweep(store),
    new ComponentLogSweep(store, COMPONENT_LOG_LIMITS),
    ...(host === null ? [] : [new MoveController({ store, host, log, recordEvent })]),
  ];
}

function tellBy({ sendByChannel }: MonitoringNeeds): TellRoute {
  return ({ channel, to }, { id, subject, text, alerts }) =>
    sendByChannel({ id, channel, to, subject, text, value: { id, subject, text, alerts } });
}

function probesOf(
  needs: MonitoringNeeds,
  own: { readonly takeHeldUpMs: () => number; readonly stage: () => 'starting' | 'serving' | 'stopping' },
): Probes {
  const { metrics, identity, bus } = needs;
  const tells = identity.roles.includes('monitoring') ? 'the platform' : 'itself';
  const { version } = identity;
  const collector = new MetricCollector({ ...needs, ...own, tells, version, busLag: () => bus.lag() });
  return {
    metrics: () => collector.page(),
    problems: () => readinessProblems({ ...needs, ...own }),
    answered: ({ method, route, status, tookMs }) =>
      metrics.observe(
        'berth_http_request_duration_seconds',
        { method, route, status: String(status) },
        Math.max(0, tookMs) / 1000,
      ),
  };
}

function lookAt(
  { backlog, beatAt, shards, clock, dataDirectory, statusDirectory }: MonitoringNeeds,
  heldUpMs: number,
): ComponentLook {
  const { waiting, running, alarms } = backlog();
  const at = beatAt();
  const isStuck = waiting > 0 && at !== null && clock.now() - at > STUCK_MS;
  return {
    state: isStuck ? 'troubled' : 'running',
    sentence: isStuck
      ? `${waiting} keys wait, and none was decided on for a minute.`
      : `${running} decisions are under way, ${waiting} wait, and ${alarms} are set for later.`,
    ...{ backlog: waiting, memoryBytes: process.memoryUsage.rss(), heldUpMs, shards: shards() },
    disk: diskOf(dataDirectory),
    ...(statusDirectory === '' ? {} : { supervised: supervisedStatus(statusDirectory) }),
  };
}

const STUCK_MS = 60_000;

function diskOf(directory: string): { readonly totalBytes: number; readonly freeBytes: number } {
  const { bsize, blocks, bavail } = statfsSync(directory);
  return { totalBytes: bsize * blocks, freeBytes: bsize * bavail };
}
