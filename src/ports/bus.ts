// Messages between the parts of the platform: keyed, at least once, safe to repeat.

/** A command to the deployment side. Its `id` makes it safe to repeat. */
export interface DeployRequest {
  readonly id: string;
  readonly command: 'start' | 'kill';
  readonly instance: string;
  readonly job: string;
  readonly machine: 'shared' | 'standalone';
  readonly reason: string;
  readonly requestedAt: number;
}

/** Every topic with the type of its messages. */
export interface Topics {
  'berth.deploy.requests': DeployRequest;
}

/** The name of a topic. */
export type Topic = keyof Topics;

/** One message as it was delivered. */
export interface Delivery<T extends Topic> {
  readonly key: string;
  readonly message: Topics[T];
}

/** A message bus. Messages of one key arrive in the order in which they were published; a handler that rejects gets the message again. */
export interface Bus {
  /** Resolves when the message is accepted for delivery. */
  publish<T extends Topic>(topic: T, key: string, message: Topics[T]): Promise<void>;
  /** Each message goes to one subscriber of each group. Returns how to stop. */
  subscribe<T extends Topic>(
    topic: T,
    group: string,
    handler: (delivery: Delivery<T>) => Promise<void>,
  ): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
