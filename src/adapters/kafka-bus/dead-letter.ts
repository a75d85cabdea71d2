// A message that nobody could handle, as it is put aside: as it was, with headers that say why, from where and how often.
import { BerthError } from '../../model/errors.ts';
import type { Topic } from '../../ports/bus.ts';
import type { Incoming } from './partition-reader.ts';
import type { Outgoing } from './publisher.ts';
import { deadTopic, TOPIC_SHAPES } from './topics.ts';

/** What became of a message. */
export interface Death {
  readonly topic: Topic;
  readonly group: string;
  readonly partition: number;
  readonly tries: number;
  readonly at: number;
  readonly error: unknown;
}

const MOST_CHARACTERS = 500;

/** The message for the topic of those that nobody could handle. */
export function deadLetter(named: (name: string) => string, message: Incoming, death: Death): Outgoing {
  const { topic, group, partition, tries, at, error } = death;
  const { isSecret } = TOPIC_SHAPES[topic];
  const kept = isSecret ? [] : message.headers.map(([name, value]) => [name, value.toString('utf8')]);
  const nothing = Buffer.alloc(0);
  return {
    topic: named(deadTopic(topic)),
    partition: 0,
    key: message.key ?? nothing,
    value: isSecret ? nothing : (message.value ?? nothing),
    headers: {
      ...Object.fromEntries(kept),
      'berth-topic': topic,
      'berth-partition': String(partition),
      'berth-offset': String(message.offset),
      'berth-group': group,
      'berth-tries': String(tries),
      'berth-at': new Date(at).toISOString(),
      'berth-code': error instanceof BerthError ? error.code : 'platform.internal',
      'berth-reason': reason(error),
    },
  };
}

function reason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, MOST_CHARACTERS);
}
