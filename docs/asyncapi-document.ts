// The AsyncAPI document of the bus (https://www.asyncapi.com/docs/reference/specification/v3.0.0), made from the tables that the program runs with.
import { z } from 'zod';
import { DEAD_SHAPE, TOPIC_SHAPES, TOPICS, type TopicShape } from '../src/adapters/kafka-bus/topics.ts';
import { MESSAGE_SCHEMAS } from '../src/api/contract/messages.ts';
import { TOPIC_USES } from '../src/initializer/bus-grants.ts';
import type { Topic } from '../src/ports/bus.ts';
import { TOPIC_NOTES } from './topic-notes.ts';

const INTRODUCTION = [
  'The topics over which the parts of Berth speak with each other and with programs outside.',
  'Messages are JSON, keyed, and delivered at least once: every message may come twice, and late, and is safe to repeat. Messages of one key arrive in the order in which they were published. The partition of a key is FNV-1a of its UTF-16 units, modulo 64, modulo the number of partitions; programs outside may use another rule as long as they keep to one.',
  'A message that cannot be handled is tried again for about half a minute, then goes to the dead letters of its topic, and the partition goes on. docs/bus.md tells how to look at dead letters and how to put them back.',
].join('\n\n');

const HOUR_MS = 3_600_000;

/** The document. */
export function asyncapiDocument() {
  return {
    asyncapi: '3.0.0',
    info: { title: 'Berth', version: '1', description: INTRODUCTION, license: { name: 'Apache-2.0' } },
    servers: {
      plain: { host: '{host}:9092', protocol: 'kafka', variables: { host: { default: 'localhost' } } },
      secure: {
        host: '{host}:9093',
        protocol: 'kafka-secure',
        variables: { host: { default: 'localhost' } },
        security: [{ $ref: '#/components/securitySchemes/scram512' }],
      },
    },
    defaultContentType: 'application/json',
    channels: { ...Object.fromEntries(TOPICS.map((topic) => [idOf(topic), channel(topic)])), deadLetters: deadLetters() },
    operations: Object.fromEntries(TOPICS.flatMap(operations)),
    components: {
      messages: { ...Object.fromEntries(TOPICS.map((topic) => [TOPIC_NOTES[topic].message, message(topic)])), DeadLetter },
      securitySchemes: { scram512: { type: 'scramSha512' } },
    },
  };
}

function idOf(topic: Topic): string {
  const [, ...words] = topic.split('.');
  return words.map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join('');
}

function channel(topic: Topic) {
  const { summary, message: name } = TOPIC_NOTES[topic];
  const { writes, reads } = TOPIC_USES[topic];
  const shape = TOPIC_SHAPES[topic];
  return {
    address: topic,
    summary,
    description: `Written by: ${people(writes)}. Read by: ${people(reads)}. ${kept(shape)} Dead letters: ${topic}.dead${
      shape.isSecret ? ', without what the message held' : ''
    }.`,
    messages: { [name]: { $ref: `#/components/messages/${name}` } },
    bindings: { kafka: binding(topic, shape) },
  };
}

function people(users: readonly string[]): string {
  return users.map((user) => (user === 'outside' ? 'programs outside' : user)).join(', ');
}

function kept({ partitions, retentionMs }: TopicShape): string {
  return `${partitions} partitions, kept for ${retentionMs / HOUR_MS} hours.`;
}

function binding(topic: string | undefined, { partitions, cleanup, retentionMs }: TopicShape) {
  const topicConfiguration = { 'cleanup.policy': [cleanup], 'retention.ms': retentionMs };
  return { ...(topic === undefined ? {} : { topic }), partitions, topicConfiguration, bindingVersion: '0.5.0' };
}

function message(topic: Topic) {
  const { message: name, summary, key } = TOPIC_NOTES[topic];
  return {
    name,
    title: name,
    summary,
    contentType: 'application/json',
    payload: payload(topic),
    bindings: { kafka: { key: { type: 'string', description: key }, bindingVersion: '0.5.0' } },
  };
}

function payload(topic: Topic) {
  const made = z.toJSONSchema(MESSAGE_SCHEMAS[topic], { target: 'draft-7', unrepresentable: 'any', io: 'input' });
  const { $schema: _, '~standard': __, ...schema } = made;
  return schema;
}

/** As the platform sees it: it sends what a role writes, and receives what one reads. */
function operations(topic: Topic) {
  const id = idOf(topic);
  const { writes, reads } = TOPIC_USES[topic];
  const operation = (action: 'send' | 'receive', users: readonly string[]) => {
    const roles = users.filter((user) => user !== 'outside');
    const name = `${action}${id.charAt(0).toUpperCase()}${id.slice(1)}`;
    const messages = [{ $ref: `#/channels/${id}/messages/${TOPIC_NOTES[topic].message}` }];
    const summary = `By the roles: ${roles.join(', ')}.`;
    return roles.length === 0 ? [] : [[name, { action, channel: { $ref: `#/channels/${id}` }, summary, messages }] as const];
  };
  return [...operation('send', writes), ...operation('receive', reads)];
}

function deadLetters() {
  return {
    address: '{topic}.dead',
    summary: 'Messages that nobody could handle.',
    description: `One such topic beside each other one. ${kept(DEAD_SHAPE)}`,
    parameters: { topic: { description: 'The topic that the message was in.', enum: [...TOPICS] } },
    messages: { DeadLetter: { $ref: '#/components/messages/DeadLetter' } },
    bindings: { kafka: binding(undefined, DEAD_SHAPE) },
  };
}

const HEADERS = {
  'berth-topic': 'The topic it was in.',
  'berth-partition': 'The partition it was in.',
  'berth-offset': 'Its offset there.',
  'berth-group': 'The group that could not handle it.',
  'berth-tries': 'How often it was tried.',
  'berth-at': 'When it was put aside, as ISO 8601.',
  'berth-code': 'Code of the error (docs/errors.md).',
  'berth-reason': 'The error in words.',
};

const DeadLetter = {
  name: 'DeadLetter',
  title: 'DeadLetter',
  summary: 'The message as it was, bytes and key, with headers that say why it is here. Of topics that hold secrets, the headers alone.',
  headers: {
    type: 'object',
    required: Object.keys(HEADERS),
    properties: Object.fromEntries(
      Object.entries(HEADERS).map(([name, description]) => [name, { type: 'string', description }]),
    ),
  },
};
