// Starts the real launcher with a task and a script of the test's own, and watches what comes of it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { PlatformDouble } from './platform-double.ts';

/** Where the SDK lies. */
export const SDK = join(import.meta.dirname, '../../../sdk/python');

/** What stands above `/app` in a container. */
const NODE_MODULES = join(import.meta.dirname, '../../../sdk/node');

/** As in a container. */
const ENVIRONMENT = {
  ...process.env,
  PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
  PYTHONPATH: SDK,
  PYTHONUNBUFFERED: '1',
};

const PATIENCE_MS = 30_000;

/** What a test may want otherwise than usual. */
export interface Wanted {
  readonly script: string;
  /** Name under which the script is put into the package; `main.py` unless told otherwise. */
  readonly file?: string;
  /** Fields of the task document. */
  readonly task?: Readonly<Record<string, unknown>>;
  /** Whether the platform answers from the start; it does unless told otherwise. */
  readonly platform?: 'up' | 'down';
  /** What a request for a lease gets from the start; a refusal unless told otherwise. */
  readonly lease?: PlatformDouble['lease'];
  /** Words before `python3`. */
  readonly under?: readonly string[];
}

/** A launcher that runs. */
export class Launched {
  readonly directory: string;
  readonly platform: PlatformDouble;
  readonly child: ChildProcess;
  readonly startedAt: number;
  /** Exit code of the launcher. */
  readonly exit: Promise<number | null>;
  /** Process that signals are for; another than the child's when that only makes room for it. */
  launcherPid: number;
  #stdout = Buffer.alloc(0);
  #stderr = Buffer.alloc(0);

  constructor(directory: string, platform: PlatformDouble, argv: readonly string[]) {
    const [program = '', ...words] = argv;
    this.directory = directory;
    this.platform = platform;
    this.startedAt = Date.now();
    this.child = spawn(program, words, {
      cwd: join(directory, 'app'),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: ENVIRONMENT,
    });
    this.launcherPid = this.child.pid ?? 0;
    this.child.stdout?.on('data', (data: Buffer) => {
      this.#stdout = Buffer.concat([this.#stdout, data]);
    });
    this.child.stderr?.on('data', (data: Buffer) => {
      this.#stderr = Buffer.concat([this.#stderr, data]);
    });
    this.exit = once(this.child, 'close').then(([code]: (number | null)[]) => code ?? null);
  }

  /** Bytes of standard output so far. */
  get stdoutBytes(): Buffer {
    return this.#stdout;
  }

  /** Standard output so far. */
  get stdout(): string {
    return this.#stdout.toString();
  }

  /** Standard error so far. */
  get stderr(): string {
    return this.#stderr.toString();
  }

  /** Lines of standard output so far. */
  get lines(): readonly string[] {
    return this.stdout.split('\n').slice(0, -1);
  }

  /** Waits until a text was printed; the failure shows what was. */
  async printed(text: string): Promise<void> {
    await this.until(() => {
      if (!this.stdout.includes(text)) throw new Error(`No ${text} in: ${this.stdout}\nstderr: ${this.stderr}`);
    });
  }

  /** Waits until a check no longer throws. */
  async until(check: () => unknown): Promise<void> {
    await vi.waitFor(check, { timeout: PATIENCE_MS, interval: 20 });
  }

  /** Sends a signal to the launcher. */
  signal(name: NodeJS.Signals): void {
    process.kill(this.launcherPid, name);
  }

  /** Path of something that the launcher, the courier and the SDK share. */
  path(...names: readonly string[]): string {
    return join(this.directory, 'scratch', ...names);
  }

  /** Pid of the courier: the launcher's child that has the courier's end of the pipes, found as the one that is not the algorithm. */
  async courierPid(algorithm: number): Promise<number> {
    return vi.waitFor(
      async () => {
        const pids = await childrenOf(this.launcherPid);
        const courier = pids.find((pid) => pid !== algorithm);
        if (courier === undefined) throw new Error(`Of the launcher's children ${pids.join(' ')} none is the courier.`);
        return courier;
      },
      { timeout: PATIENCE_MS, interval: 20 },
    );
  }

  /** Ends what still runs. */
  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.signal('SIGTERM');
    await this.exit;
  }
}

/** Pids of a process's children. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const found = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return found.trim().split(' ').filter(Boolean).map(Number);
}

/** Whether a process lives; a zombie does not. */
export async function lives(pid: number): Promise<boolean> {
  try {
    return !/\) [ZX] /.test(await readFile(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Starts a launcher in directories of its own; both go when the test is over. */
export async function launch(wanted: Wanted): Promise<Launched> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-launcher-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await Promise.all(['app', 'scratch', 'secrets'].map((name) => mkdir(join(directory, name))));
  const platform = new PlatformDouble(join(directory, 'sdk.sock'), endOf(wanted));
  if (wanted.lease !== undefined) platform.lease = wanted.lease;
  if (wanted.platform !== 'down') await platform.up();
  const taskPath = join(directory, 'scratch', 'task.json');
  await symlink(NODE_MODULES, join(directory, 'node_modules'));
  await writeFile(join(directory, 'app', wanted.file ?? 'main.py'), wanted.script);
  await writeFile(taskPath, JSON.stringify({ ...taskDocument(platform, directory), ...wanted.task }));
  const launched = new Launched(directory, platform, [
    ...(wanted.under ?? []),
    'python3',
    '-B',
    join(SDK, 'launch.py'),
    taskPath,
  ]);
  onTestFinished(() => launched.end());
  return launched;
}

function endOf({ task }: Wanted): number | null {
  return typeof task?.endsAt === 'number' ? task.endsAt : null;
}

function taskDocument({ token, socketPath }: PlatformDouble, directory: string): Readonly<Record<string, unknown>> {
  const now = Date.now();
  return {
    version: 1,
    task: 'count.o20261122T080000Z.0.1',
    job: 'count.o20261122T080000Z',
    instance: 'count',
    application: 'shop',
    algorithm: 'counter',
    slot: 0,
    copies: 1,
    attempt: 1,
    script: 'main.py',
    kind: 'run-to-completion',
    token,
    socket: socketPath,
    scheduledAt: now,
    startsAt: now,
    endsAt: null,
    clockOffsetMs: 0,
    runsPerTask: 5,
    stableAfterMs: 60_000,
    graceMs: 300,
    parameters: {},
    network: [],
    secretsDirectory: join(directory, 'secrets'),
  };
}
