// A device with QoS 1 loses nothing while the real platform is killed and stopped under it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CountingMeter } from './counting-meter.ts';

let meter: CountingMeter;

beforeAll(async () => {
  meter = await CountingMeter.open();
}, 360_000);

afterAll(() => meter.remove());

test('a device that counts is kept whole over a kill and a stop', async () => {
  meter.count();
  await meter.more(100);
  await meter.platform.kill();
  meter.client = await meter.platform.start();
  await meter.more(100);
  await meter.platform.stop();
  meter.client = await meter.platform.start();
  await meter.more(100);
  meter.stopCounting();
  expect(await meter.missing()).toEqual([]);
  // What was taken but not yet acknowledged may come twice; that is no more than what was under way at the two ends.
  expect((await meter.kept()).length - meter.sent).toBeLessThan(200);
  await expect
    .poll(async () => (await meter.client.call('showSensor', { params: { sensor: 'meter' } })).state, {
      timeout: 10_000,
    })
    .toBe('online');
}, 360_000);
