// The renewal of the key that seals secrets: broken off at every write, beside people who set secrets, and to its end.
import { describe, expect, test } from 'vitest';
import { requireSecretKeys } from '../../../src/accounts/require-secret-keys.ts';
import { KEY_KEPT_MS, SecretKeyController } from '../../../src/accounts/secret-key-controller.ts';
import { FaultStore } from '../../../src/adapters/fault-points/fault-store.ts';
import { between, type Point } from '../../../src/adapters/fault-points/point.ts';
import type { Keyring } from '../../../src/ports/keyring.ts';
import { secretWorld, valuesIn } from './secret-world.ts';

type World = Awaited<ReturnType<typeof secretWorld>>;

/** Breaks everything off at the n-th place, and for ever after: the process is gone. */
function deathAt(place: number): Point {
  let passed = 0;
  return () => {
    passed += 1;
    if (passed >= place) throw new Error('the process has died');
  };
}

function dying(keyring: Keyring, point: Point): Keyring {
  return {
    place: keyring.place,
    keys: () => keyring.keys(),
    seal: (bound, plain) => keyring.seal(bound, plain),
    open: (bound, sealed) => keyring.open(bound, sealed),
    rotate: () => between(point, 'rotate', () => keyring.rotate()),
    forget: (key) => between(point, 'forget', () => keyring.forget(key)),
  };
}

async function withSecrets(): Promise<World> {
  const world = await secretWorld();
  for (const name of ['a', 'b', 'c'])
    await world.requests.put({ application: 'room', name, value: `room ${name}`, by: 'ana' });
  await world.requests.put({ application: null, name: 'a', value: 'platform a', by: 'ana' });
  return world;
}

const VALUES = { 'platform:/a': 'platform a', 'room/a': 'room a', 'room/b': 'room b', 'room/c': 'room c' };

/** Renews the key, lets an hour pass and settles, dying at a place; whether it died. */
async function renewal(world: World, at: number): Promise<boolean> {
  const point = deathAt(at);
  const store = new FaultStore(world.store, point);
  const keyring = dying(await world.openKeyring(), point);
  try {
    await world.requestsOn({ store, keyring }).renewKey();
    await world.clock.advance(KEY_KEPT_MS);
    await new SecretKeyController({ store, keyring, log: world.log }).reconcile('all', world.clock.now());
    return false;
  } catch (error) {
    expect(String(error)).toContain('the process has died');
    return true;
  }
}

describe('a renewal of the key', () => {
  test('that is broken off at any write loses nothing, and the next start ends it', async () => {
    let at = 1;
    for (let died = true; died; at++) {
      const world = await withSecrets();
      const [old = ''] = world.keyring.keys().map(({ id }) => id);
      died = await renewal(world, at);
      const keyring = await world.openKeyring();
      await requireSecretKeys({ store: world.store, keyring });
      expect(await valuesIn(world.store, keyring), `broken off at ${at}`).toEqual(VALUES);
      const settle = () => new SecretKeyController({ ...world, keyring }).reconcile('all', world.clock.now());
      await settle();
      const present = keyring.keys().at(-1)?.id;
      const { items } = await world.store.list('secret', { limit: 10 });
      expect(new Set(items.map(({ doc }) => doc.key)), `broken off at ${at}`).toEqual(new Set([present]));
      await world.clock.advance(KEY_KEPT_MS);
      await settle();
      expect(keyring.keys().map(({ id }) => id)).toEqual([present]);
      // Before the first write it had not begun.
      expect(present === old).toBe(at === 1);
      expect(await valuesIn(world.store, keyring)).toEqual(VALUES);
    }
    // The new key, four secrets, an event, and the end of the old key: before and after each.
    expect(at - 2).toBe(14);
  });

  test('keeps the versions, and who set each', async () => {
    const { store, requests } = await withSecrets();
    const before = await requests.list('room');
    expect(await requests.renewKey()).toMatchObject({ resealed: 4, unreadable: 0 });
    expect(await requests.list('room')).toEqual(before);
    expect(await store.count('secret', {})).toBe(4);
  });

  test('takes up what is set meanwhile, and what was sealed before and written after', async () => {
    const world = await withSecrets();
    const { store, requests, keyring, clock } = world;
    const early = await keyring.seal('room/late', Buffer.from('late'));
    const setting = Array.from({ length: 10 }, (_, index) =>
      requests.put({ application: 'hall', name: `n${index}`, value: `value ${index}`, by: 'ana' }),
    );
    await Promise.all([
      ...setting,
      requests.renewKey(),
      requests.put({ application: 'room', name: 'a', value: 'new', by: 'b' }),
    ]);
    await store.create('secret', {
      id: 'room/late',
      application: 'room',
      name: 'late',
      ...early,
      version: 1,
      updatedAt: 1,
      by: 'c',
    });
    const controller = new SecretKeyController(world);
    await clock.advance(KEY_KEPT_MS);
    await controller.reconcile('all', clock.now());
    expect(keyring.keys()).toHaveLength(1);
    expect(await valuesIn(store, keyring)).toEqual({
      ...VALUES,
      'room/a': 'new',
      'room/late': 'late',
      ...Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`hall/n${index}`, `value ${index}`])),
    });
  });

  test('keeps the old key for an hour, and for as long as anything needs it', async () => {
    const world = await withSecrets();
    const { store, requests, keyring, clock } = world;
    const controller = new SecretKeyController(world);
    const stored = await store.get('secret', 'room/c');
    if (!stored) throw new Error('it is not there');
    const damaged = { ...stored.doc, sealed: `${stored.doc.sealed.slice(0, -8)}AAAAAAA=` };
    await store.update('secret', damaged, stored.version);
    expect(await requests.renewKey()).toMatchObject({ resealed: 3, unreadable: 1 });
    await clock.advance(KEY_KEPT_MS - 1);
    await controller.reconcile('all', clock.now());
    expect(keyring.keys()).toHaveLength(2);
    await clock.advance(KEY_KEPT_MS);
    await controller.reconcile('all', clock.now());
    expect(keyring.keys(), 'one value still names it').toHaveLength(2);
    await requests.put({ application: 'room', name: 'c', value: 'again', by: 'ana' });
    // Keys are looked after once an hour.
    await clock.advance(KEY_KEPT_MS);
    await controller.reconcile('all', clock.now());
    expect(keyring.keys()).toHaveLength(1);
  });
});
