// What a supervisor leaves on disk, so that its successor goes on where it was and people see how its components are.
import { appendFile, mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { watchWay } from './component-files.ts';
import { writeWhole } from './write-whole.ts';

/** Nobody else's business. */
const OWN = 0o600;

const mark = z.object({ pid: z.int(), start: z.string() });
const running = mark.extend({
  startedAs: z.string(),
  // A supervisor of an earlier release did not write it down.
  watch: watchWay.default('end'),
  hasBeaten: z.boolean(),
});
const self = mark.extend({ words: z.array(z.string()), environment: z.record(z.string(), z.string()) });

/** The process of a component, as it was started. */
export type RunningFile = z.output<typeof running>;

/** How a supervisor was started, so that another one can be. */
export type SupervisorFile = z.output<typeof self>;

/** Directories beside the one with the components' files. */
export class SupervisorFiles {
  /** That one. */
  readonly directory: string;
  readonly run: string;
  readonly status: string;
  readonly logs: string;

  constructor(directory: string) {
    this.directory = resolve(directory);
    const above = dirname(resolve(directory));
    this.run = join(above, 'run');
    this.status = join(above, 'status');
    this.logs = join(above, 'logs');
  }

  /** Makes the directories. */
  async make(): Promise<void> {
    for (const directory of [this.run, this.status, this.logs])
      await mkdir(directory, { recursive: true, mode: 0o700 });
  }

  /** Where the output of a component goes, or of the supervisor itself. */
  logPath(name: string): string {
    return join(this.logs, `${name}.log`);
  }

  /** The named pipe on which a component beats. */
  beatPath(name: string): string {
    return join(this.run, `${name}.beat`);
  }

  /** Names of components that were started and not forgotten. */
  async runningNames(): Promise<readonly string[]> {
    const names = await readdir(this.run);
    return names.flatMap((name) => /^component-(.+)\.json$/.exec(name)?.[1] ?? []);
  }

  async readRunning(name: string): Promise<RunningFile | undefined> {
    return readJson(this.#runningPath(name), running);
  }

  async writeRunning(name: string, file: RunningFile): Promise<void> {
    await writeWhole(this.#runningPath(name), JSON.stringify(file), OWN);
  }

  async forgetRunning(name: string): Promise<void> {
    await rm(this.#runningPath(name), { force: true });
  }

  async writeSupervisor(file: SupervisorFile): Promise<void> {
    await writeWhole(supervisorPath(this.run), JSON.stringify(file), OWN);
  }

  /** Shows that the supervisor itself goes on: by the time of an empty file, which can be set while the disk is full. */
  async writeTurn(turn: number): Promise<void> {
    const path = turnPath(this.run);
    await appendFile(path, '', { mode: 0o600 });
    await utimes(path, turn, turn);
  }

  /** Tells people how a component is. */
  async writeStatus(name: string, status: object): Promise<void> {
    await writeWhole(join(this.status, `${name}.json`), `${JSON.stringify(status, null, 2)}\n`, OWN);
  }

  async forgetStatus(name: string): Promise<void> {
    await rm(join(this.status, `${name}.json`), { force: true });
  }

  #runningPath(name: string): string {
    return join(this.run, `component-${name}.json`);
  }
}

/** The supervisor that was last started with a directory for what runs; undefined: none ever. */
export function readSupervisor(run: string): Promise<SupervisorFile | undefined> {
  return readJson(supervisorPath(run), self);
}

/** A number that differs each time that the supervisor went on; undefined: there is none. */
export async function readTurn(run: string): Promise<number | undefined> {
  try {
    return (await stat(turnPath(run))).mtimeMs;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function supervisorPath(run: string): string {
  return join(run, 'supervisor.json');
}

function turnPath(run: string): string {
  return join(run, 'supervisor.turn');
}

/** A file that is damaged is as good as none: it only says what would be found out again. */
async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(jsonOf(text));
  return parsed.success ? parsed.data : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
