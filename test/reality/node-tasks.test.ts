// Tasks on a node of a node manager, with a real server: what its Docker engine does and what people do to it behind the platform's back.
import { describe, expect, test } from 'vitest';
import { showNode } from '../../src/nodes/node-reads.ts';
import { aSpec } from '../builders/jobs.ts';
import { anImage, SETTINGS } from '../unit/nodes/task-snapshots.ts';
import { until } from '../world/until.ts';
import { oneNode } from './one-node.ts';

const n1 = oneNode();

describe('a task', () => {
  test('runs hardened, with its file and the SDK socket', async () => {
    await n1.addServer();
    const task = await n1.runningTask();
    const log = await n1.logOf(task);
    expect(log).toContain(`task ${task.id} token token of ${task.id}`);
    expect(log).toContain('user 65534 home 0o755 platform says sdk');
    const { HostConfig, NetworkSettings } = await n1.server.docker.getContainer(task.id).inspect();
    expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'], NetworkMode: 'none' });
    expect(HostConfig.RestartPolicy?.Name).toMatch(/^(no)?$/);
    expect(Object.keys(NetworkSettings.Networks)).toEqual(['none']);
    expect((await showNode(n1.manager.store, 'n1')).tasks).toMatchObject([{ id: task.id, state: 'running' }]);
  });

  test('that ended with code 0 is completed, and its container is kept, then removed', async () => {
    await n1.manager.close();
    await n1.start({ ...SETTINGS, keepEndedMs: 1500 });
    await n1.addServer();
    const base = aSpec({ kind: 'run-to-completion', parameters: { mode: 'end' } });
    const task = await n1.assign({}, { spec: base });
    const ended = await n1.taskWhen(task, 'to be completed', ({ state }) => state === 'completed');
    expect(ended).toMatchObject({ exitCode: 0, container: 'kept' });
    await n1.taskWhen(
      task,
      'to be cleared away',
      ({ container, nextAt }) => container === 'removed' && nextAt === null,
    );
    expect(await n1.containers()).toEqual([]);
    expect(await n1.volumes()).toEqual([]);
  });

  test.each([
    ['docker kill', (id: string) => n1.server.docker.getContainer(id).kill(), 'SIGKILL'],
    [
      'docker rm -f',
      (id: string) => n1.server.docker.getContainer(id).remove({ force: true }),
      "behind the platform's back",
    ],
  ])('has failed after %s, and says so', async (_, act, reason) => {
    await n1.addServer();
    const task = await n1.runningTask();
    await act(task.id);
    await n1.taskWhen(task, 'to have failed', ({ state }) => state === 'failed', 5000);
    await n1.taskWhen(task, `to say ${reason}`, (status) => status.reason.includes(reason), 5000);
    const kinds = ['task.preparing', 'task.starting', 'task.running', 'task.ended'];
    await expect.poll(() => n1.eventsOf(`task:${task.id}`)).toEqual(kinds);
  });

  test('that is stopped ends by itself', async () => {
    await n1.addServer();
    const task = await n1.runningTask({ mode: 'obey' });
    await n1.stop(task);
    const ended = await n1.taskWhen(task, 'to be stopped', ({ state }) => state === 'stopped', 5000);
    expect(ended).toMatchObject({ exitCode: 200, reason: 'Ana stopped it.' });
  });

  test('that does not hear SIGTERM is killed after its grace time', async () => {
    await n1.addServer();
    const task = await n1.runningTask({ mode: 'ignore' });
    await n1.stop(task);
    const stopping = await n1.taskWhen(task, 'to have been sent SIGTERM', ({ killAt }) => killAt !== null, 5000);
    const ended = await n1.taskWhen(task, 'to be stopped', ({ state }) => state === 'stopped', 8000);
    expect(ended).toMatchObject({ exitCode: 137 });
    expect(ended.reason).toContain('was killed');
    expect(ended.endedAt).toBeGreaterThanOrEqual(stopping.killAt ?? Number.POSITIVE_INFINITY);
  });

  test('goes on when the platform is started again', async () => {
    await n1.addServer();
    const task = await n1.runningTask();
    const before = (await n1.manager.store.get('taskStatus', task.id))?.doc;
    await n1.manager.close();
    await n1.start();
    await until('its log to be followed again', 15_000, () =>
      n1.manager.evidence.followed.has(task.id) ? true : undefined,
    );
    expect((await n1.manager.store.get('taskStatus', task.id))?.doc).toMatchObject({
      state: 'running',
      containerId: before?.containerId,
    });
  });

  test('that ended while the platform was down is noticed at the next start', async () => {
    await n1.addServer();
    const task = await n1.runningTask();
    await n1.manager.close();
    await n1.server.docker.getContainer(task.id).kill();
    await n1.start();
    await n1.taskWhen(task, 'to have failed', ({ state }) => state === 'failed', 15_000);
  });

  test('whose image cannot be pulled fails after its tries, with the reason', async () => {
    await n1.manager.close();
    await n1.start({ ...SETTINGS, actTries: 2, actBackoff: { firstMs: 100, maxMs: 100 } });
    await n1.addServer();
    const manifestDigest = `sha256:${'c'.repeat(64)}`;
    await n1.manager.store.create('image', anImage({ id: 'c'.repeat(64), manifestDigest }));
    const task = await n1.assign({}, { package: 'c'.repeat(64) });
    const ended = await n1.taskWhen(task, 'to have failed', ({ state }) => state === 'failed');
    expect(ended.reason).toContain('try 2');
  });

  test('that was given up while its node was away is stopped when the node is back', async () => {
    await n1.addServer();
    const task = await n1.runningTask();
    await n1.server.cut();
    await n1.nodeWhen('to be lost', ({ state }) => state === 'lost');
    const slot = { index: 0, state: 'filled', attempt: 2, task: `${task.job}.0.2`, node: 'n2' } as const;
    const rest = { placement: null, failures: 0, notBefore: null, lastEnd: null };
    const { job: id, instance, application } = task;
    const empty = {
      notes: [],
      lastLines: [],
      rank: 0,
      createdAt: 1,
      startedAt: 1,
      endedAt: null,
      shard: 0,
      nextAt: null,
    };
    const status = { id, instance, application, state: 'running', reason: '', ...empty } as const;
    await n1.manager.store.create('jobStatus', { ...status, slots: [{ ...slot, ...rest }] });
    await n1.taskWhen(task, 'to be lost', ({ state }) => state === 'lost');
    await n1.server.restore();
    await n1.nodeWhen('to be ready again', ({ state }) => state === 'ready', 40_000);
    await until('its container to end', 20_000, async () => {
      const { State } = await n1.server.docker.getContainer(task.id).inspect();
      return State.Running ? undefined : true;
    });
  });
});

test('containers and volumes with the mark of the platform that belong to no task are removed', async () => {
  const Labels = { 'berth.platform': 'test', 'berth.task': 'nobody.m1.0.1' };
  const Cmd = ['sleep', '600'];
  const stray = await n1.server.docker.createContainer({
    name: 'nobody.m1.0.1',
    Image: 'test-base:latest',
    Cmd,
    Labels,
  });
  await stray.start();
  await n1.server.docker.createVolume({ Name: 'nobody.m1.0.2', Labels });
  const others = await n1.server.docker.createContainer({ name: 'somebody', Image: 'test-base:latest', Cmd });
  await n1.addServer();
  await until('the stray to be gone', 15_000, async () =>
    (await n1.containers()).includes('nobody.m1.0.1') ? undefined : true,
  );
  expect(await n1.containers()).toEqual(['somebody']);
  await expect.poll(() => n1.volumes(), { timeout: 5000 }).toEqual([]);
  await others.remove({ force: true });
});
