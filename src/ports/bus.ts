// Messages between the parts of the platform: keyed, at least once, safe to repeat.
import type {
  Acknowledgement,
  ActionMessage,
  ChangeMessage,
  ClientReply,
  ClientRequest,
  DeployRequest,
  EventMessage,
  HeartbeatMessage,
  NodeStatusMessage,
  WakeMessage,
} from '../model/message.ts';
import type { Role } from '../model/role.ts';
import type { KeptReading } from '../model/sensor.ts';

/** Every topic with the type of its messages. */
export interface Topics {
  /** Scheduler to deployment; key: the job. */
  'berth.deploy.requests': DeployRequest;
  /** Key: the job. */
  'berth.deploy.acknowledgements': Acknowledgement;
  /** Key: the subject. */
  'berth.deploy.events': EventMessage;
  /** Key: the node. */
  'berth.node.status': NodeStatusMessage;
  /** Key: the sensor. */
  'berth.sensor.readings': KeptReading;
  /** Key: the action. */
  'berth.actions': ActionMessage;
  /** Key: the component. */
  'berth.heartbeats': HeartbeatMessage;
  /** From clients outside; key: what they like. */
  'berth.client.requests': ClientRequest;
  /** Key: the id of the request. */
  'berth.client.replies': ClientReply;
  /** Between the processes of the platform; key: kind and id. */
  'berth.changes': ChangeMessage;
  /** Between the processes of the platform; key: the key. */
  'berth.wakes': WakeMessage;
}

/** The name of a topic. */
export type Topic = keyof Topics;

/** One message as it was delivered. */
export interface Delivery<T extends Topic> {
  readonly key: string;
  readonly message: Topics[T];
}

/** Takes a message; one that rejects gets it again, until it goes where messages go that cannot be handled. */
export type Handle<T extends Topic> = (delivery: Delivery<T>) => Promise<void>;

/** Ends a subscription; waits for what is being handled. */
export type Leave = () => Promise<void>;

/** How far a group is behind in a topic. */
export interface BusLag {
  readonly topic: Topic;
  readonly group: string;
  /** Messages that are published and not handled. */
  readonly waiting: number;
}

/** A message bus. Messages of one key arrive in the order in which they were published; a handler that rejects gets the message again. */
export interface Bus {
  /** Resolves when the message is accepted for delivery, and as durable as the bus makes anything. */
  publish<T extends Topic>(topic: T, key: string, message: Topics[T]): Promise<void>;
  /** Each message goes to one subscriber of each group. */
  subscribe<T extends Topic>(topic: T, group: string, handler: Handle<T>): Promise<Leave>;
  /** Everything that is published from now on, in every process that follows. A handler that rejects is not asked again. */
  follow<T extends Topic>(topic: T, handler: Handle<T>): Promise<Leave>;
  /**
   * Takes part in sharing a role's shards among the processes that have it. `assigned` is told which of them the bus proposes for this process,
   * whenever that changes; who really owns a shard is decided by its lease.
   */
  share(role: Role, assigned: (shards: readonly number[]) => void): Promise<Leave>;
  /** How far each group of this process is behind. */
  lag(): Promise<readonly BusLag[]>;
  /** Delivers nothing more, and waits for what is being handled. */
  close(): Promise<void>;
}
