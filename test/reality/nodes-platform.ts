// The node manager on its own, for tests: real store, real loop, real machines; evidence read straight from the engine.
import { join } from 'node:path';
import { DockerMachines } from '../../src/adapters/docker-machine/docker-machines.ts';
import { ORDINARY_TIMEOUTS } from '../../src/adapters/docker-machine/timeouts.ts';
import { SqliteSeries } from '../../src/adapters/sqlite-series/sqlite-series.ts';
import { SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import { Engine } from '../../src/engine/engine.ts';
import { eventRecorder } from '../../src/engine/event-recorder.ts';
import { WatchedStore } from '../../src/engine/watched-store.ts';
import type { Task } from '../../src/model/task.ts';
import { LoadHistory } from '../../src/nodes/load-history.ts';
import { NodeController } from '../../src/nodes/node-controller.ts';
import { NodeRequests } from '../../src/nodes/node-requests.ts';
import { NodeSessions } from '../../src/nodes/node-sessions.ts';
import { TaskController } from '../../src/nodes/task-controller.ts';
import type { TaskEvidence } from '../../src/nodes/task-evidence.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Machine } from '../../src/ports/machine.ts';
import { SETTINGS } from '../unit/nodes/task-snapshots.ts';

/** What stays when a platform is started again. */
export interface PlatformHome {
  readonly directory: string;
  readonly uid: string;
}

/** Remembers what was followed, and takes last lines from the engine when a task ends. */
class EngineEvidence implements TaskEvidence {
  readonly followed = new Set<string>();

  follow(task: Task): void {
    this.followed.add(task.id);
  }

  async finish(task: Task, machine: Machine | undefined): Promise<readonly string[]> {
    if (!machine || !(await machine.inspectContainer(task.id))) return [];
    const pieces: Buffer[] = [];
    const { signal } = new AbortController();
    for await (const frames of machine.logs(task.id, { sinceNs: 0n, follow: false, signal }))
      pieces.push(...frames.map(({ bytes }) => bytes));
    return Buffer.concat(pieces).toString().trimEnd().split('\n').slice(-20);
  }

  lost(): void {
    this.followed.clear();
  }
}

/** A log that keeps its lines, to be shown when a test fails. */
function keptLog(lines: string[]): Log {
  const keep = (level: string) => (message: string, fields?: object) =>
    void lines.push(`${Math.round(performance.now())} ${level} ${message} ${JSON.stringify(fields, errorsInWords)}`);
  return { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') };
}

function errorsInWords(_key: string, value: unknown): unknown {
  return value instanceof Error ? `${value.name}: ${value.message}` : value;
}

/** Starts the node manager of a platform; `close` ends everything that it started. */
export async function startNodeManager({ directory, uid }: PlatformHome, settings = SETTINGS) {
  const lines: string[] = [];
  const log = keptLog(lines);
  const clock = new SystemClock();
  const random = new SystemRandom();
  const store = new WatchedStore(SqliteStore.open({ path: join(directory, 'berth.sqlite'), clock, log }));
  const engine = new Engine({
    clock,
    random,
    log,
    concurrency: 16,
    sweepEveryMs: 60_000,
    backoff: { firstMs: 200, maxMs: 5000 },
  });
  const stopWatching = store.onWritten((kind, _id, doc) => engine.written(kind, doc));
  const recordEvent = eventRecorder({ store, clock, random, log });
  const machines = new DockerMachines({
    platformKeyDirectory: join(directory, 'keys'),
    clock,
    random,
    log,
    timeouts: ORDINARY_TIMEOUTS,
  });
  const evidence = new EngineEvidence();
  const series = SqliteSeries.open({ path: join(directory, 'series.sqlite'), clock });
  const history = new LoadHistory({ series, clock, log });
  const world = { store, clock, random, log, machines, recordEvent, evidence, history, settings, platformUid: uid };
  const sessions = new NodeSessions({
    ...world,
    wake: (key) => engine.wake(key),
    sdkConnection: (_node, connection) => connection.end('sdk'),
    imageConnection: (_node, connection) => connection.destroy(),
  });
  engine.register(new NodeController({ ...world, sessions, wake: (key) => engine.wake(key) }));
  const capabilities = { taskToken: (task: string) => `token of ${task}`, imagePassword: () => 'password' };
  engine.register(new TaskController({ ...world, ...capabilities, sessions, isOurs: () => true }));
  await engine.start();
  return {
    store,
    clock,
    machines,
    series,
    evidence,
    lines,
    /** Ends what writes statuses of nodes; the store stays open until `close`. */
    endSessions: () => sessions.closeAll(),
    requests: new NodeRequests({ store, clock, machines, recordEvent }),
    async close() {
      stopWatching();
      await engine.stop();
      await sessions.closeAll();
      await history.close();
      await series.close();
      await store.close();
    },
  };
}

/** A running node manager. */
export type NodeManager = Awaited<ReturnType<typeof startNodeManager>>;
