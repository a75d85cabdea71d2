// A bus with a place before and after each message is published, and before and after it is handled.
import type { Role } from '../../model/role.ts';
import type { Bus, BusLag, Handle, Leave, Topic, Topics } from '../../ports/bus.ts';
import { between, type Point } from './point.ts';

/** Wraps a bus. */
export class FaultBus implements Bus {
  readonly #bus: Bus;
  readonly #point: Point;

  constructor(bus: Bus, point: Point) {
    this.#bus = bus;
    this.#point = point;
  }

  publish<T extends Topic>(topic: T, key: string, message: Topics[T]): Promise<void> {
    return between(this.#point, `publish ${wordFor(message)} on ${topic}`, () =>
      this.#bus.publish(topic, key, message),
    );
  }

  subscribe<T extends Topic>(topic: T, group: string, handler: Handle<T>): Promise<Leave> {
    return this.#bus.subscribe<T>(topic, group, (delivery) =>
      between(this.#point, `handle ${wordFor(delivery.message)} on ${topic}`, () => handler(delivery)),
    );
  }

  follow<T extends Topic>(topic: T, handler: Handle<T>): Promise<Leave> {
    return this.#bus.follow(topic, handler);
  }

  share(role: Role, assigned: (shards: readonly number[]) => void): Promise<Leave> {
    return this.#bus.share(role, assigned);
  }

  lag(): Promise<readonly BusLag[]> {
    return this.#bus.lag();
  }

  close(): Promise<void> {
    return this.#bus.close();
  }
}

/** Of commands, which one; places of other messages are told apart by their topics. */
function wordFor(message: Topics[Topic]): string {
  return 'command' in message ? message.command : 'a message';
}
