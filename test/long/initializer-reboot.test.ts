// The platform after its machine was rebooted: with systemd, which keeps the supervisor, and without, where cron or a script of the boot
// starts it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../world/fleet.ts';
import type { Server } from '../world/server.ts';
import { until } from '../world/until.ts';
import { InitializerPerson, machineLine, OURS, SMALL } from './initializer-person.ts';

const AGAIN_WITHIN_MS = 120_000;
/** The program is packed once. */
const person = new InitializerPerson();
/** Which server has which: where there is neither systemd nor cron, a script of the boot is what is left. */
const WAYS = { systemd: 'systemd', 'rc.local': 'bare', cron: 'bare' } as const;

afterAll(() => person.remove());

describe.each(['systemd', 'rc.local', 'cron'] as const)('a machine whose boot is %s', (way) => {
  let server: Server;

  beforeAll(async () => {
    server = await startServer({ kind: WAYS[way] });
    if (way === 'cron') await installCron(server);
    person.write('machines:', machineLine('one', server), ...SMALL);
  });
  afterAll(() => server.destroy());

  async function answers(): Promise<void> {
    await until('the platform to answer', AGAIN_WITHIN_MS, async () => {
      const { status } = await fetch(`http://${server.address}:7400/health/ready`);
      return status === 200 ? true : undefined;
    });
  }

  async function supervisor(): Promise<string> {
    const found = await server.run(['pgrep', '-f', 'berth.ts supervise']);
    return found.stdout.trim();
  }

  test('init says who starts it at boot, and the platform comes up', async () => {
    const { code, stdout, stderr } = await person.berth('init');
    expect(code, stderr).toBe(0);
    const own = way === 'systemd' ? 'systemd' : 'own';
    expect(JSON.parse(stdout)).toMatchObject({ map: { machines: [{ name: 'one', supervisor: own }] } });
    await answers();
    expect(JSON.parse((await person.berth('init')).stdout)).toMatchObject({ steps: [] });
    if (way !== 'systemd') return;
    expect((await server.run(['systemctl', 'is-enabled', 'berth.service'])).stdout.trim()).toBe('enabled');
    expect((await server.run(['systemctl', 'is-active', 'berth.service'])).stdout.trim()).toBe('active');
  });

  test('a supervisor that is killed comes back, and the component runs on', async () => {
    const before = await supervisor();
    const serving = (await server.run(['pgrep', '-f', 'berth.ts serve'])).stdout;
    await server.run(['kill', '-KILL', before]);
    await until('another supervisor', AGAIN_WITHIN_MS, async () => {
      const now = await supervisor();
      return /^\d+$/.test(now) && now !== before ? true : undefined;
    });
    expect((await server.run(['pgrep', '-f', 'berth.ts serve'])).stdout).toBe(serving);
    await answers();
  });

  test(`after a reboot ${way} brings the platform back`, async () => {
    await server.powerOff();
    await server.powerOn();
    await answers();
    expect(JSON.parse((await person.berth('init')).stdout)).toMatchObject({ steps: [] });
  });

  test('taken down, nothing of it is left, after a reboot neither', async () => {
    const { code, stderr } = await person.berth('destroy', '--yes', '--data');
    expect(code, stderr).toBe(0);
    const paths = [
      ...OURS,
      '/etc/systemd/system/berth.service',
      '/etc/systemd/system/multi-user.target.wants/berth.service',
    ];
    expect((await server.run(['find', ...paths])).stdout).toBe('');
    await server.powerOff();
    await server.powerOn();
    expect((await server.run(['pgrep', '-f', 'berth.ts'])).stdout).toBe('');
  });
});

async function installCron(server: Server): Promise<void> {
  const install = 'apt-get update -q && apt-get install -y -q --no-install-recommends cron && /usr/sbin/cron';
  const { code, stdout, stderr } = await server.run(['sh', '-c', install]);
  expect(code, `${stdout}${stderr}`).toBe(0);
}
