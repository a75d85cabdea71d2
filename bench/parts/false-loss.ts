// Whether a platform that is stalled again and again on a machine without a CPU to spare takes nodes for lost that are not.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { FleetSite } from '../fleet-site.ts';
import { below, type Measure, type Part, type PartContext } from '../measure.ts';

const SERVERS = 3;
const MINUTES = 20;
const STALL_MS = 2000;
const STALL_EVERY_MS = 15_000;
const BUSY = 'for (;;) Math.sqrt(2);';

/** 20 minutes with stalls of 2 s and a saturated CPU; not one node may be lost. */
export const falseLossPart: Part = {
  name: 'false-loss',
  run: async (context) => {
    const site = await FleetSite.open(SERVERS);
    const busy = cpus().map(() => spawn(process.execPath, ['-e', BUSY], { stdio: 'ignore' }));
    try {
      return [await measured(site, context)];
    } finally {
      await Promise.all(busy.map(ended));
      await site.close();
    }
  },
};

async function measured(site: FleetSite, { say }: PartContext): Promise<Measure> {
  const pid = await site.pid();
  const until = performance.now() + MINUTES * 60_000;
  let stalls = 0;
  while (performance.now() < until) {
    await pause(STALL_EVERY_MS);
    process.kill(pid, 'SIGSTOP');
    await pause(STALL_MS);
    process.kill(pid, 'SIGCONT');
    stalls++;
    if (stalls % 10 === 0) say(`${stalls} stalls, ${await losses(site)} nodes taken for lost`);
  }
  const name = `false losses in ${MINUTES} minutes of ${SERVERS} nodes`;
  const note = `${stalls} stalls of ${STALL_MS / 1000} s, every CPU busy all the time`;
  return below({ name, unit: 'losses', samples: [await losses(site)], note }, 1);
}

async function losses({ story }: FleetSite): Promise<number> {
  const { items } = await story.client.call('listEvents', { query: { limit: 1000 } });
  return items.filter(({ kind }) => kind === 'node.lost').length;
}

async function ended(child: ChildProcess): Promise<void> {
  const over = once(child, 'exit');
  child.kill('SIGKILL');
  await over;
}
