// The person leaves, or their machine dies, while a platform is installed: the same command again makes it whole.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer } from '../world/fleet.ts';
import type { Server } from '../world/server.ts';
import { InitializerPerson, machineLine, OURS, SMALL } from './initializer-person.ts';

const person = new InitializerPerson();
let server: Server;

beforeAll(async () => {
  server = await startServer({ kind: 'bare' });
  person.write('machines:', machineLine('one', server), ...SMALL);
});
afterAll(async () => {
  await server.destroy();
  person.remove();
});

async function planned(): Promise<readonly string[]> {
  const { code, stdout, stderr } = await person.berth('plan');
  expect(code, stderr).toBe(0);
  const { steps } = JSON.parse(stdout) as { steps: { step: { kind: string } }[] };
  return steps.map(({ step }) => step.kind);
}

const LEFT = /^Stopped with \d+ of \d+ steps left, the next of them '.+'; the same command goes on from there\.$/m;

test('Ctrl-C before anything is done says so', async () => {
  const left = person.begin('init');
  expect(await person.interrupt(left, /pack the program …/, 'SIGINT'), left.said()).toBe('130');
  expect(left.said()).toContain('Stopped before anything was changed');
  expect((await server.run(['ls', '/opt/berth', '/etc/berth'])).stdout).toBe('');
});

test('killed while the program is pushed', async () => {
  expect(await person.interrupt(person.begin('init'), /push the program .* …/, 'SIGKILL')).toBe('SIGKILL');
  expect(await planned()).toContain('push-program');
});

test('Ctrl-C while the program is pushed tells what is left', async () => {
  const left = person.begin('init');
  expect(await person.interrupt(left, /push the program .* …/, 'SIGINT'), left.said()).toBe('130');
  expect(left.said()).toMatch(LEFT);
  expect(
    (await server.run(['find', '/opt/berth', '-name', 'package.json', '-path', '*/package.json', '-maxdepth', '2']))
      .stdout,
  ).not.toMatch(/^\/opt\/berth\/[0-9a-f]{16}\//m);
});

test('killed between the preparation and the components', async () => {
  const killed = person.begin('init');
  expect(await person.interrupt(killed, /start the supervisor .*: done/, 'SIGKILL')).toBe('SIGKILL');
  expect(killed.said()).not.toContain('healthy (it does not run): done');
  expect(await planned()).not.toContain('push-program');
});

test('Ctrl-C while a component is awaited, and killed there', async () => {
  const left = person.begin('init');
  expect(await person.interrupt(left, /wait until it is healthy .* …/, 'SIGINT'), left.said()).toBe('130');
  expect(left.said()).toMatch(LEFT);
  expect(await person.interrupt(person.begin('init'), /wait until it is healthy .* …/, 'SIGKILL')).toBe('SIGKILL');
});

test('then the same command makes it whole, once more does nothing, and nothing stays behind', async () => {
  const { code, stdout, stderr } = await person.berth('init');
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ claim: expect.stringContaining('/claim#') });
  expect((await fetch(`http://${server.address}:7400/`)).status).toBe(200);
  expect(await planned()).toEqual([]);
  // One supervisor, one component: nobody that was started before is left beside them.
  const processes = (await server.run(['ps', '-eo', 'args'])).stdout;
  expect(processes.match(/berth\.ts supervise/g), processes).toHaveLength(1);
  expect(processes.match(/berth\.ts serve/g), processes).toHaveLength(1);
  expect((await person.berth('destroy', '--yes', '--data')).code).toBe(0);
  expect((await server.run(['find', ...OURS])).stdout).toBe('');
});
