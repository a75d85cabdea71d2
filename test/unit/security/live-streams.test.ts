// Live streams: each needs what its read needs, tells nothing that its read would not, carries the headers of every answer, and ends when
// the right to it ends – with a reason, so that nobody takes the end for silence.
// Elsewhere: who may begin each (test/unit/api/access-walk.test.ts), their contents (test/unit/api/streams.test.ts), a log that 200 people
// follow (test/unit/nodes/log-follow.test.ts), how many one person may hold (denial-of-service.test.ts).
import { describe, expect, it } from 'vitest';
import type { RouteName } from '../../../src/api/contract/endpoints.ts';
import type { Route } from '../../../src/api/contract/route.ts';
import { ROUTES } from '../../../src/api/contract/routes.ts';
import { type AccessWorld, type Credentials, openAccessWorld } from '../api/access-world.ts';
import { call } from '../api/api-world.ts';
import { type OpenStream, openStream } from '../api/sse-client.ts';

const STREAMS = (Object.keys(ROUTES) as RouteName[]).filter((name) => ROUTES[name].answer === 'stream');

/** Each stream with the read that answers the same once. */
const READS: Readonly<Record<string, RouteName>> = {
  followInstallation: 'showApplication',
  followLog: 'readLog',
  followEvents: 'listEvents',
  followReadings: 'listReadings',
};

describe('a live stream', () => {
  it.each(STREAMS)('needs exactly what its read needs: %s', (name) => {
    const read: Route | undefined = ROUTES[READS[name] ?? name];
    expect(READS).toHaveProperty(name);
    expect(ROUTES[name].method).toBe('GET');
    expect(ROUTES[name].permission).toBe(read?.permission);
    expect([read?.on, 'package']).toContain((ROUTES[name] as Route).on);
  });
});

/** Events as somebody follows them, and how their stream ended. */
async function followed(world: AccessWorld, by: Credentials) {
  const stream = await openStream(world, `${world.url}/api/v1/events/follow`, by);
  expect(stream.status).toBe(200);
  return stream;
}

async function tellEvent({ parts }: AccessWorld, text: string, application = 'room-report'): Promise<void> {
  await parts.recordEvent({ kind: 'test.told', subject: `application:${application}`, application, text });
}

/** What ends somebody's right to what they follow, and the reason that they are told. */
const ENDS: readonly (readonly [string, (world: AccessWorld, user: string) => Promise<unknown>, string])[] = [
  [
    'whose sessions are ended',
    (world, user) => call(world, 'endUserSessions', { params: { user } }),
    'account.session-ended',
  ],
  ['who loses their role', (world, user) => giveAccess(world, user, { memberships: {} }), 'account.not-allowed'],
  ['who is disabled', (world, user) => giveAccess(world, user, { disabled: true }), 'account.session-ended'],
  ['who is removed', (world, user) => call(world, 'removeUser', { params: { user } }), 'account.session-ended'],
];

function giveAccess(world: AccessWorld, user: string, over: object) {
  const body = { administrator: false, memberships: { alpha: 'developer' }, disabled: false, ...over };
  return call(world, 'setUserAccess', { params: { user }, body });
}

/** The last message of a stream, with its code if it is a failure. */
async function lastOf({ messages }: OpenStream): Promise<unknown> {
  const { event, data } = (await Array.fromAsync(messages)).at(-1) ?? {};
  return [event, (data as { error?: { code: string } }).error?.code];
}

