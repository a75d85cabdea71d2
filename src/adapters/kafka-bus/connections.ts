// What all clients of one process have in common: how they reach the brokers, and the names of things there.
import type { BaseOptions } from '@platformatic/kafka';
import { clientOptions, type KafkaAccess, parseKafkaAddress } from './kafka-address.ts';
import { kafkaFault } from './kafka-fault.ts';

/** The way to the brokers. */
export class Connections {
  readonly brokers: readonly string[];
  readonly options: BaseOptions;
  readonly #prefix: string;

  constructor(access: KafkaAccess) {
    const address = parseKafkaAddress(access.url);
    this.brokers = address.brokers;
    this.options = clientOptions(access, address);
    this.#prefix = address.prefix;
  }

  /** The name that a topic or group has on the brokers. */
  named(name: string): string {
    return `${this.#prefix}${name}`;
  }

  /** One of Berth's errors for one of the driver's. */
  readonly fault = (error: unknown, what: string) => kafkaFault(error, this.brokers, what);
}
