// Whether a value from outside is a message of its topic.
import type { z } from 'zod';
import type { Topic, Topics } from '../ports/bus.ts';
import { MESSAGE_SCHEMAS } from './contract/messages.ts';

const MOST_PROBLEMS = 3;

/** For each topic what makes a message of a JSON value; it throws and says where the value does not fit, and never what it holds. */
export const MESSAGE_CHECKS: { readonly [T in Topic]: (value: unknown) => Topics[T] } = {
  'berth.deploy.requests': check(MESSAGE_SCHEMAS['berth.deploy.requests']),
  'berth.deploy.acknowledgements': check(MESSAGE_SCHEMAS['berth.deploy.acknowledgements']),
  'berth.deploy.events': check(MESSAGE_SCHEMAS['berth.deploy.events']),
  'berth.node.status': check(MESSAGE_SCHEMAS['berth.node.status']),
  'berth.sensor.readings': check(MESSAGE_SCHEMAS['berth.sensor.readings']),
  'berth.actions': check(MESSAGE_SCHEMAS['berth.actions']),
  'berth.heartbeats': check(MESSAGE_SCHEMAS['berth.heartbeats']),
  'berth.client.requests': check(MESSAGE_SCHEMAS['berth.client.requests']),
  'berth.client.replies': check(MESSAGE_SCHEMAS['berth.client.replies']),
  'berth.changes': check(MESSAGE_SCHEMAS['berth.changes']),
  'berth.wakes': check(MESSAGE_SCHEMAS['berth.wakes']),
};

function check<T>(schema: z.ZodType<T>): (value: unknown) => T {
  return (value) => {
    const { success, data, error } = schema.safeParse(value);
    if (success) return data;
    const problems = error.issues.slice(0, MOST_PROBLEMS).map(({ path, message }) => `$.${path.join('.')}: ${message}`);
    throw new Error(`${problems.join('; ')}.`);
  };
}
