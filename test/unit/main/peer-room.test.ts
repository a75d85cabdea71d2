// Two processes over one store find each other by their documents, and one reads the log that the other has the end of.
import { expect, onTestFinished, test } from 'vitest';
import { readSettings } from '../../../src/config/read-settings.ts';
import { openPeerRoom } from '../../../src/main/peer-room.ts';
import { processIdentity } from '../../../src/main/process-identity.ts';
import { shardOf } from '../../../src/model/shard.ts';
import { LogBudget } from '../../../src/nodes/log-budget.ts';
import { LiveLogs } from '../../../src/nodes/log-live.ts';
import { LogTail } from '../../../src/nodes/log-tail.ts';
import { aJob, aTask, aTaskStatus } from '../../builders/jobs.ts';
import { openApi } from '../api/api-world.ts';
import { aFrame } from '../nodes/log-world.ts';

const TASK = aTask(aJob(), 0, 1, 'n1');
const KEY = Buffer.alloc(32, 4);

async function twoProcesses() {
  const { server, parts } = await openApi();
  const { clock, random, log, store } = parts;
  const open = async (component: string, owned: boolean) => {
    const settings = readSettings({ BERTH_COMPONENT: component });
    const identity = processIdentity(settings, random);
    const live = new LiveLogs();
    const foundations = { clock, random, log, store, keys: { peers: KEY }, identity, settings };
    const room = await openPeerRoom({ foundations, share: { owns: () => owned }, live, components: null });
    onTestFinished(() => room.close());
    return { room, live, identity };
  };
  const [owner, other] = [await open('owner', true), await open('other', false)];
  const { component: id, run } = owner.identity;
  const nothing = { backlog: 0, memoryBytes: 0, heldUpMs: 0, shards: {}, sentence: '', version: '0', pid: 1 };
  const times = { startedAt: 0, heartbeatAt: 0, machine: 'm', roles: [], state: 'running' } as const;
  const address = await owner.room.listen(server);
  await store.create('component', { id, run, address, ...nothing, ...times });
  const shard = shardOf('n1');
  await store.create('shardLease', { id: `nodes:${shard}`, role: 'nodes', shard, owner: `${id}/${run}`, epoch: 1 });
  return { parts, owner, other, shard };
}

test('a log that grows in one process is read in another', async () => {
  const { parts, owner, other, shard } = await twoProcesses();
  expect(owner.room.elsewhere.ownerOf('nodes', shard)).toBe('here');
  expect(other.room.elsewhere.ownerOf('nodes', shard)).toEqual({ component: 'owner' });
  expect(other.room.elsewhere.ownerOf('sensors', 0)).toBeNull();
  await parts.store.create('taskStatus', aTaskStatus(TASK, { state: 'running' }));
  const tail = new LogTail({ ...parts, budget: new LogBudget(1e9), onGrown: async () => {} }, TASK.id);
  onTestFinished(() => tail.end());
  owner.live.add(tail);
  tail.add([aFrame(0, 'pending')]);
  const { pending = [] } = (await (await other.room.tails.find(TASK.id))?.snapshot()) ?? {};
  expect(pending.map(({ bytes }) => bytes.toString())).toEqual(['pending']);
});

test('a process that has ended does not answer, and that is said', async () => {
  const { owner, other } = await twoProcesses();
  const asked = { method: 'GET', path: '/peer/v1/tails/x', headers: {} };
  const { signal } = new AbortController();
  const answer = await other.room.elsewhere.peers.fetch('owner', asked, signal);
  expect(answer.status).toBe(404);
  answer.body.destroy();
  await owner.room.close();
  const failed = { code: 'platform.peer-unreachable' };
  await expect(other.room.elsewhere.peers.fetch('owner', asked, signal)).rejects.toMatchObject(failed);
});
