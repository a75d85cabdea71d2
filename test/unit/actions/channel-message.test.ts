// Messages of the platform itself by channels of actions.
import { describe, expect, test } from 'vitest';
import { sendByChannel } from '../../../src/actions/channel-message.ts';
import type { Mail } from '../../../src/ports/mailer.ts';
import type { WebCall } from '../../../src/ports/web-caller.ts';
import { monitoringWorld } from '../monitoring/monitoring-world.ts';

async function world() {
  const { store, clock } = await monitoringWorld();
  const [mails, calls]: [Mail[], WebCall[]] = [[], []];
  const delivered = { outcome: 'delivered', text: 'taken' } as const;
  const parts = {
    ...{ store, clock, platformUid: 'p1', secrets: { read: async () => 'key' } },
    mailer: {
      send: async (_: unknown, mail: Mail) => {
        mails.push(mail);
        return delivered;
      },
    },
    web: {
      call: async (asked: WebCall) => {
        calls.push(asked);
        const outcome = asked.url.includes('broken') ? ('failed' as const) : ('delivered' as const);
        return { outcome, text: outcome, status: null, body: '', headers: {} };
      },
    },
  };
  const message = { id: 'm1', to: ['a@b.c'], subject: 'S\nBcc: x', text: 'T', value: { alerts: [1] } };
  return {
    store,
    mails,
    calls,
    send: (over: object) => sendByChannel(parts, { ...message, channel: 'smtp', ...over }),
  };
}

describe('a message of the platform', () => {
  test('is not taken while its channel is not described', async () => {
    const { send } = await world();
    for (const channel of ['smtp', 'webhooks'])
      expect(await send({ channel })).toEqual({ isTaken: false, said: `The channel ${channel} was taken away.` });
  });

  test('goes to all mail addresses at once, its subject on one line', async () => {
    const { send, store, mails } = await world();
    const access = {
      kind: 'smtp',
      host: 'h',
      port: 25,
      tls: 'none',
      user: null,
      passwordFile: null,
      from: 'b@h',
    } as const;
    await store.create('actionChannel', { id: 'smtp', access, updatedAt: 0 });
    expect(await send({ to: ['a@b.c', 'd@e.f'] })).toEqual({ isTaken: true, said: 'taken' });
    expect(mails).toMatchObject([{ to: ['a@b.c', 'd@e.f'], messageId: 'm1@p1.berth', text: 'T' }]);
    expect(mails[0]?.subject).not.toContain('\n');
  });

  test('goes to each URL as JSON, and counts as taken when all took it', async () => {
    const { send, store, calls } = await world();
    const access = { kind: 'webhooks', secretFile: null, allowPrivate: [] } as const;
    await store.create('actionChannel', { id: 'webhooks', access, updatedAt: 0 });
    expect(await send({ channel: 'webhooks', to: ['https://one', 'https://two'] })).toMatchObject({ isTaken: true });
    expect(calls.map(({ url, body }) => [url, body])).toEqual([
      ['https://one', '{"alerts":[1]}'],
      ['https://two', '{"alerts":[1]}'],
    ]);
    expect(await send({ channel: 'webhooks', to: ['https://one', 'https://broken'] })).toMatchObject({
      isTaken: false,
    });
  });
});
