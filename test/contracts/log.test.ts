// What the platform's log writes: one line of JSON each, without secrets, errors with their codes and causes.
import { expect, test } from 'vitest';
import { PinoLog } from '../../src/adapters/pino-log/pino-log.ts';
import { BerthError } from '../../src/model/errors.ts';
import { ManualClock } from '../unit/engine/manual-clock.ts';

function openLog(level: 'debug' | 'info' = 'info') {
  const lines: string[] = [];
  const clock = new ManualClock(Date.UTC(2026, 10, 22, 8));
  const log = new PinoLog({ level, clock, destination: { write: (line) => void lines.push(line) } });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '') };
}

test('a line holds level, time, message and fields, and ends with its end of line', () => {
  const { log, lines } = openLog();
  log.warn('A node is silent', { key: 'node:n1', level: 'fake' });
  expect(lines).toEqual([
    '{"level":"warn","time":"2026-11-22T08:00:00.000Z","fields":{"key":"node:n1","level":"fake"},"message":"A node is silent"}\n',
  ]);
});

test('lines less serious than asked for are not written', () => {
  const { log, lines } = openLog();
  log.debug('hidden');
  log.info('shown');
  expect(lines).toHaveLength(1);
  const all = openLog('debug');
  all.log.debug('shown');
  all.log.error('shown');
  expect(all.lines).toHaveLength(2);
});

test('an error is written with its code, its stack and its causes', () => {
  const { log, last } = openLog();
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  log.error('failed', { error: new BerthError('node.relay-failed', { host: 'h', port: 1, reason: 'r' }, { cause }) });
  expect(last().fields.error).toMatchObject({
    type: 'BerthError',
    code: 'node.relay-failed',
    message: 'h:1 could not be reached: r.',
    details: { host: 'h', port: 1 },
    stack: expect.stringContaining('log.test.ts'),
    cause: { message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' },
  });
});

test('errors of several at once, and chains that never end, are written as far as is useful', () => {
  const { log, last } = openLog();
  const loop = new Error('loop');
  loop.cause = loop;
  log.error('failed', { error: new AggregateError([new Error('one'), loop], 'several') });
  const { errors } = last().fields.error;
  expect(errors[0].message).toBe('one');
  expect(errors[1].cause.message).toBe('loop');
});

test('secrets are not written, wherever they stand', () => {
  const { log, lines } = openLog();
  log.info('asked', {
    token: 'hunter2',
    headers: { Authorization: 'Bearer hunter2', cookie: 'hunter2' },
    nodes: [{ sshPassword: 'hunter2', privateKey: 'hunter2' }],
    url: 'https://somebody:hunter2@example.org/x',
    error: new Error('refused: Authorization: Bearer hunter2'),
  });
  expect(lines.join('')).not.toContain('hunter2');
  expect(lines.join('')).toContain('example.org/x');
});

test('whatever is handed in gives one line: big numbers, bytes, cycles, very many and very deep', () => {
  const { log, lines, last } = openLog();
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  log.info('odd', { big: 2n ** 70n, bytes: new Uint8Array(9), cycle, nothing: null, undef: undefined, fn: () => 1 });
  log.info('many', { many: Array.from({ length: 10_000 }, (_, index) => index) });
  expect(lines).toHaveLength(2);
  expect(last().fields.many).toHaveLength(100);
  expect(JSON.parse(lines[0] ?? '').fields).toMatchObject({ big: '1180591620717411303424', bytes: '9 bytes' });
});
