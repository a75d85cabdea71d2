// What a person sees of actions, channels, inboxes and users, against the real API.

import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { firstStatus } from '../../../src/actions/store-action.ts';
import type { Action, ActionStatus } from '../../../src/model/action.ts';
import { T0 } from '../../builders/jobs.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { anAction, ORDERS } from '../actions/action-builders.ts';
import { type CliWorld, openCli } from './cli-world.ts';

async function withAction(over: Partial<ActionStatus> = {}): Promise<{ world: CliWorld; action: Action }> {
  const world = await openCli();
  const { store } = world.api.parts;
  const action = anAction(ORDERS.sms);
  await store.create('action', action);
  await store.create('actionStatus', { ...firstStatus(action), ...over });
  return { world, action };
}

async function file(value: unknown): Promise<string> {
  const path = join(await temporaryDirectory(), 'channel.json');
  await writeFile(path, JSON.stringify(value));
  return path;
}

it('actions are listed, shown with every try, and tried again', async () => {
  const tries = [
    { actId: 'act-1', at: T0, endedAt: T0 + 1000, outcome: 'unknown', text: '+491701234567: cut off' },
  ] as const;
  const { world, action } = await withAction({ state: 'unknown', reason: 'cut off', tries, endedAt: T0, nextAt: null });
  const listed = await world.berth(['action', 'list']);
  const [heading = '', row = ''] = listed.out.split('\n');
  expect(heading.indexOf('STATE')).toBe(row.indexOf('unknown'));
  expect(row).toContain('+491701234567');
  const shown = await world.berth(['action', 'show', action.id]);
  expect(shown.out).toMatch(/State +unknown: cut off/);
  expect(shown.out).toMatch(/act-1 +unknown +\+491701234567: cut off/);
  const json = JSON.parse((await world.berth(['action', 'show', action.id, '--json'])).out);
  expect(json).toMatchObject({ id: action.id, order: { kind: 'sms' }, attempts: [{ act: 'act-1' }] });
  const again = await world.berth(['action', 'retry', action.id]);
  expect(again).toMatchObject({ code: 0, out: expect.stringContaining('is tried again') });
  const status = await world.api.parts.store.get('actionStatus', action.id);
  expect(status?.doc).toMatchObject({ state: 'waiting', again: { by: 'tester' } });
});

it('what cannot be tried again says why', async () => {
  const { world, action } = await withAction({ state: 'delivered', nextAt: null });
  const refused = await world.berth(['action', 'retry', action.id]);
  expect(refused.code).toBe(1);
  expect(refused.err).toContain('is delivered: there is nothing to try again');
  expect((await world.berth(['action', 'show', 'nothing'])).err).toContain('There is no action nothing');
  expect((await world.berth(['action', 'list', '--limit', 'all'])).err).toContain('"all" is not a number');
  expect((await world.berth(['action', 'list', '--instance', 'nobody'])).err).toContain('There is no instance nobody');
});

it('actions are found by state, by job, and by the id of an instance that is gone', async () => {
  const { world, action } = await withAction({ state: 'held' });
  const ids = async (...words: string[]) => {
    const { out } = await world.berth(['action', 'list', '--json', ...words]);
    return JSON.parse(out).map(({ id }: { id: string }) => id);
  };
  expect(await ids('--state', 'held')).toEqual([action.id]);
  expect(await ids('--state', 'failed')).toEqual([]);
  expect(await ids('--job', action.job)).toEqual([action.id]);
  expect(await ids('--job', action.job, '--state', 'failed')).toEqual([]);
  expect(await ids('--instance', action.instance)).toEqual([action.id]);
});

