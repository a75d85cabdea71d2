// From a death to the next first line: of the process inside its container, and of the container itself.
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type Docker from 'dockerode';
import { taskId } from '../../src/model/job.ts';
import { STAMP_SCRIPT, STAY_SCRIPT } from '../application.ts';
import { dockerRun, dockerRunMs } from '../docker-run.ts';
import { type Measure, type Part, type PartContext, timesFloor } from '../measure.ts';
import { Site, type SiteKind, stampOf } from '../site.ts';
import { wallNow } from '../wall-clock.ts';

const MOST_OF_RESTART = 0.5;
const MOST_OF_RUN = 1.3;
/** What has started is left alone for a moment before it is killed. */
const SETTLE_MS = 1000;
const WITHIN_MS = 60_000;
const ASK_EVERY_MS = 100;

/** Process crashed beside Docker's own restart; container killed or stopped beside `docker run`. */
export const healPart: Part = {
  name: 'heal',
  run: async (context) => [...(await at('local', context)), ...(await at('ssh', context))],
};

async function at(kind: SiteKind, context: PartContext): Promise<Measure[]> {
  const site = await Site.open(kind);
  try {
    await site.instance('heal', 'stay', { restart: { tasks: 100, backoff: '0s' } });
    // Brings the image to the node.
    const { job } = await site.run('heal');
    await site.stop(job);
    // Process ids of a server's containers are not this machine's.
    const crashes = kind === 'local' ? [await crashed(site, context)] : [];
    return [...crashes, await ended(site, 'kill', context), await ended(site, 'stop', context)];
  } finally {
    await site.close();
  }
}

async function crashed(site: Site, { rounds, say }: PartContext): Promise<Measure> {
  const ours: number[] = [];
  const floor: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const { task, job } = await site.run('heal');
    ours.push(await oursAfterCrash(site, task));
    floor.push(await dockersAfterCrash(site.docker, task));
    await site.stop(job);
    say(
      `crash ${round}/${rounds}: ours ${ours.at(-1)?.toFixed(0)} ms, Docker's restart ${floor.at(-1)?.toFixed(0)} ms`,
    );
  }
  const name = 'process crashed (kill -9) to first line';
  return timesFloor({ name, ours, floor, floorName: 'docker --restart always', most: MOST_OF_RESTART });
}

async function oursAfterCrash(site: Site, task: string): Promise<number> {
  const lines = await site.lines(task);
  try {
    const [, inside = ''] = (await lines.next(WITHIN_MS)).split(' ');
    await pause(SETTLE_MS);
    const pid = await pidOutside(site.docker, task, Number(inside));
    const killedAt = killNow(pid);
    return stampOf(await lines.next(WITHIN_MS)) - killedAt;
  } finally {
    lines.close();
  }
}

async function dockersAfterCrash(docker: Docker, like: string): Promise<number> {
  const { name, lines, remove } = await dockerRun({ docker, like, script: STAY_SCRIPT, restart: 'always' });
  lines.close();
  try {
    await pause(SETTLE_MS);
    const { State } = await docker.getContainer(name).inspect();
    const killedAt = killNow(State.Pid);
    return stampOf(await secondLine(docker, name)) - killedAt;
  } finally {
    await remove();
  }
}

/** Docker ends who follows a log when it restarts the container, so it is asked again and again; the line tells its own time. */
async function secondLine(docker: Docker, name: string): Promise<string> {
  const deadline = performance.now() + WITHIN_MS;
  while (performance.now() < deadline) {
    await pause(ASK_EVERY_MS);
    // What comes before a line is Docker's header of eight bytes.
    const text = (await docker.getContainer(name).logs({ stdout: true })).toString('latin1');
    const [, second] = text.split('\n');
    if (second) return second.slice(8);
  }
  throw new Error(`waited ${WITHIN_MS} ms for container ${name} to be restarted`);
}

function killNow(pid: number): number {
  const at = wallNow();
  process.kill(pid, 'SIGKILL');
  return at;
}

/** The process id on this machine of a container's process (proc_pid_status(5): NSpid ends with the id in the innermost namespace). */
async function pidOutside(docker: Docker, container: string, inside: number): Promise<number> {
  const { Id } = await docker.getContainer(container).inspect();
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [status, cgroup] = await Promise.all([textOf(`/proc/${pid}/status`), textOf(`/proc/${pid}/cgroup`)]);
    const ids = /^NSpid:\s+(.*)$/m.exec(status)?.[1]?.split(/\s+/) ?? [];
    if (cgroup.includes(Id) && Number(ids.at(-1)) === inside) return Number(pid);
  }
  throw new Error(`container ${container} has no process ${inside}`);
}

/** Processes come and go while /proc is read. */
function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

async function ended(site: Site, how: 'kill' | 'stop', { rounds, say }: PartContext): Promise<Measure> {
  const ours: number[] = [];
  const floor: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const { task, job } = await site.run('heal');
    await pause(SETTLE_MS);
    ours.push(await afterEnd(site, { task, job, how }));
    await site.stop(job);
    floor.push(await dockerRunMs({ docker: site.docker, like: task, script: STAMP_SCRIPT }));
    say(
      `${how} ${site.words} ${round}/${rounds}: ours ${ours.at(-1)?.toFixed(0)} ms, run ${floor.at(-1)?.toFixed(0)} ms`,
    );
  }
  const name = `container ended by docker ${how} to first line of its successor, ${site.words}`;
  return timesFloor({ name, ours, floor, floorName: 'docker run', most: MOST_OF_RUN });
}

interface Victim {
  readonly task: string;
  readonly job: string;
  readonly how: 'kill' | 'stop';
}

/** Counted from the container's death as the engine tells it. */
async function afterEnd(site: Site, { task, job, how }: Victim): Promise<number> {
  const container = site.docker.getContainer(task);
  await container[how]();
  const successor = await site.firstLine(taskId(job, 0, 2));
  const { State } = await container.inspect();
  return stampOf(successor) - Date.parse(State.FinishedAt);
}
