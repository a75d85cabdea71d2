// Which values are messages.
import { describe, expect, test } from 'vitest';
import { TOPICS } from '../../../src/adapters/kafka-bus/topics.ts';
import { MESSAGE_CHECKS } from '../../../src/api/message-checks.ts';
import type { Topics } from '../../../src/ports/bus.ts';

const MESSAGES: Topics = {
  'berth.deploy.requests': {
    ...{ id: 'r', command: 'start', instance: 'i', job: 'i.m1', machine: 'shared', reason: 'due', requestedAt: 1 },
  },
  'berth.deploy.acknowledgements': { request: 'r', outcome: 'refused', code: 'job.unknown', text: 'none', at: 1 },
  'berth.deploy.events': {
    ...{
      id: 'e',
      at: 1,
      kind: 'job.started',
      subject: 'i',
      application: null,
      text: 'It runs.',
      evidence: { job: 'j', n: 1 },
    },
  },
  'berth.node.status': { node: 'n', state: 'ready', reason: '', cpu: 0.5, memory: null, at: 1 },
  'berth.sensor.readings': { sensor: 's', at: 1, values: { celsius: 3, door: { open: true } }, sequence: 7 },
  'berth.actions': { action: 'a', instance: 'i', kind: 'mail', state: 'done', text: '', at: 1 },
  'berth.heartbeats': {
    ...{ component: 'c', run: 'r', roles: ['api'], machine: 'm', version: '1', state: 'ready' },
    ...{ backlog: 0, memoryBytes: 1, heldUpMs: 2, at: 3 },
  },
  'berth.client.requests': { id: 'r', call: 'listNodes', token: 't', query: { limit: '3' } },
  'berth.client.replies': { request: 'r', status: 200, body: { nodes: [] }, part: 0, isLast: true, at: 1 },
  'berth.changes': { from: 'c/1', kind: 'lease', id: 'l', doc: null },
  'berth.wakes': { from: 'c/1', key: 'job:j' },
};

describe('messages of topics', () => {
  test.each(TOPICS)('one of %s passes its check as it is, after a journey as JSON', (topic) => {
    const message = MESSAGES[topic];
    expect(MESSAGE_CHECKS[topic](JSON.parse(JSON.stringify(message)))).toEqual(message);
  });

  test.each(TOPICS)('something else is no message of %s', (topic) => {
    for (const value of [null, 'text', [], {}]) expect(() => MESSAGE_CHECKS[topic](value)).toThrow(/^\$\./);
  });

  test('what does not fit is told by its place, and never by what it holds', () => {
    const check = MESSAGE_CHECKS['berth.client.requests'];
    expect(() => check({ id: 'r', call: 7, token: ['berth_secret'] })).toThrow(/^\$\.call: .*; \$\.token: [^_]*$/);
  });

  test('fields that a newer program adds are left out', () => {
    const wake = { from: 'c/1', key: 'job:j', soon: true };
    expect(MESSAGE_CHECKS['berth.wakes'](wake)).toEqual({ from: 'c/1', key: 'job:j' });
  });
});
