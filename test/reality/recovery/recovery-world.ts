// Runs of the stories, each with a platform of its own in a directory of its own: the first start of a platform; on one that has its
// base image, the making of an image with a dependency, and the lives of instances.
import { linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Docker from 'dockerode';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { pages } from '../../../src/engine/shard-sweep.ts';
import { sdkDirectory } from '../../../src/nodes/container-spec.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { baseImageTar } from '../../world/base-image.ts';
import { testEngine } from '../../world/engine.ts';
import { buildProblems, firstStartProblems, livesProblems, readKept } from './aftermath.ts';
import { type Fault, faultInWords } from './fault.ts';
import { wrongLogs } from './kept-logs.ts';
import { MortalPlatform } from './mortal-platform.ts';
import { type PackageIndex, packageIndex } from './package-index.ts';
import { playBuild, playLives } from './tale.ts';
import { Witness } from './witness.ts';

/** What one run showed. */
export interface RunReport {
  /** Names of all places that were passed. */
  readonly trace: readonly string[];
  readonly reached: readonly Fault[];
  /** Empty when nothing was lost, doubled or left. */
  readonly problems: readonly string[];
}

/** One run of a story on a platform that dies at these places. */
export type Story = (faults: readonly Fault[]) => Promise<RunReport>;

/** What happens in a run, and what is wrong afterwards; the platform has ended when `after` is asked. */
interface Plot {
  readonly play: (platform: MortalPlatform) => Promise<readonly string[]>;
  readonly after: (directory: string) => Promise<readonly string[]>;
}

type Play = (platform: MortalPlatform, witness: Witness) => Promise<void>;

const BASE_WITHIN_MS = 120_000;
/** Ended containers stay this long, so that their removal is part of the story. */
const KEEP_CONTAINER_MS = 500;

/** Where runs take place; `open` before, `close` after them. */
export class RecoveryWorld {
  readonly #root = mkdtempSync(join(tmpdir(), 'berth-recovery-'));
  readonly #docker: Docker;
  readonly #index: PackageIndex;
  readonly #settings: Readonly<Record<string, string>>;
  /** Directory of a platform whose base image the others take over. */
  #withBase = '';
  /** The first life's image stays on the engine until the end, so that the base layers need not be pulled again. */
  #keeper: Witness | undefined;
  #runs = 0;

  private constructor(socketPath: string, tar: string, index: PackageIndex) {
    this.#index = index;
    this.#docker = new Docker({ socketPath });
    this.#settings = {
      BERTH_PORT: '0',
      BERTH_MQTT_PORT: '0',
      BERTH_DOCKER: socketPath,
      BERTH_BASE_TAR: tar,
      BERTH_PIP_INDEX_URL: index.url,
      BERTH_KEEP_CONTAINER: String(KEEP_CONTAINER_MS),
    };
  }

  /** Uses the tests' engine. */
  static async open(): Promise<RecoveryWorld> {
    const [{ socketPath }, tar, index] = await Promise.all([testEngine(), baseImageTar(), packageIndex()]);
    return new RecoveryWorld(socketPath, tar, index);
  }

  /** Removes what is left on the engine, and every directory. */
  async close(): Promise<void> {
    await this.#keeper?.clear();
    await this.#index.close();
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** A platform starts for the first time and makes its base image. The first of these runs comes before any life. */
  readonly firstStart: Story = async (faults) => {
    const directory = this.#newDirectory();
    const report = await this.#run(directory, faults, {
      play: async (platform) => {
        await platform.until('the base image', BASE_WITHIN_MS, async (client) => {
          const { items } = await client.call('listNodes', { query: { limit: 10 } });
          return platform.hasBase && items[0]?.state === 'ready' ? true : undefined;
        });
        return [];
      },
      after: async () => firstStartProblems(await readKept(directory), directory),
    });
    if (this.#withBase === '') this.#withBase = directory;
    else this.#forget(directory, report);
    return report;
  };

  /** Instances live and end. */
  readonly lives: Story = (faults) => this.#onBase(faults, playLives, livesProblems);

  /** An image with a dependency is made. */
  readonly build: Story = (faults) => this.#onBase(faults, playBuild, buildProblems);

  async #onBase(faults: readonly Fault[], play: Play, problemsOf: typeof livesProblems): Promise<RunReport> {
    const directory = this.#newDirectory();
    await this.#takeBase(directory);
    const witness = new Witness(this.#docker);
    try {
      const report = await this.#run(directory, faults, {
        play: async (platform) => {
          await play(platform, witness);
          return wrongLogs(platform, witness);
        },
        after: async () => problemsOf(await readKept(directory), witness.lives, directory),
      });
      this.#forget(directory, report);
      return report;
    } finally {
      await witness.end();
      if (this.#keeper) await witness.clear();
      else this.#keeper = witness;
    }
  }

  async #run(directory: string, faults: readonly Fault[], { play, after }: Plot): Promise<RunReport> {
    const settings = { ...this.#settings, BERTH_DATA: join(directory, 'data') };
    const platform = new MortalPlatform({ directory, settings, faults });
    const problems: string[] = [];
    platform.start();
    try {
      problems.push(...(await play(platform)));
      await platform.end();
      problems.push(...(await after(directory)));
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    } finally {
      await platform.end();
      await removeSocket(directory);
    }
    const { reached } = platform;
    const deaths = reached.map(faultInWords).join(', then ');
    const told = problems.map((problem) => `after deaths at [${deaths}] in ${directory}: ${problem}`);
    return { trace: platform.trace(), reached, problems: told };
  }

  #newDirectory(): string {
    const directory = join(this.#root, String(this.#runs++));
    mkdirSync(join(directory, 'data'), { recursive: true });
    return directory;
  }

  /** What failed is kept until the end, for whoever looks. */
  #forget(directory: string, { problems }: RunReport): void {
    if (problems.length === 0) rmSync(directory, { recursive: true });
  }

  /** As if this platform had made the base image itself. Blobs never change, so that files can be shared. */
  async #takeBase(directory: string): Promise<void> {
    if (this.#withBase === '') throw new Error('A first start must come before a life.');
    const [from, to] = [openStore(this.#withBase), openStore(directory)];
    for await (const base of pages(from, 'baseImage', { limit: 10 })) await to.create('baseImage', base);
    await Promise.all([from.close(), to.close()]);
    const blobs = join(this.#withBase, 'data', 'blobs');
    for (const each of readdirSync(blobs, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())) {
      const copy = join(directory, 'data', 'blobs', each.parentPath.slice(blobs.length), each.name);
      mkdirSync(dirname(copy), { recursive: true });
      linkSync(join(each.parentPath, each.name), copy);
    }
  }
}

/** The directory of the platform's SDK socket, which lies outside of its own. */
async function removeSocket(directory: string): Promise<void> {
  const store = openStore(directory);
  const platform = await store.get('platform', 'platform');
  await store.close();
  if (platform) rmSync(sdkDirectory(platform.doc.uid), { recursive: true, force: true });
}

function openStore(directory: string): SqliteStore {
  return SqliteStore.open({ path: join(directory, 'data', 'berth.sqlite'), clock: new SystemClock(), log: silentLog });
}
