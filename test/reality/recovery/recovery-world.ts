// Runs of the script, each with a platform of its own in a directory of its own; all begin with the base image made once.
import { linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Docker from 'dockerode';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { pages } from '../../../src/engine/shard-sweep.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { baseImageTar } from '../../world/base-image.ts';
import { testEngine } from '../../world/engine.ts';
import { type KeptLog, logProblems, problemsOf, readKept } from './aftermath.ts';
import { type Fault, faultInWords } from './fault.ts';
import { MortalPlatform } from './mortal-platform.ts';
import { playTale } from './tale.ts';
import { Witness } from './witness.ts';

/** What one run of the script showed. */
export interface RunReport {
  readonly trace: readonly string[];
  readonly reached: readonly Fault[];
  /** Empty when nothing was lost, doubled or left. */
  readonly problems: readonly string[];
}

/** Where runs take place; `open` before, `close` after them. */
export class RecoveryWorld {
  readonly #root = mkdtempSync(join(tmpdir(), 'berth-recovery-'));
  readonly #docker: Docker;
  readonly #settings: Readonly<Record<string, string>>;
  /** The first run's platform, whose base image the others take over, and whose layers the engine keeps for them. */
  #first: { readonly directory: string; readonly witness: Witness } | undefined;
  #runs = 0;

  private constructor(socketPath: string, tar: string) {
    this.#docker = new Docker({ socketPath });
    this.#settings = {
      BERTH_PORT: '0',
      BERTH_DOCKER: socketPath,
      BERTH_BASE_TAR: tar,
      BERTH_KEEP_CONTAINER: '500',
    };
  }

  /** Uses the tests' engine. */
  static async open(): Promise<RecoveryWorld> {
    const [{ socketPath }, tar] = await Promise.all([testEngine(), baseImageTar()]);
    return new RecoveryWorld(socketPath, tar);
  }

  /** Removes what is left of the first run, and every directory. */
  async close(): Promise<void> {
    await this.#first?.witness.clear();
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** Plays the script on a platform that dies at these places; the first run makes the base image. */
  async run(faults: readonly Fault[]): Promise<RunReport> {
    const directory = join(this.#root, String(this.#runs++));
    mkdirSync(join(directory, 'data'), { recursive: true });
    if (this.#first) await this.#takeBaseFrom(this.#first.directory, directory);
    const settings = { ...this.#settings, BERTH_DATA: join(directory, 'data') };
    const platform = new MortalPlatform({ directory, settings, faults });
    const witness = new Witness(this.#docker);
    try {
      return await this.#play(platform, witness, directory);
    } finally {
      await platform.end();
      await witness.end();
      if (this.#first) await witness.clear();
      else this.#first = { directory, witness };
    }
  }

  async #play(platform: MortalPlatform, witness: Witness, directory: string): Promise<RunReport> {
    const problems: string[] = [];
    platform.start();
    try {
      await playTale(platform, witness);
      problems.push(...(await wrongLogs(platform, witness)));
      await platform.end();
      problems.push(...problemsOf(await readKept(directory), witness.lives, directory));
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
    const { reached } = platform;
    const told = problems.map((problem) => `died at [${reached.map(faultInWords).join(', then ')}]: ${problem}`);
    return { trace: platform.trace(), reached, problems: told };
  }

  /** As if this platform had made the base image itself. Blobs are never changed, so that they can be shared. */
  async #takeBaseFrom(first: string, directory: string): Promise<void> {
    const [from, to] = [openStore(first), openStore(directory)];
    for await (const base of pages(from, 'baseImage', { limit: 10 })) await to.create('baseImage', base);
    await Promise.all([from.close(), to.close()]);
    const blobs = join(first, 'data', 'blobs');
    for (const each of readdirSync(blobs, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())) {
      const copy = join(directory, 'data', 'blobs', each.parentPath.slice(blobs.length), each.name);
      mkdirSync(dirname(copy), { recursive: true });
      linkSync(join(each.parentPath, each.name), copy);
    }
  }
}

function openStore(directory: string): SqliteStore {
  return SqliteStore.open({ path: join(directory, 'data', 'berth.sqlite'), clock: new SystemClock(), log: silentLog });
}

/** Compares every task's log and output, as the API gives them, with what the engine gave. */
async function wrongLogs(platform: MortalPlatform, witness: Witness): Promise<string[]> {
  const problems: string[] = [];
  for (const task of new Set(witness.lives.map((life) => life.task))) {
    const job = task.split('.').slice(0, -2).join('.');
    const outputs = await platform.ask((client) =>
      client.call('listOutputs', { params: { job }, query: { limit: 1000 } }),
    );
    const own = outputs.items.filter((output) => output.task === task).map(({ text }) => text ?? undefined);
    problems.push(...logProblems(task, await keptLog(platform, task), witness.written(task), own));
  }
  return problems;
}

async function keptLog(platform: MortalPlatform, task: string): Promise<KeptLog> {
  const text = await platform.ask(async (client) => {
    const chunks = await Array.fromAsync(await client.open('readLog', { params: { subject: task } }));
    return Buffer.concat(chunks as Buffer[]).toString();
  });
  const frames = text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Frame);
  const bytes = (stream: string) =>
    Buffer.concat(frames.filter((each) => each.stream === stream).map(({ data }) => Buffer.from(data, 'base64')));
  return { stdout: bytes('stdout'), stderr: bytes('stderr'), gaps: frames.flatMap(({ gap }) => gap ?? []) };
}

interface Frame {
  readonly stream: string;
  readonly data: string;
  readonly gap?: string;
}
