// What people may ask of secrets, and what is kept of them.
import { describe, expect, test } from 'vitest';
import { requireSecretKeys } from '../../../src/accounts/require-secret-keys.ts';
import { openSecretRoom } from '../../../src/main/secret-room.ts';
import { ROLES } from '../../../src/model/role.ts';
import { anInstance } from '../../builders/jobs.ts';
import { secretWorld, valuesIn } from './secret-world.ts';

const OF_ROOM = { application: 'room', name: 'db-password', by: 'ana' };

describe('a secret', () => {
  test('is kept sealed, told without its value, and counts its values', async () => {
    const { requests, store, keyring, clock } = await secretWorld();
    await requests.put({ ...OF_ROOM, value: 'open sesame' });
    await clock.advance(1000);
    const told = await requests.put({ ...OF_ROOM, value: 'shut sesame', by: 'ben' });
    expect(told).toEqual({ name: 'db-password', version: 2, updatedAt: clock.now(), by: 'ben', isReadable: true });
    expect(await requests.list('room')).toEqual([told]);
    const stored = await store.get('secret', 'room/db-password');
    expect(JSON.stringify(stored)).not.toContain('sesame');
    expect(await valuesIn(store, keyring)).toEqual({ 'room/db-password': 'shut sesame' });
  });

  test('belongs to its application, and those of the platform to nobody else', async () => {
    const { requests } = await secretWorld();
    await requests.put({ ...OF_ROOM, value: '1' });
    await requests.put({ ...OF_ROOM, application: 'hall', value: '2' });
    await requests.put({ ...OF_ROOM, application: null, name: 'smtp', value: '3' });
    const names = async (application: string | null) => (await requests.list(application)).map(({ name }) => name);
    expect([await names('room'), await names('hall'), await names(null)]).toEqual([
      ['db-password'],
      ['db-password'],
      ['smtp'],
    ]);
    await expect(requests.list('none')).rejects.toMatchObject({ code: 'request.not-found' });
    await expect(requests.put({ ...OF_ROOM, application: 'none', value: 'x' })).rejects.toMatchObject({
      code: 'request.not-found',
    });
  });

  test('that is moved to another id by whoever can write to the database does not open', async () => {
    const { requests, store, keyring } = await secretWorld();
    await requests.put({ ...OF_ROOM, value: 'open sesame' });
    const stored = await store.get('secret', 'room/db-password');
    if (!stored) throw new Error('it is not there');
    await store.create('secret', { ...stored.doc, id: 'hall/stolen', application: 'hall', name: 'stolen' });
    await expect(valuesIn(store, keyring)).rejects.toMatchObject({ code: 'secret.unreadable' });
  });

  test.each(['', '.', '..', '.x', 'a/b', 'ü', 'a b', 'x'.repeat(64)])('cannot be called %j', async (name) => {
    const { requests } = await secretWorld();
    await expect(requests.put({ ...OF_ROOM, name, value: 'x' })).rejects.toMatchObject({ code: 'secret.name-invalid' });
  });

  test.each(['', 'x'.repeat(65_537), 'ü'.repeat(40_000), '\ud800'])(
    'is refused where its value is no good, without showing it',
    async (value) => {
      const { requests, store } = await secretWorld();
      const refused = await requests.put({ ...OF_ROOM, value }).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'secret.value-invalid' });
      expect(String((refused as Error).message)).not.toContain('xxx');
      expect(await store.count('secret', {})).toBe(0);
    },
  );

  test('is not taken away while an instance names it', async () => {
    const { requests, store } = await secretWorld();
    await requests.put({ ...OF_ROOM, value: 'x' });
    await store.create('instance', anInstance({ application: 'room', name: 'watch', secrets: ['db-password'] }));
    await expect(requests.remove('room', 'db-password')).rejects.toMatchObject({
      code: 'secret.needed',
      message: expect.stringContaining('the instance watch'),
    });
    const stored = await store.get('instance', anInstance().id);
    if (stored) await store.delete('instance', stored.doc.id, stored.version);
    await requests.remove('room', 'db-password');
    expect(await requests.list('room')).toEqual([]);
    await expect(requests.remove('room', 'db-password')).rejects.toMatchObject({ code: 'request.not-found' });
  });

  test('of the platform is not taken away while a channel names it', async () => {
    const { requests, store } = await secretWorld();
    await requests.put({ application: null, name: 'signing', value: 'x', by: 'ana' });
    const access = { kind: 'webhooks', secretFile: 'secret:signing', allowPrivate: [] } as const;
    await store.create('actionChannel', { id: 'webhooks', access, updatedAt: 1 });
    await expect(requests.remove(null, 'signing')).rejects.toMatchObject({
      code: 'secret.needed',
      message: expect.stringContaining('the channel webhooks'),
    });
  });

  test('is gone when its application was removed while it was written', async () => {
    const { requestsOn, store, keyring } = await secretWorld();
    const application = await store.get('application', 'room');
    const slow = {
      ...keyring,
      keys: () => keyring.keys(),
      seal: async (bound: string, plain: Uint8Array) => {
        await store.delete('application', 'room', application?.version ?? 0);
        return keyring.seal(bound, plain);
      },
      open: keyring.open.bind(keyring),
      rotate: keyring.rotate.bind(keyring),
      forget: keyring.forget.bind(keyring),
    };
    const put = requestsOn({ store, keyring: slow }).put({ ...OF_ROOM, value: 'x' });
    await expect(put).rejects.toMatchObject({ code: 'request.not-found' });
    expect(await store.count('secret', {})).toBe(0);
  });

  test('that two set at once has one of the two values', async () => {
    const { requests, store, keyring } = await secretWorld();
    const values = Array.from({ length: 5 }, (_, index) => `value ${index}`);
    await Promise.all(values.map((value) => requests.put({ ...OF_ROOM, value })));
    expect(values).toContain((await valuesIn(store, keyring))['room/db-password']);
    expect((await requests.list('room'))[0]?.version).toBe(5);
  });
});

