// Machines as nodes of a node manager, with a real server: SSH, Docker engine, power switch.
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { BerthError } from '../../src/model/errors.ts';
import { listNodes } from '../../src/nodes/node-reads.ts';
import { SETTINGS } from '../unit/nodes/task-snapshots.ts';
import { until } from '../world/until.ts';
import { oneNode } from './one-node.ts';

const n1 = oneNode();

describe('a machine', () => {
  const request = () => ({
    id: 'n1',
    access: { ...n1.access, identity: n1.server.identityPath },
    labels: { place: 'hall' },
  });

  test('becomes a node after a person has confirmed its host key', async () => {
    const refusal = await n1.manager.requests.addNode(request()).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'node.host-key-unconfirmed' });
    const fingerprint = String((refusal as BerthError).details.fingerprint);
    await expect(n1.manager.requests.addNode({ ...request(), expectedHostKey: 'SHA256:other' })).rejects.toMatchObject({
      code: 'node.host-key-differs',
    });
    const { facts } = await n1.manager.requests.addNode({ ...request(), expectedHostKey: fingerprint });
    expect(facts.engineVersion).toMatch(/^\d+\./);
    const status = await n1.nodeWhen('to be ready', ({ state }) => state === 'ready');
    expect(status.facts?.bootId).not.toBe('');
    expect(await listNodes(n1.manager.store)).toMatchObject([
      { node: { id: 'n1', labels: { place: 'hall' } }, status: { state: 'ready' } },
    ]);
    await expect(n1.manager.requests.addNode({ ...request(), expectedHostKey: fingerprint })).rejects.toMatchObject({
      code: 'node.name-taken',
    });
    await expect(
      n1.manager.requests.addNode({ ...request(), id: 'n2', expectedHostKey: fingerprint }),
    ).rejects.toMatchObject({ code: 'node.same-machine', details: { node: 'n1' } });
  });

  test('shows its load', async () => {
    n1.server.setLoad({ cpuBusy: 0.75, memoryUsed: 0.5 });
    await n1.addServer();
    const { load } = await n1.nodeWhen('to show its load', (status) => Math.abs((status.load?.cpu ?? 0) - 0.75) < 0.05);
    expect(load?.memory).toBeCloseTo(0.5, 2);
    n1.server.setLoad({ cpuBusy: 0.1, memoryUsed: 0.9 });
    await n1.nodeWhen(
      'to show its new load',
      ({ load: now }) => now !== null && now.cpu < 0.15 && now.memory > 0.85,
      10_000,
    );
  });

  test('is refused for good when it presents another host key', async () => {
    const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
    const key = Buffer.concat([sshString('ssh-ed25519'), sshString(Buffer.from(String(other.x), 'base64url'))]);
    const hostKey = `ssh-ed25519 ${key.toString('base64')}`;
    const lasting = { labels: {}, draining: false, removing: false, createdAt: 1, shard: 0 };
    await n1.manager.store.create('node', { id: 'n1', access: { ...n1.access, hostKey }, ...lasting });
    const { reason } = await n1.nodeWhen('to be refused', ({ state }) => state === 'refused');
    expect(reason).toContain('host key');
    await expect.poll(() => n1.eventsOf('node:n1')).toContain('node.refused');
  });

  test('that loses power is lost within seconds, and ready again when it is back; what ran there has failed', async () => {
    await n1.addServer();
    const task = await n1.runningTask();
    const log = () => n1.server.docker.getContainer(task.id).logs({ stdout: true });
    await until('its first line', 10_000, async () => ((await log()).includes(`task ${task.id}`) ? true : undefined));
    await n1.server.powerOff();
    const offAt = n1.manager.clock.now();
    const { reason, stateSinceAt } = await n1.nodeWhen('to be lost', ({ state }) => state === 'lost');
    expect(stateSinceAt - offAt).toBeLessThan(7000);
    expect(reason).toContain('not answered for 4 s');
    expect((await n1.manager.store.get('taskStatus', task.id))?.doc.state).toBe('running');
    await n1.server.powerOn();
    await n1.nodeWhen('to be ready again', ({ state }) => state === 'ready', 40_000);
    const ended = await n1.taskWhen(task, 'to have failed', ({ state }) => state === 'failed');
    expect(ended.reason).not.toBe('');
    // The end is told at once, so that a successor need not wait; what is left of the task is gathered behind it.
    await n1.taskWhen(task, 'to have its last lines', ({ lastLines }) =>
      lastLines.join('\n').includes(`task ${task.id}`),
    );
  });

  test('that is cut off keeps its tasks, and they go on when it is back', async () => {
    await n1.addServer();
    const task = await n1.runningTask();
    await n1.server.cut();
    await n1.nodeWhen('to be lost', ({ state }) => state === 'lost');
    await n1.server.restore();
    await n1.nodeWhen('to be ready again', ({ state }) => state === 'ready', 40_000);
    await until('its log to be followed again', 10_000, () =>
      n1.manager.evidence.followed.has(task.id) ? true : undefined,
    );
    expect((await n1.manager.store.get('taskStatus', task.id))?.doc.state).toBe('running');
  });

  test('that is frozen is lost, and goes on when it thaws', async () => {
    await n1.addServer();
    const task = await n1.runningTask();
    await n1.server.freeze();
    await n1.nodeWhen('to be lost', ({ state }) => state === 'lost').finally(() => n1.server.thaw());
    await n1.nodeWhen('to be ready again', ({ state }) => state === 'ready', 40_000);
    expect((await n1.manager.store.get('taskStatus', task.id))?.doc.state).toBe('running');
  });

  test('that is lost is forgotten at once by force, and what ran there is lost', async () => {
    await n1.addServer();
    const task = await n1.runningTask();
    await expect(n1.manager.requests.abandonNode('n1')).rejects.toMatchObject({ code: 'node.not-lost' });
    await n1.server.cut();
    onTestFinished(() => n1.server.restore());
    await n1.nodeWhen('to be lost', ({ state }) => state === 'lost');
    await n1.manager.requests.abandonNode('n1');
    await until('n1 to be gone', 10_000, async () => ((await n1.manager.store.get('node', 'n1')) ? undefined : true));
    const { reason } = await n1.taskWhen(task, 'to be lost', ({ state }) => state === 'lost', 5000);
    expect(reason).toContain('removed from the platform');
  });

  test('is not declared lost by a platform that itself stood still', async () => {
    await n1.addServer();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETTINGS.lostAfterMs + 2000);
    const stalledAt = n1.manager.clock.now();
    await n1.nodeWhen('to be seen after the stall', ({ load }) => (load?.at ?? 0) > stalledAt);
    const kinds = await n1.eventsOf('node:n1');
    expect(kinds.filter((kind) => kind === 'node.unreachable' || kind === 'node.lost')).toEqual([]);
  });

  test('is forgotten when it was removed and nothing runs there any more', async () => {
    await n1.addServer();
    const task = await n1.runningTask();
    await n1.manager.requests.removeNode('n1');
    await n1.stop(task);
    await until('n1 to be gone', 20_000, async () => ((await n1.manager.store.get('node', 'n1')) ? undefined : true));
    expect(await n1.manager.store.get('nodeStatus', 'n1')).toBeUndefined();
    expect(await n1.containers()).toEqual([]);
  });
});

function sshString(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
