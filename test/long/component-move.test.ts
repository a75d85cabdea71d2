// A component that keeps dying on one machine, and only there, is moved to another one: by the platform itself, over its own processes. The
// initializer finds it there, leaves it, and has it run where it was when a person wants that.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ComponentProcess } from '../reality/machines/component-process.ts';
import { MachinesSite } from '../reality/machines/machines-site.ts';
import { QUICK } from '../reality/spine/story.ts';
import { expectWhole } from '../reality/storm/judge.ts';
import type { Server } from '../world/server.ts';
import { until } from '../world/until.ts';

/** The second component of the first machine alone decides when and where things run. */
const OWN = [
  'roles: [[api, monitoring], [scheduler, deployment]]',
  'roles: [nodes, sensors, servers]',
  'roles: [api, monitoring, nodes, sensors, servers]',
];
const [DYING, MOVED] = ['berth-m0-2', 'berth-m0-2--on-m1'];
const COMPONENTS = 4;
const ON_FLEET = { place: { labels: { fleet: 'yes' } }, restart: QUICK };

const site = new MachinesSite();
beforeAll(() => site.begin({ nodes: 1, own: OWN }), 400_000);
afterAll(() => site.end(), 270_000);

function machine(index: number): Server {
  const found = site.ground.machines[index];
  if (!found) throw new Error(`no machine ${index}`);
  return found;
}

/** Its data directory is in the way of itself, on this machine alone. */
async function breakDying(): Promise<void> {
  const data = `/var/lib/berth/${DYING}`;
  await machine(0).run(['mv', data, `${data}.aside`]);
  await machine(0).run(['touch', data]);
  await new ComponentProcess(machine(0), { component: DYING }).kill();
}

async function mendDying(): Promise<void> {
  const data = `/var/lib/berth/${DYING}`;
  await machine(0).run(['rm', data]);
  await machine(0).run(['mv', `${data}.aside`, data]);
}

async function openAlerts(): Promise<string[]> {
  const { items } = await site.story.client.call('listAlerts', { query: { limit: 1000 } });
  return items.filter(({ state }) => state === 'open').map(({ rule, subject }) => `${rule} ${subject}`);
}

async function platform(verb: string, ...words: readonly string[]) {
  const { code, stdout, stderr } = await site.installation.berth(verb, ...words);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

test('it is moved, its shards are served elsewhere, and that is told', async () => {
  const { story } = site;
  await story.create('before', 'results', ON_FLEET);
  expect((await story.ended('before')).state).toBe('succeeded');
  await breakDying();
  await until(`${DYING} to be moved`, 180_000, async () => {
    const { items } = await story.client.call('listProcesses', {});
    const found = items.find(({ id }) => id === MOVED);
    if (found?.shards.scheduler === 64 && found.shards.deployment === 64) return true;
    throw new Error(items.map(({ id, state, shards }) => `${id} ${state} ${JSON.stringify(shards)}`).join('; '));
  });
  await story.create('after', 'results', ON_FLEET);
  expect((await story.ended('after')).state).toBe('succeeded');
  const { items: events } = await story.client.call('listEvents', { query: { subject: `component:${DYING}` } });
  const text = `The component ${DYING} is started on m1 as ${MOVED} in place of m0. It died again and again on m0`;
  expect(events.map((event) => [event.kind, event.text])).toContainEqual([
    'component.moved',
    expect.stringContaining(text),
  ]);
  await until('an alert on it, and none that waits for it', 120_000, async () => {
    const alerts = await openAlerts();
    const isTold = alerts.includes(`component-moved component:${MOVED}`);
    if (isTold && !alerts.includes(`component-lost component:${DYING}`)) return true;
    throw new Error(alerts.join(', '));
  });
  expect((await machine(0).run(['find', '/etc/berth', '-name', `${DYING}.*`])).stdout).not.toMatch(/\.(json|env)$/m);
  await expectWhole(story, COMPONENTS);
}, 400_000);

test('the initializer finds it there and leaves it', async () => {
  const { map, steps } = await platform('plan');
  expect(map.components).toContainEqual(expect.objectContaining({ name: MOVED, machine: 'm1', movedFrom: 'm0' }));
  const acts = steps.map(({ machine: name, step }: { machine: string; step: object }) => ({ name, ...step }));
  const mapWritten = ['m0', 'm1', 'm2'].map((name) => ({ name, kind: 'write-file', path: '/etc/berth/platform.yaml' }));
  expect(acts).toEqual(mapWritten);
  await platform('init');
  expect((await platform('plan')).steps).toEqual([]);
  expect((await platform('status')).components).toContainEqual(
    expect.objectContaining({ name: MOVED, state: 'running' }),
  );
}, 600_000);

test('put back by a person, it runs where it was', async () => {
  await mendDying();
  await platform('init', '--put-back');
  await expectWhole(site.story, COMPONENTS);
  const { items } = await site.story.client.call('listProcesses', {});
  expect(items.map(({ id }) => id)).toContain(DYING);
  expect(items.map(({ id }) => id)).not.toContain(MOVED);
  expect((await platform('plan')).steps).toEqual([]);
  await until('no alert to be open', 120_000, async () => {
    const alerts = await openAlerts();
    if (alerts.length === 0) return true;
    throw new Error(alerts.join(', '));
  });
}, 900_000);