it('a channel is described, shown, tried out and taken away', async () => {
  const world = await openCli();
  const asked: string[] = [];
  const gateway = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.statusCode = asked.length === 1 ? 202 : 500;
    response.end('queued');
  });
  gateway.listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  onTestFinished(() => void gateway.close());
  const url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/send?to={to}&text={text}`;
  const described = await file({ kind: 'sms-gateway', url, method: 'GET' });
  const applied = await world.berth(['channel', 'apply', described]);
  expect(applied).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Channel sms-gateway is described') });
  expect((await world.berth(['channel', 'list'])).out).toMatch(/sms-gateway +GET http:/);
  expect(JSON.parse((await world.berth(['channel', 'show', 'sms-gateway'])).out)).toMatchObject({
    accepted: [200, 201, 202],
  });
  const tried = await world.berth(['channel', 'test', 'sms-gateway', '--to', '+491701234567']);
  expect(tried).toMatchObject({ code: 0, out: 'Delivered. It answered 202: queued\n' });
  expect(asked[0]).toMatch(/^GET \/send\?to=%2B491701234567&text=This%20is/);
  const failed = await world.berth(['channel', 'test', 'sms-gateway', '--to', '+491701234567']);
  expect(failed.err).toContain('ended unknown: It answered 500: queued');
  expect((await world.berth(['channel', 'remove', 'sms-gateway'])).code).toBe(0);
  expect((await world.berth(['channel', 'list'])).out).toContain('No channels');
});

it('a channel that cannot work is refused with what to do', async () => {
  const world = await openCli();
  const smtp = { kind: 'smtp', host: 'mail.example.org', port: 25, tls: 'none', from: 'a@b.c' };
  const secret = join(await temporaryDirectory(), 'password');
  await writeFile(secret, 'x', { mode: 0o644 });
  const applied = async (value: unknown) => world.berth(['channel', 'apply', await file(value)]);
  expect((await applied({ ...smtp, user: 'berth' })).err).toContain('a user needs a file with the password');
  expect((await applied({ ...smtp, user: 'berth', passwordFile: secret })).err).toContain('in the clear');
  const open = await applied({ ...smtp, tls: 'starttls', user: 'berth', passwordFile: secret });
  expect(open.err).toContain('everybody on the machine may read it');
  expect(open.err).toContain('chmod 640');
  expect((await applied({ kind: 'webhooks', allowPrivate: ['10.0.0.0/99'] })).err).toContain('10.0.0.0/99');
  expect((await applied({ ...smtp, from: 'a@b.c\nBcc: d@e.f' })).code).toBe(1);
  expect((await world.berth(['channel', 'apply', 'nowhere.json'])).err).toContain('nowhere.json cannot be read');
});

it('users are added, changed, listed and removed', async () => {
  const { berth } = await openCli();
  expect((await berth(['user', 'list'])).out).toContain('No users');
  expect((await berth(['user', 'add', 'Ana'])).err).toContain('Ana cannot be the name of a user');
  expect((await berth(['user', 'add', 'ana', '--email', 'Ana <a@b.c>'])).err).toContain(
    'not the address of one mailbox',
  );
  expect((await berth(['user', 'add', 'ana', '--mail-notices'])).err).toContain('no address is known');
  const added = await berth(['user', 'add', 'ana', '--name', 'Ana B.', '--email', 'ana@example.org', '--mail-notices']);
  expect(added).toMatchObject({ code: 0, err: '' });
  expect((await berth(['user', 'add', 'ana'])).err).toContain('berth user change ana');
  expect((await berth(['user', 'list'])).out).toMatch(/ana +Ana B\. +ana@example\.org +yes/);
  expect((await berth(['user', 'change', 'ana'])).err).toContain('Say what is to be changed');
  expect((await berth(['user', 'change', 'ana', '--no-email'])).err).toContain('no address is known');
  const changed = await berth(['user', 'change', 'ana', '--no-email', '--no-mail-notices']);
  expect(changed.out).toBe('User ana: Ana B., no mailbox, notices to the inbox.\n');
  expect((await berth(['user', 'remove', 'ana'])).out).toBe('User ana is forgotten.\n');
  expect((await berth(['user', 'remove', 'ana'])).err).toContain('There is no user ana');
});

it('notices are listed and marked as read', async () => {
  const { berth, api } = await openCli();
  expect((await berth(['inbox', 'list'])).err).toContain('There are no users yet');
  await berth(['user', 'add', 'ana']);
  const of = { user: 'ana', text: 'It is cold.', instance: 'room-abc123', job: 'j', readAt: null };
  const notice = (n: number) =>
    ({ ...of, id: `ana/room.${n}`, title: `Cold ${n}`, severity: 'alert', at: T0 + n }) as const;
  for (const n of [1, 2, 3]) await api.parts.store.create('inboxNotice', notice(n));
  expect((await berth(['inbox', 'list'])).out).toMatch(/room\.3 +no +alert +room-abc123 +Cold 3 +It is cold\./);
  expect((await berth(['inbox', 'read', 'room.2'])).out).toBe('"Cold 2" is marked as read.\n');
  const unread = JSON.parse((await berth(['inbox', 'list', '--unread', '--json'])).out);
  expect(unread.map(({ id }: { id: string }) => id)).toEqual(['room.3', 'room.1']);
  await berth(['user', 'add', 'ben']);
  expect((await berth(['inbox', 'read'])).err).toContain('--user ana, ben');
  expect((await berth(['inbox', 'read', '--user', 'ana'])).out).toBe('2 notices of ana are marked as read.\n');
  expect((await berth(['inbox', 'read', 'room.9', '--user', 'ana'])).err).toContain('There is no notice');
});
