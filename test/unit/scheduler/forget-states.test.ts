import { expect, test } from 'vitest';
import { MemoryBus } from '../../../src/adapters/memory-bus/memory-bus.ts';
import { InstanceController } from '../../../src/scheduler/instance-controller.ts';
import { newEvent } from '../../builders/events.ts';
import { anInstance, T0 } from '../../builders/jobs.ts';
import { logParts } from '../nodes/log-world.ts';

test('what an instance kept is forgotten with it, and nothing of another one', async () => {
  const { store, clock, log } = await logParts();
  const bus = new MemoryBus({ clock, log, limit: 10, backoff: { firstMs: 1, maxMs: 1 } });
  const instance = anInstance({ removing: true, enabled: false });
  await store.create('instance', instance);
  for (const owner of [instance.id, `${instance.id}-2`]) {
    for (let number = 0; number < 510; number++) {
      const key = `k${number}`;
      const kept = { key, value: '1', updatedAt: T0, task: 't' };
      await store.create('instanceState', { id: `${owner}/${key}`, instance: owner, ...kept });
    }
  }
  const controller = new InstanceController({ store, bus, recordEvent: () => Promise.resolve(), newEvent });
  await controller.reconcile(instance.id, T0);
  expect(await store.get('instance', instance.id)).toBeUndefined();
  expect(await store.count('instanceState', { where: { instance: instance.id } })).toBe(0);
  expect(await store.count('instanceState', { where: { instance: `${instance.id}-2` } })).toBe(510);
});
