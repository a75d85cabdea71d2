// A store, a bus and a clock for tests of monitoring, with what came of them.
import { onTestFinished } from 'vitest';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import type { EventText } from '../../../src/engine/event-recorder.ts';
import type { Component } from '../../../src/model/component.ts';
import type { HeartbeatMessage } from '../../../src/model/message.ts';
import type { AlertMessage } from '../../../src/monitoring/alert-message.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { ManualClock } from '../engine/manual-clock.ts';

/** Opens one. */
export async function monitoringWorld() {
  const clock = new ManualClock();
  const store = SqliteStore.open({ path: `${await temporaryDirectory()}/berth.db`, clock, log: silentLog });
  onTestFinished(() => store.close());
  const events: EventText[] = [];
  const heartbeats: HeartbeatMessage[] = [];
  const told: { readonly route: string; readonly message: AlertMessage }[] = [];
  const answers = { isTaken: true };
  return {
    ...{ clock, store, events, heartbeats, told, answers, log: silentLog },
    recordEvent: async (event: EventText) => void events.push(event),
    bus: {
      publish: async (_: string, __: string, message: unknown) => void heartbeats.push(message as HeartbeatMessage),
    },
    tell: async (route: { readonly id: string }, message: AlertMessage) => {
      if (answers.isTaken) told.push({ route: route.id, message });
      return { isTaken: answers.isTaken, said: 'said' };
    },
    busLag: async () => [],
  };
}

/** A process that runs and is well. */
export function aComponent(over: Partial<Component> = {}): Component {
  return {
    ...{ id: 'one', roles: ['scheduler'], machine: 'm1', address: null, version: '1.0.0', pid: 7, run: 'r1' },
    ...{ startedAt: 0, heartbeatAt: 0, state: 'running', sentence: 'Well.', backlog: 0, memoryBytes: 1, heldUpMs: 0 },
    ...{ shards: {}, ...over },
  };
}
