// The actions room in a simulated world: the real requests and controller over a simulated store and clock, and an outside that keeps what
// reaches it. A platform may die at any write and at anything that it sends.
import { ActionController } from '../../../src/actions/action-controller.ts';
import { ActionRequests } from '../../../src/actions/action-requests.ts';
import type { ActNews } from '../../../src/actions/action-step.ts';
import type { ControlOutcome, DeliveryParts } from '../../../src/actions/delivery.ts';
import type { OrderKind } from '../../../src/actions/ordinary-rules.ts';
import { Engine } from '../../../src/engine/engine.ts';
import { eventRecorder } from '../../../src/engine/event-recorder.ts';
import { WatchedStore } from '../../../src/engine/watched-store.ts';
import type { User } from '../../../src/model/account.ts';
import type { Action, ActionRules, ActionStatus, ChannelAccess } from '../../../src/model/action.ts';
import type { Documents, Kind } from '../../../src/model/kinds.ts';
import type { Task } from '../../../src/model/task.ts';
import type { WebAnswer } from '../../../src/ports/web-caller.ts';
import { SimClock, WallClock } from '../../../src/sim/sim-clock.ts';
import { SimDisk } from '../../../src/sim/sim-disk.ts';
import { type DeathPlan, SimProcess } from '../../../src/sim/sim-process.ts';
import { SimStore } from '../../../src/sim/sim-store.ts';
import { SimWorld } from '../../../src/sim/sim-world.ts';
import { CALM } from '../../../src/sim/weather.ts';
import { aJob, anInstance, aSchedule, aSpec, aTask } from '../../builders/jobs.ts';
import { simLog } from '../../sim/sim-log.ts';

/** Something that reached the outside. */
export interface Arrival {
  readonly at: number;
  readonly kind: 'email' | 'sms' | 'webhook' | 'control';
  readonly to: string;
  /** By which the other side knows a repeated one. */
  readonly mark: string;
  readonly text: string;
}

/** What the outside answers; undefined: nothing, ever. */
type Answers = (arrival: Arrival) => ActNews | undefined;

const SMTP: ChannelAccess = {
  ...{ kind: 'smtp', host: 'mail.example.org', port: 465, tls: 'implicit', user: null, passwordFile: null },
  from: 'berth@example.org',
};
const GATEWAY: ChannelAccess = {
  ...{ kind: 'sms-gateway', url: 'https://sms.example.org/send', method: 'POST', headers: {}, secretFile: null },
  ...{ body: '{"to":"{to}","text":"{text}","id":"{id}"}', contentType: 'application/json', accepted: [200] },
};

const DELIVERED: ActNews = { outcome: 'delivered', text: 'taken' };
const BACKOFF = { firstMs: 200, maxMs: 20_000 };

/** One world with an instance, its job, and a task that may ask for everything. */
export class ActionsWorld {
  readonly world: SimWorld;
  readonly disk = new SimDisk();
  readonly arrivals: Arrival[] = [];
  readonly weather = { ...CALM };
  answers: Answers = () => DELIVERED;
  /** From the sending until the other side has it. */
  latencyMs = 20;
  readonly #wall: WallClock;
  #lives = 0;
  #life: { process: SimProcess; requests: ActionRequests; controller: ActionController; engine: Engine } | undefined;

  constructor(seed: string, rules: Partial<ActionRules> = {}) {
    this.world = new SimWorld(seed);
    this.#wall = new WallClock(this.world, 0);
    const actionRules: ActionRules = { notify: ['ana', 'ben'], perHour: {}, quiet: null, ...rules };
    this.write('instance', anInstance({ schedule: aSchedule({ zone: 'Europe/Berlin' }), actionRules }));
    this.write('user', aUser('ana', 'ana@example.org'));
    this.write('user', aUser('ben', null));
    this.write('jobBinding', {
      ...{ id: this.task.job, instance: this.task.instance, state: 'bound', reason: '', sensors: {} },
      ...{ controls: { fan: ['fan-1', 'fan-2'] }, createdAt: 0, updatedAt: 0, shard: 0, nextAt: null },
    });
    this.apply(SMTP);
    this.apply(GATEWAY);
  }

  readonly task: Task = aTask(
    aJob({
      spec: aSpec({
        actions: ['email', 'sms', 'notify', 'webhook'],
        sensorNeeds: {
          sensors: [],
          controls: [{ name: 'fan', type: 'fan' }],
          wishes: { sensors: {}, controls: {}, missing: 'wait' },
        },
      }),
    }),
    0,
    1,
    'local',
  );

  get now(): number {
    return this.#wall.now();
  }

  get process(): SimProcess {
    return this.#present().process;
  }

  get requests(): ActionRequests {
    return this.#present().requests;
  }

  get controller(): ActionController {
    return this.#present().controller;
  }

