// The Bus of one process in a simulated world. It dies with its process, and in bad weather it doubles messages and loses some.
import type { Role } from '../model/role.ts';
import { SHARDS } from '../model/shard.ts';
import type { Bus, BusLag, Delivery, Handle, Leave, Topic, Topics } from '../ports/bus.ts';
import { type Handler, SimLane } from './sim-lane.ts';
import type { SimProcess } from './sim-process.ts';
import type { SimRandom } from './sim-random.ts';
import type { Weather } from './weather.ts';

interface Subscriber {
  readonly handler: Handler;
  readonly handling: Set<Promise<void>>;
}

interface Group {
  readonly subscribers: Subscriber[];
  readonly lanes: Map<string, SimLane>;
  turn: number;
}

const DELIVERY_MS = 2;
const AGAIN_MS = 100;
const LONGEST_AGAIN_MS = 2000;

/** A bus in memory. */
export class SimBus implements Bus {
  readonly #process: SimProcess;
  readonly #weather: Readonly<Weather>;
  readonly #random: SimRandom;
  readonly #groups = new Map<Topic, Map<string, Group>>();
  #followers = 0;
  #isClosed = false;

  constructor(process: SimProcess, weather: Readonly<Weather>) {
    this.#process = process;
    this.#weather = weather;
    this.#random = process.world.random.fork(`bus of ${process.name}`);
  }

  async publish<T extends Topic>(topic: T, key: string, message: Topics[T]): Promise<void> {
    this.#assertOpen();
    const delivery = structuredClone({ key, message });
    const id = 'id' in message ? message.id : key;
    await new Promise<void>((resolve) => {
      this.#process.later(this.#random.between(0.05, 1), () => {
        if (this.#process.diesBefore(`publish ${id}`)) return;
        for (let times = this.#times(id); times > 0; times--) this.#add(topic, delivery);
        if (!this.#process.diesAfter(`publish ${id}`)) resolve();
      });
    });
  }

  async subscribe<T extends Topic>(topic: T, group: string, handler: Handle<T>): Promise<Leave> {
    this.#assertOpen();
    const groups = this.#groups.get(topic) ?? new Map<string, Group>();
    this.#groups.set(topic, groups);
    const present: Group = groups.get(group) ?? { subscribers: [], lanes: new Map(), turn: 0 };
    groups.set(group, present);
    // A group holds messages of its own topic alone, which the map's type cannot say.
    const subscriber: Subscriber = { handler: handler as Handler, handling: new Set() };
    present.subscribers.push(subscriber);
    for (const lane of present.lanes.values()) lane.deliver();
    return async () => {
      const index = present.subscribers.indexOf(subscriber);
      if (index >= 0) present.subscribers.splice(index, 1);
      await Promise.all(subscriber.handling);
    };
  }

  async follow<T extends Topic>(topic: T, handler: Handle<T>): Promise<Leave> {
    return this.subscribe(topic, `follower ${++this.#followers}`, (delivery) => handler(delivery).catch(() => {}));
  }

  async share(_: Role, assigned: (shards: readonly number[]) => void): Promise<Leave> {
    assigned(Array.from({ length: SHARDS }, (_each, shard) => shard));
    return async () => {};
  }

  async lag(): Promise<readonly BusLag[]> {
    return [...this.#groups].flatMap(([topic, groups]) =>
      [...groups].map(([group, { lanes }]) => {
        const waiting = [...lanes.values()].reduce((sum, lane) => sum + lane.waiting, 0);
        return { topic, group, waiting };
      }),
    );
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const subscribers = this.#allGroups().flatMap((group) => group.subscribers.splice(0));
    await Promise.all(subscribers.flatMap(({ handling }) => [...handling]));
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new Error('The bus is closed');
  }

  #allGroups(): readonly Group[] {
    return [...this.#groups.values()].flatMap((groups) => [...groups.values()]);
  }

  #times(id: string): number {
    if (this.#random.chance(this.#weather.messageDropped)) {
      this.#process.world.tell(this.#process.name, `message ${id} is lost`);
      return 0;
    }
    return this.#random.chance(this.#weather.messageDoubled) ? 2 : 1;
  }

  #add(topic: Topic, delivery: Delivery<Topic>): void {
    for (const group of this.#groups.get(topic)?.values() ?? []) {
      const lane = group.lanes.get(delivery.key) ?? this.#newLane(group);
      group.lanes.set(delivery.key, lane);
      lane.add(delivery);
    }
  }

  #newLane(group: Group): SimLane {
    return new SimLane({
      handler: () => group.subscribers[group.turn++ % Math.max(group.subscribers.length, 1)]?.handler,
      later: (failures, go) => void this.#process.later(this.#delayMs(failures), go),
      track: (handling, handler) => {
        const set = group.subscribers.find((subscriber) => subscriber.handler === handler)?.handling;
        set?.add(handling);
        void handling.finally(() => set?.delete(handling));
      },
    });
  }

  #delayMs(failures: number): number {
    const again = failures === 0 ? 0 : Math.min(LONGEST_AGAIN_MS, AGAIN_MS * 2 ** (failures - 1));
    return again + this.#random.between(0.05, DELIVERY_MS);
  }
}
