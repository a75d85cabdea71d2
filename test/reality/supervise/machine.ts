// A machine with a supervisor, as tests see it: directories, files of components, and the processes that are theirs.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOf, isAlive } from '../../world/process-identity.ts';
import { until } from '../../world/until.ts';

const program = join(import.meta.dirname, '../../../src/main/berth.ts');
const component = join(import.meta.dirname, 'component.ts');

/** What a status file says. */
export interface ShownStatus {
  readonly state: string;
  readonly pid: number | null;
  readonly restarts: number;
  readonly recentDeaths: number;
  readonly keepsDying: boolean;
  readonly lastEnd: { readonly why: string; readonly captured: Readonly<Record<string, string>> | null } | null;
}

/** A directory with components, and whoever supervises it. */
export class SupervisedMachine {
  readonly #root = mkdtempSync(join(tmpdir(), 'berth-supervise-'));
  readonly directory = join(this.#root, 'components');
  readonly #started: number[] = [];

  constructor() {
    mkdirSync(this.directory);
  }

  /** Starts a supervisor; it ends with the test's own process at the latest. */
  supervise(...options: readonly string[]): number {
    const words = [program, 'supervise', '--directory', this.directory, ...options];
    const child = spawn(process.execPath, words, { stdio: 'ignore' });
    const pid = child.pid ?? 0;
    this.#started.push(pid);
    return pid;
  }

  /** Describes a component. */
  describe(name: string, settings: Readonly<Record<string, string>> = {}): void {
    const environmentFile = join(this.#root, `${name}.env`);
    const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}\n`);
    writeFileSync(environmentFile, lines.join(''));
    const command = [process.execPath, component];
    const aside = join(this.#root, 'aside');
    writeFileSync(aside, JSON.stringify({ name, roles: ['scheduler'], environmentFile, command }));
    renameSync(aside, join(this.directory, `${name}.json`));
  }

  /** Leaves half of its description, as a disk that is full does. */
  spoil(name: string): void {
    const path = join(this.directory, `${name}.json`);
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, 20));
  }

  /** Takes its description away. */
  remove(name: string): void {
    rmSync(join(this.directory, `${name}.json`));
  }

  status(name: string): ShownStatus {
    return JSON.parse(readFileSync(join(this.#root, 'status', `${name}.json`), 'utf8'));
  }

  /** What its supervisor says is wrong with descriptions. */
  problems(): readonly unknown[] {
    return JSON.parse(readFileSync(join(this.#root, 'status', 'supervisor.json'), 'utf8')).problems;
  }

  /** Resolves to its process as soon as it beats; with another one than `notPid`. */
  running(name: string, withinMs: number, notPid = 0): Promise<number> {
    return until(`${name} to run`, withinMs, () => {
      const { state, pid } = this.status(name);
      return state === 'running' && pid !== null && pid !== notPid && identityOf(pid) ? pid : undefined;
    });
  }

  /** The supervisor that was last started here, if it lives. */
  supervisorPid(): number | undefined {
    const { pid, start } = JSON.parse(readFileSync(join(this.#root, 'run', 'supervisor.json'), 'utf8'));
    return isAlive(`${pid}-${start}`) ? pid : undefined;
  }

  /** Ends everything that was started here, by its id. */
  async end(): Promise<void> {
    for (const name of await readdir(this.directory)) rmSync(join(this.directory, name));
    const supervisors = () => [...this.#started, this.supervisorPid()].filter((pid) => pid !== undefined);
    const pids = async () => [...supervisors(), ...(await this.#components())];
    await until('all to end', 20_000, async () => {
      const alive = (await pids()).filter((pid) => identityOf(pid) !== undefined);
      for (const pid of supervisors()) endOne(pid);
      return alive.length === 0 ? true : undefined;
    });
    rmSync(this.#root, { recursive: true });
  }

  async #components(): Promise<readonly number[]> {
    const names = (await readdir(join(this.#root, 'run'))).filter((name) => name.startsWith('component-'));
    return names.flatMap((name) => {
      try {
        return [Number(JSON.parse(readFileSync(join(this.#root, 'run', name), 'utf8')).pid)];
      } catch {
        return [];
      }
    });
  }
}

const ended = new Set<number>();

/** Once: who asks twice does not want to wait. */
function endOne(pid: number): void {
  if (ended.has(pid) || identityOf(pid) === undefined) return;
  ended.add(pid);
  process.kill(pid, 'SIGTERM');
}
