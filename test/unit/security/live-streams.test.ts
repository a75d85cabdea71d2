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
import { openStream } from '../api/sse-client.ts';

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

const ENDS: readonly (readonly [string, (world: AccessWorld) => Promise<unknown>, string])[] = [
  ['their sessions are ended', (world) => world.signOutEverywhere('developer'), 'account.session-ended'],
  [
    'they lose their role',
    (world) => call(world, 'setUserAccess', access({ memberships: {} })),
    'account.not-allowed',
  ],
  ['they are disabled', (world) => call(world, 'setUserAccess', access({ disabled: true })), 'account.session-ended'],
  ['they are removed', (world) => call(world, 'removeUser', { params: { user: 'developer' } }), 'account.session-ended'],
];

function access(over: object) {
  return {
    params: { user: 'developer' },
    body: { administrator: false, memberships: { alpha: 'developer' }, disabled: false, ...over },
  };
}

describe('what somebody follows ends within seconds when', { timeout: 60_000 }, () => {
  it.each(ENDS)('%s', async (_, end, code) => {
    const world = await openAccessWorld();
    const stream = await followed(world, await world.signIn('developer'));
    await tellEvent(world, 'before');
    expect((await stream.messages.next()).value).toMatchObject({ data: { text: 'before' } });
    await end(world);
    const messages = await Array.fromAsync(stream.messages);
    expect(messages.at(-1)).toMatchObject({ event: 'failure', data: { error: { code } } });
  });

  it('their token is revoked', async () => {
    const world = await openAccessWorld();
    const by = await world.tokenOf({ user: 'developer' });
    const stream = await followed(world, by);
    const { items } = await call(world, 'listTokens');
    const own = items.find(({ user }) => user === 'developer')?.id ?? '';
    await call(world, 'revokeToken', { params: { token: own } });
    const messages = await Array.fromAsync(stream.messages);
    expect(messages.at(-1)).toMatchObject({ event: 'failure', data: { error: { code: 'account.token-refused' } } });
  });

  it('their token expires', async () => {
    const world = await openAccessWorld();
    const by = await world.tokenOf({ user: 'developer', expiresAt: world.parts.clock.now() + 3000 });
    const messages = await Array.fromAsync((await followed(world, by)).messages);
    expect(messages.at(-1)).toMatchObject({ event: 'failure', data: { error: { code: 'account.token-refused' } } });
  });

  it('the application whose log it is moves into another project', async () => {
    const world = await openAccessWorld();
    const by = await world.signIn('developer');
    const stream = await openStream(world, `${world.url}/api/v1/logs/${world.names.job}/follow`, by);
    expect(stream.status).toBe(200);
    await call(world, 'moveApplication', { params: { application: 'room-report' }, body: { project: 'beta' } });
    const messages = await Array.fromAsync(stream.messages);
    expect(messages.at(-1)).toMatchObject({ event: 'failure', data: { error: { code: 'request.not-found' } } });
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
