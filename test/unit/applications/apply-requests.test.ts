// Instances that are changed by a newer file of theirs, and instances that wait for each other.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { applyInstance, draftInstance, updateInstance } from '../../../src/applications/apply-requests.ts';
import { createInstance, type InstanceParts, removeInstance } from '../../../src/applications/instance-requests.ts';
import { pushPackage } from '../../../src/applications/package-requests.ts';
import type { Instance } from '../../../src/model/instance.ts';
import { InterleavedStore } from './interleaved-store.ts';
import { openRepository, type Repository, refusal, zipStream } from './repository.ts';

let repository: Repository;
beforeEach(async () => {
  repository = await openRepository();
  await pushPackage(repository.parts, zipStream());
});
afterEach(() => repository.end());

const FILE = {
  name: 'hourly',
  application: 'weather',
  algorithm: 'report',
  schedule: { kind: 'interval', every: '1h' },
};

const sent = (fields: object = {}) => ({ name: 'a.json', contents: { value: { ...FILE, ...fields } } });
const create = (fields: object = {}) => createInstance(repository.parts, sent(fields));
const apply = (fields: object = {}, parts: InstanceParts = repository.parts) => applyInstance(parts, sent(fields));
const stored = async ({ id }: Instance) => (await repository.parts.store.get('instance', id))?.doc;
const behind = (...names: string[]) => ({
  schedule: { triggers: names.map((instance) => ({ kind: 'after', instance })) },
});

describe('an instance file that is applied', () => {
  test('makes the instance when there is none, and says when there is nothing to change', async () => {
    const made = await apply();
    expect(made).toMatchObject({ outcome: 'created', changes: [] });
    const again = await apply();
    expect(again).toEqual({ outcome: 'unchanged', changes: [], instance: made.instance });
    expect(await stored(made.instance)).toEqual(made.instance);
  });

  test('changes what it says otherwise, and keeps what the instance is', async () => {
    const before = await create();
    const { outcome, changes, instance } = await apply({ copies: 3, place: { location: 'campus' }, grace: '1m' });
    expect({ outcome, changes }).toEqual({ outcome: 'changed', changes: ['copies', 'place.location', 'grace'] });
    const { updatedAt } = instance;
    expect(instance).toEqual({ ...before, copies: 3, location: 'campus', graceMs: 60_000, updatedAt });
    expect(updatedAt).toBeGreaterThan(before.updatedAt);
    expect(await stored(before)).toEqual(instance);
    const { items } = await repository.parts.store.list('event', { orderBy: 'at', direction: 'descending', limit: 1 });
    expect(items[0]?.doc).toMatchObject({
      kind: 'instance.changed',
      text: 'The instance hourly was changed: copies, place.location, grace',
    });
  });

  test('keeps the schedule that was for what was due by it, the last five of them, and forgets wishes to skip', async () => {
    const { id, schedule } = await create();
    const skips = [{ at: 1, by: 'me' }];
    const { store } = repository.parts;
    const held = await store.get('instance', id);
    if (held) await store.update('instance', { ...held.doc, skips }, held.version);
    expect((await apply({ copies: 2 })).instance).toMatchObject({ earlier: [], skips });
    const changed = await apply({ copies: 2, schedule: { kind: 'interval', every: '2h' } });
    expect(changed.changes).toEqual(['schedule']);
    expect(changed.instance).toMatchObject({ skips: [], earlier: [{ schedule, untilAt: changed.instance.updatedAt }] });
    for (let hours = 3; hours < 10; hours++) await apply({ schedule: { kind: 'interval', every: `${hours}h` } });
    const last = (await store.get('instance', id))?.doc.earlier ?? [];
    expect(last.map((each) => each.schedule.triggers)).toEqual(
      [4, 5, 6, 7, 8].map((hours) => [{ kind: 'interval', everyMs: hours * 3_600_000 }]),
    );
  });

  test('leaves the rhythm as it is when only bounds of the schedule change, and begins a new rhythm now', async () => {
    const { schedule, enabledAt } = await create();
    const bounded = await apply({ schedule: { ...FILE.schedule, duration: '1m' } });
    expect(bounded.instance.schedule).toEqual({ ...schedule, durationMs: 60_000 });
    const other = await apply({ schedule: { kind: 'interval', every: '2h' } });
    expect(other.instance.schedule.startAt).toBe(other.instance.updatedAt);
    expect(other.instance.enabledAt).toBe(enabledAt);
  });

  test('begins a continuous instance anew, whatever of it changes', async () => {
    const before = await create({ schedule: { kind: 'continuous' } });
    const { instance } = await apply({ schedule: { kind: 'continuous' }, parameters: { a: 1 } });
    expect(instance.enabledAt).toBe(instance.updatedAt);
    expect(instance.enabledAt).toBeGreaterThan(before.enabledAt);
    expect(instance.earlier).toEqual([]);
  });

  test('may have a schedule that lies in the past, as long as that stays', async () => {
    const { instance } = await apply({ schedule: { kind: 'once', at: new Date(Date.now() + 200).toISOString() } });
    const { clock } = repository.parts;
    await new Promise<void>((resolve) => clock.at(instance.createdAt + 250, resolve));
    const at = instance.schedule.triggers[0];
    const schedule = { kind: 'once', at: new Date(at?.kind === 'once' ? at.at : 0).toISOString() };
    expect(await apply({ schedule, copies: 2 })).toMatchObject({ changes: ['copies'] });
    const error = await refusal(apply({ schedule: { ...schedule, duration: '1m' } }));
    expect(error.problems.map(({ path }) => path)).toEqual(['$.schedule.at']);
  });

  test('cannot make another application, algorithm or name of it, nor change one that is going', async () => {
    const { id } = await create();
    const error = await refusal(updateInstance(repository.parts, id, sent({ name: 'other', algorithm: 'x' })));
    expect(error.problems.map(({ path }) => path)).toEqual(['$.name', '$.algorithm', '$.algorithm']);
    expect(error.problems[0]?.expected).toBe('"hourly", as it is; for another, create another instance');
    expect((await refusal(updateInstance(repository.parts, 'nobody', sent()))).code).toBe('request.not-found');
    await removeInstance(repository.parts, 'hourly');
    expect((await refusal(apply({ copies: 2 }))).code).toBe('instance.removing');
  });

  test('that is drafted leaves nothing, whether there is such an instance or not', async () => {
    const { store } = repository.parts;
    expect(await draftInstance(repository.parts, sent())).toMatchObject({ name: 'hourly' });
    expect([await store.count('instance', {}), await store.count('instanceName', {})]).toEqual([0, 0]);
    const before = await create();
    expect(await draftInstance(repository.parts, sent({ copies: 2 }))).toMatchObject({ id: before.id, copies: 2 });
    expect(await stored(before)).toEqual(before);
  });

  test('is judged again by what somebody else wrote meanwhile', async () => {
    const before = await create();
    const store = new InterleavedStore(repository.parts.store, 'update', 'instance', async () => {
      await apply({ priority: 5 });
    });
    const { instance } = await apply({ copies: 2 }, { ...repository.parts, store });
    expect(instance).toMatchObject({ copies: 2, priority: 0, id: before.id });
  });
});

