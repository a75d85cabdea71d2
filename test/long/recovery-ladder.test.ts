// A node whose Docker engine died: the platform restarts it over SSH, unless a person said otherwise, and tells all of it.
import { beforeAll, describe, expect, test } from 'vitest';
import { ON_FLEET, siteOf } from '../reality/spine/site.ts';
import type { Story } from '../reality/spine/story.ts';
import type { Server } from '../world/server.ts';
import { until } from '../world/until.ts';

const SOON_MS = 30_000;

const site = siteOf(1);
let story: Story;
let server: Server;

beforeAll(async () => {
  ({ story } = site);
  const [only] = site.servers;
  if (!only) throw new Error('the fleet has no server');
  server = only;
  // Each restart of an engine without live-restore ends the task, and counts as one attempt that failed.
  await story.create('lasting', 'ticker', { ...ON_FLEET, restart: { ...ON_FLEET.restart, tasks: 10 } });
  await story.running('lasting');
});

function why() {
  return story.client.call('whyNode', { params: { node: server.name } });
}

/** What happened to the node since an instant, oldest first, once it is all told: each event is written behind what it tells of. */
function eventsSince(at: number, kinds: readonly string[]) {
  return until(`the events ${kinds}`, SOON_MS, async () => {
    const query = { subject: `node:${server.name}`, limit: 200 };
    const { items } = await story.client.call('listEvents', { query });
    const found = items.filter((event) => Date.parse(event.at) >= at).toReversed();
    if (kinds.every((wanted) => found.some(({ kind }) => kind === wanted))) return found;
    throw new Error(JSON.stringify(found));
  });
}

function setRecovery(mode: 'automatic' | 'off') {
  return story.client.call('setNodeRecovery', { params: { node: server.name }, body: { mode } });
}

function isReady() {
  return story.nodeIs(server.name, ({ state }) => state === 'ready');
}

function isLost() {
  return story.nodeIs(server.name, ({ state, trouble }) => state === 'lost' && trouble === 'engine-down');
}

describe('a node whose Docker engine died', () => {
  test('has it restarted over SSH, and its application runs again', async () => {
    const [job] = await story.jobs('lasting');
    const began = Date.now();
    await server.killEngine();
    await isLost();
    await isReady();
    expect((await story.running('lasting')).id).toBe(job?.id);
    expect(await server.docker.ping()).toBeTruthy();

    const told = ['node.unreachable', 'node.lost', 'server.step', 'server.step-done', 'node.ready'];
    const events = await eventsSince(began, told);
    const kinds = events.map(({ kind }) => kind);
    expect(kinds.indexOf('node.lost')).toBeLessThan(kinds.indexOf('server.step'));
    const step = events.find(({ kind }) => kind === 'server.step');
    expect(step?.text).toContain('restarting its Docker engine');
    expect(step?.evidence).toMatchObject({ step: 'restart-engine', node: 'lost', trouble: 'engine-down' });
    const lost = events.find(({ kind }) => kind === 'node.lost');
    expect(lost?.evidence).toMatchObject({ trouble: 'engine-down', silentMs: expect.any(Number) });
  });

  test('is left alone while its recovery is off, and has the step taken that a person forces', async () => {
    await setRecovery('off');
    const began = Date.now();
    await server.killEngine();
    await isLost();
    const held = await until('the recovery to be held', SOON_MS, async () => {
      const told = await why();
      return told.recovery?.state === 'held' ? told : undefined;
    });
    expect(held.state).toBe('lost');
    const [state = ''] = held.sentences;
    expect(state).toMatch(new RegExp(`^Node ${server.name} is lost since \\d{4}-\\d\\d-\\d\\dT.*engine`, 'i'));
    expect(held.sentences).toContain('A person switched its recovery off.');
    expect(held.sentences).toContain('Recovery is held: A person switched its recovery off.');
    for (const sentence of held.sentences) expect(sentence).toMatch(/^[A-Z0-9].*\.$/);

    const forced = { params: { node: server.name }, body: { step: 'restart-engine' as const } };
    await story.client.call('recoverNode', forced);
    await isReady();
    await story.running('lasting');
    const told = await until('what was tried', SOON_MS, async () => {
      const asked = await why();
      return asked.recovery?.tries.at(-1)?.outcome === 'done' && asked.recovery.state === 'well' ? asked : undefined;
    });
    expect(told.recovery?.tries.at(-1)?.text).not.toBe('');
    expect(told.sentences.filter((sentence) => sentence.startsWith('Tried at')).at(-1)).toMatch(
      /: restart-engine; done at \d{4}-/,
    );
    const kinds = ['node.lost', 'server.held', 'server.step', 'server.step-done', 'node.ready'];
    const events = await eventsSince(began, kinds);
    const step = events.find(({ kind }) => kind === 'server.step');
    expect(step?.text).toContain('A person asked for it');
    await setRecovery('automatic');
  });
});
