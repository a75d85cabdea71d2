// A platform's part that keeps evidence, over the tests' real engine: it can be killed and started again on the same store.
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import Docker from 'dockerode';
import { onTestFinished } from 'vitest';
import { DockerMachines } from '../../src/adapters/docker-machine/docker-machines.ts';
import { ORDINARY_TIMEOUTS } from '../../src/adapters/docker-machine/timeouts.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import type { Task } from '../../src/model/task.ts';
import { TaskEvidenceKeeper } from '../../src/nodes/evidence-keeper.ts';
import { isGap } from '../../src/nodes/log-entry.ts';
import { LiveLogs } from '../../src/nodes/log-live.ts';
import { readLog } from '../../src/nodes/log-reads.ts';
import type { ContainerSpec, LogFrame, Machine } from '../../src/ports/machine.ts';
import { aJob, aTask, aTaskStatus } from '../builders/jobs.ts';
import { silentLog } from '../contracts/silent-log.ts';
import { temporaryDirectory } from '../contracts/temporary-directory.ts';
import { logParts } from '../unit/nodes/log-world.ts';
import { importTestImage } from '../world/base-image.ts';
import { testEngine } from '../world/engine.ts';
import { until } from '../world/until.ts';

const IMAGE = 'berth.test/evidence:1';

/** The engine with the base image on it, and a connection to it that ends with the test. */
export async function evidenceMachine(): Promise<Machine> {
  const { socketPath } = await testEngine();
  const docker = new Docker({ socketPath });
  const present = await docker
    .getImage(IMAGE)
    .inspect()
    .then(
      () => true,
      () => false,
    );
  if (!present) await importTestImage(docker, IMAGE);
  const platformKeyDirectory = await temporaryDirectory();
  const machines = new DockerMachines({
    platformKeyDirectory,
    clock: new SystemClock(),
    random: new SystemRandom(),
    log: silentLog,
    timeouts: ORDINARY_TIMEOUTS,
  });
  const machine = await machines.connect({ kind: 'local', socketPath });
  onTestFinished(() => machine.close());
  return machine;
}

/** Store, blobs and a keeper of evidence. */
export async function evidenceWorld() {
  const parts = await logParts();
  let live = new LiveLogs();
  const make = () => {
    live = new LiveLogs();
    return new TaskEvidenceKeeper({
      ...parts,
      live,
      recordLimits: { mostFileBytes: 1e9 },
      logLimits: { mostAgeMs: 1e12, mostBytesPerTask: 1e12 },
      mostPendingLogBytes: 32 * 1024 * 1024,
    });
  };
  let keeper = make();
  onTestFinished(() => keeper.close());

  return {
    ...parts,
    keeper: () => keeper,
    reading: () => ({ ...parts, live }),
    /** What a `kill -9` leaves: nothing of what was in memory is stored. */
    kill() {
      for (const tail of live.all()) live.remove(tail.task);
      keeper.lost('n');
    },
    startAgain() {
      keeper = make();
    },
    async entries(task: Task) {
      return (await Array.fromAsync(readLog({ ...parts, live }, { task: task.id }))).flat();
    },
    async bytes(task: Task, stream: LogFrame['stream']): Promise<Buffer> {
      const entries = await this.entries(task);
      const frames = entries.filter((entry): entry is LogFrame => !isGap(entry));
      return Buffer.concat(frames.filter((frame) => frame.stream === stream).map(({ bytes }) => bytes));
    },
    async gaps(task: Task): Promise<readonly string[]> {
      return (await this.entries(task)).filter(isGap).map(({ gap }) => gap);
    },
    /** Starts a container for a new task, as running. */
    async start(machine: Machine, changes: Partial<ContainerSpec>): Promise<Task> {
      const task = { ...aTask(aJob(), 0, 1, 'n'), id: `evidence-${randomBytes(5).toString('hex')}` };
      await parts.store.create('task', task);
      await parts.store.create('taskStatus', aTaskStatus(task, { startedAt: 1 }));
      await startContainer(machine, task.id, changes);
      return task;
    },
  };
}

/** Starts a container that goes away with the test. */
async function startContainer(machine: Machine, name: string, changes: Partial<ContainerSpec>): Promise<void> {
  onTestFinished(() => machine.removeContainer(name));
  await machine.createContainer(containerSpec(name, changes));
  await machine.startContainer(name);
}

/** A container that runs a Python program as tasks run: nothing allowed. */
export function containerSpec(name: string, changes: Partial<ContainerSpec>): ContainerSpec {
  return {
    name,
    image: IMAGE,
    entrypoint: ['python3', '-u', '-c'],
    command: [],
    environment: {},
    labels: { 'berth.spec': 'evidence' },
    workingDirectory: '/',
    user: '65534:65534',
    hostname: 'task',
    extraHosts: {},
    network: 'none',
    readOnlyRoot: true,
    scratch: { volume: name, path: '/scratch' },
    binds: [],
    tmpfs: { '/tmp': 16 * 1024 * 1024 },
    cpus: null,
    memoryBytes: null,
    pids: null,
    capabilities: 'none',
    ...changes,
  };
}

/** Waits until a container has ended. */
export async function containerEnded(machine: Machine, name: string, withinMs = 60_000): Promise<void> {
  await until(`${name} to end`, withinMs, async () =>
    (await machine.inspectContainer(name))?.state === 'exited' ? true : undefined,
  );
}

/** A directory of files that containers may read. */
export async function sharedDirectory(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = `${await temporaryDirectory()}/shared`;
  await mkdir(directory);
  await chmod(directory, 0o755);
  await chmod(`${directory}/..`, 0o755);
  for (const [name, text] of Object.entries(files)) await writeFile(`${directory}/${name}`, text, { mode: 0o644 });
  return directory;
}