describe('instances that run after each other', () => {
  test('know each other by id, whatever the file calls them', async () => {
    const first = await create({ name: 'first' });
    const second = await create({ name: 'second', ...behind('first') });
    expect(second.schedule.triggers).toEqual([{ kind: 'after', instance: first.id, on: 'success' }]);
    const third = await create({ name: 'third', schedule: { kind: 'after', instance: first.id, on: 'any' } });
    expect(third.schedule.triggers).toEqual([{ kind: 'after', instance: first.id, on: 'any' }]);
  });

  test('cannot wait for each other in a circle, and the circle is spelled out', async () => {
    await create({ name: 'a' });
    await create({ name: 'b', ...behind('a') });
    await create({ name: 'c', ...behind('b') });
    const error = await refusal(apply({ name: 'a', ...behind('c') }));
    expect(error.problems).toEqual([
      {
        file: 'a.json',
        path: '$.schedule.triggers[0].instance',
        found: 'a circle: a → c → b → a',
        expected: 'an instance that does not wait for this one',
      },
    ]);
  });

  test('stay as they were when two are changed at once into a circle', async () => {
    const a = await create({ name: 'a' });
    await create({ name: 'b' });
    const store = new InterleavedStore(repository.parts.store, 'update', 'instance', async () => {
      await apply({ name: 'b', ...behind('a') });
    });
    const error = await refusal(apply({ name: 'a', ...behind('b') }, { ...repository.parts, store }));
    expect(error.problems[0]?.found).toBe('a circle: a → b → a');
    expect(await stored(a)).toMatchObject({ schedule: a.schedule, earlier: [] });
  });

  test('keep the first from being removed until nobody waits for it', async () => {
    const { parts } = repository;
    await create({ name: 'a' });
    await create({ name: 'b', ...behind('a') });
    const error = await refusal(removeInstance(parts, 'a'));
    expect([error.code, error.message]).toEqual([
      'instance.needed',
      'The instance a cannot be removed: these run after it: b.',
    ]);
    await removeInstance(parts, 'b');
    expect(await removeInstance(parts, 'a')).toMatchObject({ removing: true });
    expect((await refusal(create({ name: 'c', ...behind('a') }))).code).toBe('instance.invalid');
  });
});
