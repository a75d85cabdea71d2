// Whether a broker answers, with a real one.
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { AnswerWatch } from '../../src/adapters/kafka-probe/answer-watch.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import type { Cancel } from '../../src/ports/clock.ts';
import { startKafka, type TestKafka } from '../world/kafka.ts';
import { isListening } from '../world/listening.ts';
import { until } from '../world/until.ts';

let kafka: TestKafka;
beforeAll(async () => {
  kafka = await startKafka();
}, 360_000);
afterAll(() => kafka?.destroy());

/** A hundred times as fast as the wall's, so that what waits for seconds does not; it counts what rang. */
class HurriedClock extends SystemClock {
  rung = 0;

  override after(delayMs: number, ring: () => void): Cancel {
    return super.after(delayMs / 100, () => {
      this.rung++;
      ring();
    });
  }
}

function watched(clock: HurriedClock): AnswerWatch {
  const watch = new AnswerWatch(kafka.port, clock);
  onTestFinished(() => watch.close());
  return watch;
}

function rings(clock: HurriedClock, more: number): Promise<true> {
  const last = clock.rung + more;
  return until(`${more} rings`, 30_000, () => clock.rung >= last || undefined);
}

function answer(watch: AnswerWatch): Promise<true> {
  return until('an answer', 30_000, () => watch.take() > 0 || undefined);
}

test('a broker answers; one that stands still takes connections and does not; one that goes on answers again', async () => {
  const clock = new HurriedClock();
  const watch = watched(clock);
  await answer(watch);
  await answer(watch);
  kafka.pause();
  onTestFinished(() => kafka.resume());
  // One that was given already may still arrive.
  await rings(clock, 2);
  watch.take();
  await rings(clock, 10);
  expect(await isListening(kafka.port)).toBe(true);
  expect(watch.take()).toBe(0);
  kafka.resume();
  await answer(watch);
});

test('a broker that is gone does not answer, and its successor does', async () => {
  const clock = new HurriedClock();
  const watch = watched(clock);
  await answer(watch);
  await kafka.kill();
  watch.take();
  await rings(clock, 10);
  expect(watch.take()).toBe(0);
  await kafka.start();
  await answer(watch);
});