describe('what somebody follows', { timeout: 40_000 }, () => {
  it('ends within seconds, with the reason, for whoever loses the right to it', async () => {
    const world = await openAccessWorld();
    const ends = ENDS.map(([, end, code], index) => ({ user: `person-${index}`, end, code }));
    for (const { user } of ends) await world.addUser(user, { memberships: { alpha: 'developer' } });
    const streams = await Promise.all(ends.map(async ({ user }) => followed(world, await world.signIn(user))));
    const staying = await followed(world, await world.signIn('developer'));
    await tellEvent(world, 'before');
    for (const { messages } of streams) expect((await messages.next()).value).toMatchObject({ event: 'event' });
    for (const { user, end } of ends) await end(world, user);
    expect(await Promise.all(streams.map(lastOf))).toEqual(ends.map(({ code }) => ['failure', code]));
    await tellEvent(world, 'after');
    expect([(await staying.messages.next()).value, (await staying.messages.next()).value]).toMatchObject([
      { data: { text: 'before' } },
      { event: 'event' },
    ]);
    staying.leave();
  });

  it('ends with the token that it is followed with, and with a move of what it is about', async () => {
    const world = await openAccessWorld();
    const revoked = await followed(world, await world.tokenOf({ user: 'developer' }));
    const id = (await call(world, 'listTokens')).items.find(({ user }) => user === 'developer')?.id ?? '';
    const expiring = await followed(
      world,
      await world.tokenOf({ user: 'user', expiresAt: world.parts.clock.now() + 2000 }),
    );
    const log = `${world.url}/api/v1/logs/${world.names.job}/follow`;
    const moved = await openStream(world, log, await world.signIn('configurer'));
    expect(moved.status).toBe(200);
    await call(world, 'revokeToken', { params: { token: id } });
    await call(world, 'moveApplication', { params: { application: 'room-report' }, body: { project: 'beta' } });
    expect(await Promise.all([revoked, expiring, moved].map(lastOf))).toEqual([
      ['failure', 'account.token-refused'],
      ['failure', 'account.token-refused'],
      ['failure', 'request.not-found'],
    ]);
  });
});

describe('events that somebody follows', () => {
  it('are those of their projects, and none of the platform’s own', async () => {
    const world = await openAccessWorld();
    const stream = await followed(world, await world.signIn('stranger'));
    await tellEvent(world, 'of another project');
    await world.parts.recordEvent({ kind: 'test.told', subject: 'node:local', text: 'of the platform' });
    await tellEvent(world, 'of one that is nowhere', 'nowhere');
    await tellEvent(world, 'own', 'open-app');
    expect((await stream.messages.next()).value).toMatchObject({ data: { text: 'own' } });
    stream.leave();
  });

  it('are no others when they are taken up behind an event of another project', async () => {
    const world = await openAccessWorld();
    await tellEvent(world, 'of another project');
    await tellEvent(world, 'own', 'open-app');
    const { items } = await call(world, 'listEvents', { query: { limit: '100' } });
    const by = await world.signIn('stranger');
    for (const id of ['zz-hidden', ...items.slice(0, 3).map((event) => event.id), '0-x', '0-x.s']) {
      const stream = await openStream(world, `${world.url}/api/v1/events/follow?after=${id}`, {
        ...by,
        'last-event-id': id,
      });
      await tellEvent(world, 'last', 'open-app');
      const told: string[] = [];
      for await (const { data } of stream.messages) {
        const { text, application } = data as { text: string; application: string };
        expect(application).toBe('open-app');
        if (told.push(text) && text === 'last') break;
      }
      stream.leave();
    }
  });
});

describe('the headers of a stream', () => {
  it('are those of every answer: no type is guessed, nothing keeps it, nothing frames it', async () => {
    const world = await openAccessWorld();
    const stream = await followed(world, await world.signIn('developer'));
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
    stream.leave();
  });

  it('cannot be ended by what is told in it: a line break in a text is no line break of the stream', async () => {
    const world = await openAccessWorld();
    const stream = await followed(world, await world.signIn('developer'));
    const text = 'one\n\nevent: failure\ndata: {}\r\n\r\nid: x\u2028\u0000';
    await tellEvent(world, text);
    expect((await stream.messages.next()).value).toMatchObject({ event: 'event', data: { text } });
    stream.leave();
  });
});
