import { expect, test } from 'vitest';
import { InstallationLog } from '../../../src/images/installation-log.ts';

const never = new AbortController().signal;

test('whoever follows sees what was written before and what comes, in whole lines', async () => {
  const log = new InstallationLog();
  log.append('one\ntw');
  const followed = Array.fromAsync(log.follow(never));
  await Promise.resolve();
  log.append('o\r\nthree');
  log.end();
  expect(await followed).toEqual(['one', 'two', 'three']);
  expect(log.text()).toBe('one\ntwo\nthree\n');
});

test('following ends when the one who follows goes away', async () => {
  const log = new InstallationLog();
  const gone = new AbortController();
  const followed = Array.fromAsync(log.follow(gone.signal));
  log.line('one');
  gone.abort();
  expect((await followed).length).toBeLessThanOrEqual(1);
});

test('of a text without end the newest lines are kept, and it says how many are not', async () => {
  const log = new InstallationLog();
  for (let i = 0; i < 10_005; i++) log.line(`line ${i}`);
  log.append('x'.repeat(100_000));
  log.end();
  expect(log.text().split('\n')[0]).toBe('… 6 earlier lines are not kept …');
  expect(log.lastLines(2)[0]).toBe('line 10004');
  expect(log.lastLines(1)[0]?.length).toBe(4000);
  expect((await Array.fromAsync(log.follow(never))).length).toBe(10_000);
});