describe('a start', () => {
  test('is as usual with the right key file, and with none while there are no secrets', async () => {
    const { store, keyring, requests } = await secretWorld();
    await requireSecretKeys({ store, keyring });
    await requests.put({ ...OF_ROOM, value: 'x' });
    await requests.renewKey();
    await requireSecretKeys({ store, keyring });
  });

  test('with the key file of another platform is refused, and the refusal says what to do', async () => {
    const [mine, theirs] = [await secretWorld(), await secretWorld()];
    for (const name of ['a', 'b']) await mine.requests.put({ ...OF_ROOM, name, value: 'x' });
    const start = requireSecretKeys({ store: mine.store, keyring: theirs.keyring });
    await expect(start).rejects.toMatchObject({
      code: 'secret.keys-missing',
      message: `2 secrets are sealed with keys that are not in ${theirs.path}: ${mine.keyring.keys()[0]?.id}.`,
      remedy: expect.stringMatching(
        /restore the file that was backed up with this database.*BERTH_LOST_SECRETS=accept/,
      ),
    });
  });

  test('with a key whose bytes were changed is refused', async () => {
    const { store, keyring, requests, path } = await secretWorld();
    await requests.put({ ...OF_ROOM, value: 'x' });
    const { readFile, writeFile } = await import('node:fs/promises');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(/"bytes": ".{4}/, '"bytes": "AAAA'));
    const { FileKeyring } = await import('../../../src/adapters/file-keyring/file-keyring.ts');
    const { clock, random } = await secretWorld();
    const changed = await FileKeyring.open({ path, clock, random });
    expect(changed.keys()).toEqual(keyring.keys());
    await expect(requireSecretKeys({ store, keyring: changed })).rejects.toMatchObject({
      code: 'secret.unreadable',
      remedy: expect.stringContaining('Restore database and key file from one backup'),
    });
  });

  test('that accepts the loss begins: what is lost is told as unreadable, and can be set anew', async () => {
    const [mine, theirs] = [await secretWorld(), await secretWorld()];
    await mine.requests.put({ ...OF_ROOM, value: 'lost' });
    const { clock, log, store } = mine;
    const recordEvent = async () => undefined;
    const room = await openSecretRoom({
      clock,
      log,
      store,
      recordEvent,
      keyring: theirs.keyring,
      acceptsLost: true,
      roles: new Set(ROLES),
    });
    expect(await room.requests.list('room')).toMatchObject([{ name: 'db-password', isReadable: false }]);
    expect(await room.requests.put({ ...OF_ROOM, value: 'new' })).toMatchObject({ version: 2, isReadable: true });
    expect(await valuesIn(store, theirs.keyring)).toEqual({ 'room/db-password': 'new' });
    room.close();
  });
});

describe('what channels name', () => {
  test('is a secret of the platform, on one line, or a file', async () => {
    const { clock, log, store, keyring, requests } = await secretWorld();
    const room = await openSecretRoom({
      clock,
      log,
      store,
      keyring,
      recordEvent: async () => undefined,
      acceptsLost: false,
      roles: new Set(ROLES),
    });
    await requests.put({ application: null, name: 'smtp', value: 'open sesame\n', by: 'ana' });
    await requests.put({ application: null, name: 'lines', value: 'one\ntwo\n', by: 'ana' });
    expect(await room.named.read('secret:smtp')).toBe('open sesame');
    expect(await room.named.value('secret:lines')).toBe('one\ntwo\n');
    for (const [path, reason] of [
      ['secret:none', 'no secret of that name'],
      ['secret:lines', 'more than one line'],
      ['secret:../room/db-password', 'no secret of that name'],
      ['/absent', 'no such file'],
    ] as const)
      await expect(room.named.read(path), path).rejects.toMatchObject({
        code: 'platform.secret-unreadable',
        message: expect.stringContaining(reason),
      });
    room.close();
  });
});
