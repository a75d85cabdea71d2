// Packages that the scheduler has read before.
import { expect, test } from 'vitest';
import { KnownPackages } from '../../../src/scheduler/known-packages.ts';
import { findRunnable } from '../../../src/scheduler/runnable.ts';
import { anInstance, aPackage, T0 } from '../../builders/jobs.ts';
import { keep, openStore } from './reads-world.ts';

test('a package is found however many were found before, and one that is not there yet is found later', async () => {
  const store = await openStore();
  const ids = Array.from({ length: 600 }, (_, index) => String(index).padStart(64, '0'));
  await keep(store, 'package', ...ids.map((id) => aPackage({ id })));
  const packages = new KnownPackages(store);
  for (const id of [...ids, ...ids]) expect((await packages.find(id))?.id).toBe(id);
  expect(await packages.find('f'.repeat(64))).toBeUndefined();
  await keep(store, 'package', aPackage({ id: 'f'.repeat(64) }));
  expect((await packages.find('f'.repeat(64)))?.config).toEqual(aPackage().config);
});

test('what is current is looked up each time, and an application that was removed has nothing to run', async () => {
  const store = await openStore();
  const [before, after] = [aPackage({ id: 'a'.repeat(64) }), aPackage({ id: 'b'.repeat(64) })];
  await keep(store, 'package', before, after);
  const application = { id: 'room', description: '', currentPackage: before.id, createdAt: T0, updatedAt: T0 };
  const { version } = await store.create('application', application);
  const packages = new KnownPackages(store);
  const runnable = () => findRunnable(store, packages, anInstance());
  expect(await runnable()).toMatchObject({ package: { id: before.id } });
  const updated = await store.update('application', { ...application, currentPackage: after.id }, version);
  expect(await runnable()).toMatchObject({ package: { id: after.id } });
  await store.delete('application', 'room', updated.version);
  expect(await runnable()).toEqual({ refused: 'application room does not exist' });
});
