// The container of a task: hardened, and the same whenever it is computed.
import { MOST_SECRET_BYTES, MOST_TASK_SECRETS } from '../model/secret.ts';
import type { Task } from '../model/task.ts';
import type { ContainerSpec } from '../ports/machine.ts';
import { taskDigest } from './task-digest.ts';

/** The unprivileged user of every task (Debian's nobody and nogroup). */
const USER = '65534:65534';

/** Bytes of the in-memory /tmp; they count against the container's memory. */
const TMP_BYTES = 64 * 1024 * 1024;

const MIB = 1024 * 1024;

/** Where a task finds its secrets: in memory, never on a disk. */
const SECRETS_DIRECTORY = '/run/secrets';

/** All that one may name, of the greatest size, and one that is being replaced. */
const SECRETS_BYTES = (MOST_TASK_SECRETS + 1) * MOST_SECRET_BYTES;

/** What is not in the task itself. */
export interface ContainerSurroundings {
  readonly platformUid: string;
  /** Tag under which the node has the task's image. */
  readonly image: string;
}

/** The directory on a node that holds the platform's SDK socket. */
export function sdkDirectory(platformUid: string): string {
  return `/run/berth/${platformUid}`;
}

/** The loopback address inside a container that stands for the n-th declared host, counted from 0. */
export function relayAddress(index: number): string {
  return `127.0.1.${index + 1}`;
}

/** What a task's container is made of. Everything that is not named is denied. */
export function containerSpec(task: Task, { platformUid, image }: ContainerSurroundings): ContainerSpec {
  const { resources } = task.spec;
  return {
    name: task.id,
    image,
    entrypoint: ['python3', '-B', '/opt/berth/sdk/launch.py'],
    command: [],
    environment: environment(task),
    labels: labels(task, platformUid),
    workingDirectory: '/app',
    user: USER,
    hostname: hostname(task),
    extraHosts: extraHosts(task),
    network: 'none',
    readOnlyRoot: true,
    scratch: { volume: task.id, path: '/scratch' },
    binds: [{ source: sdkDirectory(platformUid), target: '/run/berth' }],
    tmpfs: { '/tmp': TMP_BYTES },
    ...(task.spec.secrets ? { privateTmpfs: { [SECRETS_DIRECTORY]: SECRETS_BYTES } } : {}),
    cpus: resources.cpus,
    memoryBytes: resources.memoryMiB * MIB,
    pids: resources.pids,
    capabilities: 'none',
    takesInput: true,
  };
}

/** The platform's own variables come last: an algorithm that set them would not find its SDK. */
function environment(task: Task): Readonly<Record<string, string>> {
  return {
    ...task.spec.environment,
    PYTHONPATH: '/opt/berth/sdk:/opt/berth/dependencies',
    PYTHONUNBUFFERED: '1',
    HOME: '/scratch',
    TMPDIR: '/tmp',
  };
}

function labels(task: Task, platformUid: string): Readonly<Record<string, string>> {
  return {
    'berth.platform': platformUid,
    'berth.application': task.application,
    'berth.instance': task.instance,
    'berth.job': task.job,
    'berth.slot': String(task.slot),
    'berth.task': task.id,
    'berth.spec': taskDigest(task),
  };
}

/** A host name holds letters, digits and hyphens, 63 at most (RFC 1123). */
function hostname(task: Task): string {
  const words = `${task.application}-${task.algorithm}-${task.slot}`.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-');
  return words.slice(0, 63).replaceAll(/^-+|-+$/g, '') || 'task';
}

function extraHosts(task: Task): Readonly<Record<string, string>> {
  return Object.fromEntries(task.spec.network.map(({ host }, index) => [host, relayAddress(index)]));
}
