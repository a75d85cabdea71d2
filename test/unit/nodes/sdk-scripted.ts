// What stands behind the SDK endpoint besides the nodes' room, as a test writes it: readings that were given, actions that end as they are told.

import type { TaskActions } from '../../../src/api/sdk-actions.ts';
import type { TaskSecrets } from '../../../src/api/sdk-secrets.ts';
import type { TaskReadings } from '../../../src/api/sdk-sensors.ts';
import type { ActionStatus } from '../../../src/model/action.ts';
import { BerthError } from '../../../src/model/errors.ts';
import type { KeptReading } from '../../../src/model/sensor.ts';
import type { Task } from '../../../src/model/task.ts';
import type { StreamWish, TaskSensors } from '../../../src/sensors/task-sensor-reads.ts';

const DEVICE = { location: '', rateHz: 1, fields: [] };

/** Two sensors under the name `rooms`, whose readings a test pushes. */
export class ScriptedReadings implements TaskReadings {
  readonly kept: KeptReading[] = [];
  /** What was asked of the last stream, and whether it is still listened to. */
  wish: StreamWish | undefined;
  listening = 0;
  #arrived = Promise.withResolvers<void>();

  /** Keeps readings and tells the streams. */
  push(...readings: readonly KeptReading[]): void {
    this.kept.push(...readings);
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
  }

  describe(): Promise<TaskSensors> {
    const sensors = ['a', 'b'].map((id) => ({ id, name: id, ...DEVICE }));
    return Promise.resolve({ sensors: [{ name: 'rooms', type: 't', sensors }], controls: [] });
  }

  async latest(_: Task, name: string, index: number): Promise<KeptReading | null> {
    return this.#of(name, index).at(-1) ?? null;
  }

  async window(_: Task, name: string, index: number, seconds: number): Promise<readonly KeptReading[]> {
    return this.#of(name, index).slice(-seconds);
  }

  async *stream(_: Task, _name: string, wish: StreamWish, signal: AbortSignal): AsyncGenerator<readonly KeptReading[]> {
    this.wish = wish;
    this.listening += 1;
    const gone = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    let after = wish.after ?? this.kept.at(-1)?.sequence ?? 0;
    try {
      while (!signal.aborted) {
        const arrived = this.#arrived.promise;
        const batch = this.kept.filter(({ sequence }) => sequence > after);
        after = batch.at(-1)?.sequence ?? after;
        if (batch.length > 0) yield batch;
        else await Promise.race([arrived, gone]);
      }
    } finally {
      this.listening -= 1;
    }
  }

  #of(name: string, index: number): readonly KeptReading[] {
    const id = name === 'rooms' ? ['a', 'b'][index] : undefined;
    if (id === undefined) throw new BerthError('request.not-found', { what: 'sensor', id: `${name}[${index}]` });
    return this.kept.filter(({ sensor }) => sensor === id);
  }
}

/** Takes every action, and lets it end when the test says so. */
export class ScriptedActions implements TaskActions {
  readonly wanted: unknown[] = [];
  readonly #ended = Promise.withResolvers<void>();
  #state: ActionStatus['state'] = 'waiting';

  /** Lets it have been done. */
  deliver(): void {
    this.#state = 'delivered';
    this.#ended.resolve();
  }

  async request(_: Task, wanted: unknown): Promise<{ readonly id: string }> {
    this.wanted.push(wanted);
    return { id: 'the/id' };
  }

  async outcome(task: Task, id: string, signal: AbortSignal): Promise<ActionStatus> {
    const late = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([this.#ended.promise, late]);
    const { instance, application, shard } = task;
    const said = { reason: 'because', tries: [], answer: { rpm: 3 }, requestedAt: 0, endedAt: null, nextAt: null };
    return { id, instance, application, kind: 'sms', state: this.#state, ...said, shard };
  }
}

/** Secrets as a test sets them, with what was asked. */
export class ScriptedSecrets implements TaskSecrets {
  answer: object | undefined = { etag: 'none', secrets: [], missing: [] };
  readonly asked: string[] = [];

  given(task: Task, known: string): Promise<object | undefined> {
    this.asked.push(`${task.id} knows ${known}`);
    return Promise.resolve(this.answer);
  }
}
