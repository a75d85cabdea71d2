// What is asked of brokers while they find out who of them answers is asked again; everything else they say is told at once.
import { expect, test } from 'vitest';
import { onceSettled } from '../../../src/adapters/kafka-bus/settling.ts';
import { Pauses } from '../../../src/adapters/kafka-bus/waiting.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { ManualClock } from '../engine/manual-clock.ts';

/** As the driver tells it: the brokers' word is within what it gathers. */
function refusal(apiId: string): Error {
  const told = Object.assign(new Error('in words'), { apiId });
  return new AggregateError([told], 'Received response with error');
}

function asking(answers: readonly (Error | string)[]) {
  const clock = new ManualClock();
  const pauses = new Pauses(clock);
  let asked = 0;
  const act = async () => {
    const answer = answers[Math.min(asked++, answers.length - 1)] ?? '';
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const settled = onceSettled({ clock, log: silentLog, pauses, what: 'a group' }, act);
  settled.catch(() => {});
  return { clock, pauses, settled, asked: () => asked };
}

test('they are asked until they have settled it', async () => {
  const { clock, settled, asked } = asking([refusal('NOT_COORDINATOR'), refusal('UNKNOWN_LEADER_EPOCH'), 'well']);
  for (let waited = 0; waited < 4; waited++) await clock.advance(1000);
  expect(await settled).toBe('well');
  expect(asked()).toBe(3);
});

test('what they refuse is told at once', async () => {
  const { settled, asked } = asking([refusal('GROUP_AUTHORIZATION_FAILED')]);
  await expect(settled).rejects.toThrow('Received response');
  expect(asked()).toBe(1);
});

test('after half a minute it is told all the same', async () => {
  const { clock, settled } = asking([refusal('NOT_COORDINATOR')]);
  for (let waited = 0; waited < 40; waited++) await clock.advance(1000);
  await expect(settled).rejects.toThrow('Received response');
});

test('who does not want it any more waits for nothing', async () => {
  const { pauses, settled } = asking([refusal('NOT_COORDINATOR')]);
  pauses.end();
  await expect(settled).rejects.toThrow('Received response');
});
