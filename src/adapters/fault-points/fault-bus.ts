// A bus with a place before and after each message is published, and before and after it is handled.
import type { Bus, Delivery, Topic, Topics } from '../../ports/bus.ts';
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
    const name = `publish ${message.command} on ${topic}`;
    return between(this.#point, name, () => this.#bus.publish(topic, key, message));
  }

  subscribe<T extends Topic>(topic: T, group: string, handler: (delivery: Delivery<T>) => Promise<void>) {
    return this.#bus.subscribe<T>(topic, group, (delivery) => {
      const name = `handle ${delivery.message.command} on ${topic}`;
      return between(this.#point, name, () => handler(delivery));
    });
  }

  close(): Promise<void> {
    return this.#bus.close();
  }
}
