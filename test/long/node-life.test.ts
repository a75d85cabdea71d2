// More of what nodes do to the applications that run there: without SSH, frozen, their engine stopped and started.
import { describe, expect, test } from 'vitest';
import { siteOf } from '../reality/spine/site.ts';
import { type PassingBlow, Tickers } from '../reality/spine/tickers.ts';

const site = siteOf(2);
const tickers = new Tickers(site);

const BLOWS: readonly PassingBlow[] = [
  { what: 'loses its SSH server for a while', strike: (it) => it.stopSshd(), mend: (it) => it.startSshd() },
  { what: 'freezes for a while', strike: (it) => it.freeze(), mend: (it) => it.thaw() },
];

describe('a task, when its node', () => {
  test.each(BLOWS)('$what, goes on, its log whole and its output delivered', (blow) => tickers.expectGoesThrough(blow));

  test('has its engine stopped and started, ends with it and is replaced', async () => {
    const { story } = site;
    const { id, task, at } = await tickers.begin('engine');
    // A person does it, and wants no help.
    await story.client.call('setNodeRecovery', { params: { node: at.name }, body: { mode: 'off' } });
    await at.stopEngine();
    await story.nodeIs(at.name, ({ state }) => state === 'lost');
    await at.startEngine();
    const job = await story.jobOf('engine', ({ tasks }) => tasks.length === 2 && tasks[1]?.state === 'running');
    expect(job.tasks[0]).toMatchObject({ id: task.id, state: 'failed' });
    await tickers.end('engine', id);
  });
});
