// What a task is given of secrets, and when it is told that they changed.
import { describe, expect, onTestFinished, test } from 'vitest';
import { TaskSecrets } from '../../../src/accounts/task-secrets.ts';
import { aJob, aSpec, aTask } from '../../builders/jobs.ts';
import { secretWorld } from './secret-world.ts';

const never = new AbortController().signal;

async function taskWorld() {
  const world = await secretWorld();
  const { store, requests } = world;
  const tasks = new TaskSecrets({ ...world, onWritten: (listener) => store.onWritten(listener) });
  onTestFinished(() => tasks.close());
  const set = (name: string, value: string, application = 'room') =>
    requests.put({ application, name, value, by: 'ana' });
  const task = aTask(aJob({ application: 'room', spec: aSpec({ secrets: ['db', 'api'] }) }), 0, 1, 'n');
  return { ...world, tasks, set, task };
}

describe('a task', () => {
  test('is given the secrets that its spec names, of its own application, and no others', async () => {
    const { tasks, set, task } = await taskWorld();
    await set('db', 'one');
    await set('api', 'two');
    await set('other', 'three');
    await set('db', 'of the hall', 'hall');
    expect(await tasks.given(task, '', never)).toMatchObject({
      secrets: [
        { name: 'db', value: 'one' },
        { name: 'api', value: 'two' },
      ],
      missing: [],
    });
    const elsewhere = { ...task, application: 'hall' };
    expect(await tasks.given(elsewhere, '', never)).toMatchObject({
      secrets: [{ name: 'db', value: 'of the hall' }],
      missing: ['api'],
    });
    const { secrets: _, ...spec } = task.spec;
    expect(await tasks.given({ ...task, spec }, '', never)).toMatchObject({ secrets: [], missing: [] });
  });

  test('is told when a value changes, is taken away, or comes', async () => {
    const { tasks, set, task, requests, clock } = await taskWorld();
    await set('db', 'one');
    const first = await tasks.given(task, '', never);
    expect(first).toMatchObject({ secrets: [{ value: 'one' }], missing: ['api'] });
    const held = tasks.given(task, first?.etag ?? '', never);
    await clock.advance(10_000);
    await set('api', 'two');
    const second = await held;
    expect(second).toMatchObject({ secrets: [{ value: 'one' }, { value: 'two' }], missing: [] });
    const removed = tasks.given(task, second?.etag ?? '', never);
    await requests.remove('room', 'db');
    const third = await removed;
    expect(third?.missing).toEqual(['db']);
    await set('db', 'one');
    expect((await tasks.given(task, third?.etag ?? '', never))?.missing).toEqual([]);
    // It is value 1 again, and another.
    expect((await tasks.given(task, second?.etag ?? '', never))?.secrets).toHaveLength(2);
  });

  test('is answered that nothing changed after a while, and left alone when it goes', async () => {
    const { tasks, set, task, clock } = await taskWorld();
    await set('db', 'one');
    const given = await tasks.given(task, '', never);
    const held = tasks.given(task, given?.etag ?? '', never);
    await set('db', 'of the hall', 'hall');
    await clock.advance(25_000);
    expect(await held).toBeUndefined();
    const gone = new AbortController();
    const left = tasks.given(task, given?.etag ?? '', gone.signal);
    gone.abort();
    expect(await left).toBeUndefined();
    expect(clock.pending).toBe(0);
  });

  test('is not given what does not open; it is missing', async () => {
    const { tasks, set, task, store } = await taskWorld();
    await set('db', 'one');
    await set('api', 'two');
    const [db, api] = [await store.get('secret', 'room/db'), await store.get('secret', 'room/api')];
    if (!db || !api) throw new Error('they are not there');
    await store.update('secret', { ...db.doc, sealed: api.doc.sealed }, db.version);
    expect(await tasks.given(task, '', never)).toMatchObject({ secrets: [{ name: 'api' }], missing: ['db'] });
  });

  test('cannot tell from the name of what it was given whether two values are the same', async () => {
    const { tasks, set, task } = await taskWorld();
    const etags = new Set<string | undefined>();
    for (let tries = 0; tries < 3; tries++) {
      await set('db', 'one');
      etags.add((await tasks.given(task, '', never))?.etag);
    }
    expect(etags.size).toBe(3);
  });
});