  /** Starts a platform; the one before must be dead or closed. It may be destined to die. */
  async boot(death?: DeathPlan): Promise<void> {
    const process = new SimProcess(this.world, `life-${++this.#lives}`);
    if (death) process.planDeath(death);
    const random = this.world.random.fork(process.name);
    const [log, clock] = [simLog(process), new SimClock(process, this.#wall)];
    const store = new WatchedStore(new SimStore({ process, disk: this.disk, weather: this.weather }));
    const engine = new Engine({ clock, random, log, concurrency: 16, sweepEveryMs: 300_000, backoff: BACKOFF });
    const recordEvent = eventRecorder({ store, clock, random, log });
    const common = { store, clock, random, log, recordEvent, wake: (key: string) => engine.wake(key) };
    const controller = new ActionController({ ...common, ...this.#outside(process) });
    engine.register(controller);
    store.onWritten((kind, _, doc) => engine.written(kind, doc));
    const requests = new ActionRequests({ store, clock, onWritten: (listener) => store.onWritten(listener) });
    this.#life = { process, requests, controller, engine };
    await Promise.race([engine.start(), this.world.pass(5000)]);
  }

  /** Stops the loop and lets acts end, as a platform does that is stopped. */
  async stop(): Promise<void> {
    const { engine, controller } = this.#present();
    await this.settle(engine.stop().then(() => controller.close(5000)));
  }

  /** The task asks; undefined when the platform died before it answered. */
  async ask(wanted: object): Promise<Action | undefined> {
    let answer: { readonly action: Action } | { readonly error: unknown } | undefined;
    const keep = (value: NonNullable<typeof answer>) => {
      answer = value;
    };
    this.requests.request(this.task, wanted).then(
      (action) => keep({ action }),
      (error: unknown) => keep({ error }),
    );
    for (let passed = 0; !answer && this.process.isAlive && passed < 10_000; passed += 10) await this.world.pass(10);
    if (answer && 'error' in answer) throw answer.error;
    return answer?.action;
  }

  /** Lets time pass until a promise has settled, and gives what it came to. */
  async settle<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const ended = promise.finally(() => {
      isSettled = true;
    });
    ended.catch(() => undefined);
    while (!isSettled) await this.world.pass(10);
    return ended;
  }

  /** Lets time pass until a status is as wanted. @throws when it is not in time */
  async until(id: string, withinMs: number, isSo: (status: ActionStatus) => boolean): Promise<ActionStatus> {
    for (const end = this.world.elapsedMs + withinMs; this.world.elapsedMs < end; await this.world.pass(100)) {
      const status = this.disk.read('actionStatus', id)?.doc;
      if (status && isSo(status)) return status;
    }
    throw new Error(`Not in time: ${JSON.stringify(this.disk.read('actionStatus', id)?.doc, null, 1)}`);
  }

  write<K extends Kind>(kind: K, doc: Documents[K]): void {
    const present = this.disk.read(kind, doc.id);
    const write = present ? { do: 'update', version: present.version } : { do: 'create' };
    this.disk.write({ ...write, kind, doc } as never);
  }

  apply(access: ChannelAccess): void {
    this.write('actionChannel', { id: access.kind, access, updatedAt: this.now });
  }

  /** Each event as its kind. */
  get told(): readonly string[] {
    return this.disk.docs('event').map(({ kind }) => kind);
  }

  #present() {
    if (!this.#life) throw new Error('No platform was started yet');
    return this.#life;
  }

  #outside(process: SimProcess): Omit<DeliveryParts, 'store' | 'clock'> {
    return {
      blobs: { open: () => Promise.reject(new Error('There are no blobs')) },
      secrets: { read: async () => 'secret' },
      platformUid: 'platform-1',
      mailer: {
        send: (_, { to, messageId, subject }) =>
          this.#send(process, { kind: 'email', to: to.join(' '), mark: messageId, text: subject }),
      },
      web: {
        call: async ({ url, headers, body }): Promise<WebAnswer> => {
          const isSms = url.startsWith('https://sms.');
          const { to = url, id = headers['berth-action'] } = isSms ? JSON.parse(body ?? '') : {};
          const kind = isSms ? 'sms' : 'webhook';
          const news = await this.#send(process, { kind, to, mark: String(id), text: body ?? '' });
          return { ...news, status: STATUSES[news.outcome] };
        },
      },
      sendControl: async ({ id, sensor, control }) => {
        const news = await this.#send(process, { kind: 'control', to: sensor, mark: id, text: control });
        return { outcome: CONTROL[news.outcome], detail: news.text, answer: news.answer };
      },
    };
  }

  /** It arrives, then an answer comes back; the platform may die before, between and after. */
  #send(process: SimProcess, arriving: Omit<Arrival, 'at'>): Promise<ActNews> {
    return new Promise((resolve) => {
      process.later(this.latencyMs, () => {
        if (process.diesBefore(`sending ${arriving.kind}`)) return;
        const arrival = { ...arriving, at: this.now };
        this.arrivals.push(arrival);
        const news = this.answers(arrival);
        if (process.diesAfter(`sending ${arriving.kind}`)) return;
        if (news) process.later(this.latencyMs, () => resolve(news));
      });
    });
  }
}

const STATUSES: Readonly<Record<ActNews['outcome'], number | null>> = {
  ...{ delivered: 200, refused: 400, failed: 503, unknown: null },
};
const CONTROL: Readonly<Record<ActNews['outcome'], ControlOutcome['outcome']>> = {
  ...{ delivered: 'acknowledged', refused: 'refused', failed: 'failed', unknown: 'timed-out' },
};

/** What a task may want, of each kind. */
export const WANTED: Readonly<Record<OrderKind, object>> = {
  email: { kind: 'email', key: 'k', to: 'ana@example.org', subject: 'Cold', text: 'It is cold.' },
  sms: { kind: 'sms', key: 'k', to: '+491701234567', text: 'It is cold.' },
  notify: { kind: 'notify', key: 'k', title: 'Cold', text: 'It is cold.' },
  webhook: { kind: 'webhook', key: 'k', url: 'https://example.org/hook', body: { cold: true } },
  control: { kind: 'control', key: 'k', name: 'fan', control: 'speed', parameters: { percent: 40 } },
};

function aUser(id: string, email: string | null): User {
  return { id, displayName: id, email, mailsNotices: email !== null, createdAt: 0 };
}
