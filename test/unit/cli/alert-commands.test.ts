// Alerts, processes and logs of the platform on the command line.
import { describe, expect, test } from 'vitest';
import { aComponent } from '../monitoring/monitoring-world.ts';
import { openCli } from './cli-world.ts';

describe('alerts on the command line', () => {
  test('are listed, kept quiet and loud again', async () => {
    const { api, berth } = await openCli();
    expect((await berth(['alert'])).out).toContain('Nothing is wrong.');
    await api.parts.store.create('alert', {
      ...{ id: 'node-lost:node:n1', rule: 'node-lost', subject: 'node:n1', severity: 'critical', text: 'It is lost.' },
      ...{ remedy: 'Look.', state: 'open', openedAt: 0, closedAt: null, toldAt: null, toldState: null },
    });
    expect((await berth(['alert', 'list'])).out).toContain('node:n1');
    const quiet = await berth(['alert', 'silence', '--rule', 'node-lost', '--for', '2h', '--reason', 'Work']);
    const [, silence = ''] = /unsilence (\w+)/.exec(quiet.out) ?? [];
    expect((await berth(['alert', 'list'])).out).toContain('quiet until');
    expect((await berth(['alert', 'silences'])).out).toContain('Work');
    expect(await berth(['alert', 'unsilence', silence])).toMatchObject({ code: 0 });
    expect((await berth(['alert', 'silences'])).out).toContain('Nothing is kept quiet.');
  });

  test('are told by routes', async () => {
    const { api, berth } = await openCli();
    const add = [
      'alert',
      'route',
      'add',
      'ops',
      '--channel',
      'webhooks',
      '--to',
      'https://x.example.org',
      'https://y.example.org',
    ];
    expect((await berth(add)).err).toContain('alert.route-invalid');
    const access = { kind: 'webhooks', secretFile: null, allowPrivate: [] } as const;
    await api.parts.store.create('actionChannel', { id: 'webhooks', access, updatedAt: 0 });
    expect((await berth([...add, '--least', 'critical'])).out).toContain(
      'https://x.example.org, https://y.example.org',
    );
    expect((await berth(['alert', 'route', 'list'])).out).toMatch(/ops +webhooks +critical/);
    expect((await berth([...add, '--least', 'grave'])).code).toBe(64);
    expect((await berth(['alert', 'route', 'remove', 'ops'])).code).toBe(0);
  });
});

describe('the platform itself on the command line', () => {
  test('shows its processes and what they logged, the newest last', async () => {
    const { api, berth } = await openCli();
    const now = Date.now();
    await api.parts.store.create('component', aComponent({ heartbeatAt: now, memoryBytes: 64 * 1024 * 1024 }));
    expect((await berth(['platform', 'processes'])).out).toMatch(/one +m1 +running/);
    const lines = ['first', 'second'].map((message, index) =>
      JSON.stringify({ level: 'warn', time: new Date(now - 10 + index).toISOString(), message, fields: { index } }),
    );
    await api.parts.store.create('componentLog', { id: 'one/1', component: 'one', fromAt: now - 10, toAt: now, lines });
    const { out } = await berth(['platform', 'logs', '--level', 'warn']);
    expect(out.indexOf('first')).toBeLessThan(out.indexOf('second'));
    expect(out).toContain('one warn: second {"index":1}');
    expect((await berth(['platform', 'logs', '--text', 'nothing'])).out).toContain('Nothing was logged that fits.');
  });
});
